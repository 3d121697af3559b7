// c_pal/execution_engine.h and execution_engine_win32.h on the system's thread pool.
#include <atomic>
#include <functional>

#include <gtest/gtest.h>

#include "c_pal/execution_engine.h"
#include "c_pal/execution_engine_win32.h"
#include "handle_count.hpp"
#include "support/waiting.hpp"

namespace {

using async_socket::test::event;
using async_socket::test::open_handles;

// Runs `work` on the pool, once. It must live until it has run.
bool submit(PTP_POOL pool, std::function<void()>& work)
{
    TP_CALLBACK_ENVIRON environment;
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    const BOOL submitted = TrySubmitThreadpoolCallback(
        [](PTP_CALLBACK_INSTANCE, void* context) { (*static_cast<std::function<void()>*>(context))(); }, &work,
        &environment);
    DestroyThreadpoolEnvironment(&environment);
    return submitted != FALSE;
}

EXECUTION_ENGINE_HANDLE create(std::uint32_t minimum, std::uint32_t maximum)
{
    const EXECUTION_ENGINE_PARAMETERS parameters{minimum, maximum};
    return execution_engine_create(&parameters);
}

void expect_work_to_run(EXECUTION_ENGINE_HANDLE engine)
{
    ASSERT_NE(engine, nullptr);
    PTP_POOL pool = execution_engine_win32_get_threadpool(engine);
    ASSERT_NE(pool, nullptr);
    event ran;
    std::function<void()> work = [&] { ran.set(); };
    ASSERT_TRUE(submit(pool, work));
    EXPECT_TRUE(ran.wait());
}

TEST(ExecutionEngineWin32, TheDefaultsRunWork)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    expect_work_to_run(engine);
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineWin32, OneThreadRunsWorkToo)
{
    EXECUTION_ENGINE_HANDLE engine = create(1, 1);
    expect_work_to_run(engine);
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineWin32, TheMinimumOfThreadsIsThereAtOnce)
{
    EXECUTION_ENGINE_HANDLE engine = create(4, 4);
    ASSERT_NE(engine, nullptr);
    std::atomic<int> inside{0};
    event all_inside;
    event out[4];
    std::function<void()> work[4];
    for (int i = 0; i < 4; ++i) {
        work[i] = [&, i] {
            if (++inside == 4) {
                all_inside.set();
            }
            EXPECT_TRUE(all_inside.wait());
            out[i].set();
        };
        ASSERT_TRUE(submit(execution_engine_win32_get_threadpool(engine), work[i]));
    }
    for (event& done : out) {
        EXPECT_TRUE(done.wait());
    }
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineWin32, TheMaximumOfThreadsIsKept)
{
    EXECUTION_ENGINE_HANDLE engine = create(1, 1);
    ASSERT_NE(engine, nullptr);
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<int> done{0};
    std::function<void()> work = [&] {
        const int now = ++inside;
        most = now > most ? now : most.load();
        for (int i = 0; i < 1000; ++i) {
            SwitchToThread();
        }
        --inside;
        ++done;
    };
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(submit(execution_engine_win32_get_threadpool(engine), work));
    }
    EXPECT_TRUE(async_socket::test::wait_until([&] { return done == 10; }));
    EXPECT_EQ(most, 1);
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineWin32, AMaximumBelowTheMinimumIsRefusedAndLeavesNothing)
{
    const std::size_t before = open_handles();
    EXPECT_EQ(create(4, 2), nullptr);
    EXPECT_EQ(open_handles(), before);
}

TEST(ExecutionEngineWin32, NullIsAccepted)
{
    execution_engine_inc_ref(nullptr);
    execution_engine_dec_ref(nullptr);
    EXPECT_EQ(execution_engine_win32_get_threadpool(nullptr), nullptr);
}

TEST(ExecutionEngineWin32, ThePoolStaysUntilTheLastReference)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    ASSERT_NE(engine, nullptr);
    PTP_POOL const pool = execution_engine_win32_get_threadpool(engine);
    execution_engine_inc_ref(engine);
    execution_engine_dec_ref(engine);
    EXPECT_EQ(execution_engine_win32_get_threadpool(engine), pool);
    expect_work_to_run(engine);
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineWin32, TheLastReferenceMayBeReleasedInACallbackOfThePool)
{
    for (const std::uint32_t threads : {1U, 4U}) {
        EXECUTION_ENGINE_HANDLE engine = create(threads, threads);
        ASSERT_NE(engine, nullptr);
        event released;
        std::function<void()> work = [&] {
            execution_engine_dec_ref(engine);
            released.set();
        };
        ASSERT_TRUE(submit(execution_engine_win32_get_threadpool(engine), work));
        EXPECT_TRUE(released.wait());
    }
}

TEST(ExecutionEngineWin32, NoHandlesLeak)
{
    const auto cycle = [] {
        EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
        ASSERT_NE(engine, nullptr);
        execution_engine_dec_ref(engine);
    };
    cycle(); // what is made once for the process
    const std::size_t before = open_handles();
    for (int i = 0; i < 100; ++i) {
        cycle();
    }
    EXPECT_TRUE(async_socket::test::wait_until([&] { return open_handles() <= before; }))
        << open_handles() << " handles are open, there were " << before;
}

} // namespace
