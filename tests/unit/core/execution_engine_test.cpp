// core/engine/execution_engine.hpp and the C functions of c_pal/execution_engine.h, over a fake pool.
#include "core/engine/execution_engine.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "async_socket/engine_end.h"
#include "c_pal/execution_engine.h"
#include "support/fake_backend.hpp"
#include "support/test_platform.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using test::background;

class ExecutionEngine : public testing::Test {
protected:
    test::fake_backend fake_;

    EXECUTION_ENGINE_HANDLE create(std::uint32_t minimum, std::uint32_t maximum)
    {
        const EXECUTION_ENGINE_PARAMETERS parameters{minimum, maximum};
        return execution_engine_create(&parameters);
    }

    void expect_accepted(std::uint32_t minimum, std::uint32_t maximum)
    {
        EXECUTION_ENGINE_HANDLE engine = create(minimum, maximum);
        ASSERT_NE(engine, nullptr);
        EXPECT_EQ(fake_.pool_minimum, minimum);
        EXPECT_EQ(fake_.pool_maximum, maximum);
        execution_engine_dec_ref(engine);
        EXPECT_EQ(fake_.pools, 0);
    }

    void expect_refused(std::uint32_t minimum, std::uint32_t maximum)
    {
        EXPECT_EQ(create(minimum, maximum), nullptr);
        EXPECT_EQ(fake_.pools, 0);
    }
};

TEST_F(ExecutionEngine, NullParametersMeanFourThreadsAndNoMaximum)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(fake_.pool_minimum, 4U);
    EXPECT_EQ(fake_.pool_maximum, 0U);
    execution_engine_dec_ref(engine);
}

TEST_F(ExecutionEngine, TheParametersReachThePool)
{
    expect_accepted(1, 1);
    expect_accepted(2, 8);
    expect_accepted(3, 0);
    expect_accepted(UINT32_MAX, UINT32_MAX);
}

TEST_F(ExecutionEngine, AMaximumBelowTheMinimumIsRefused)
{
    expect_refused(4, 2);
    expect_refused(2, 1);
    expect_refused(UINT32_MAX, UINT32_MAX - 1);
}

TEST_F(ExecutionEngine, NoPoolNoEngine)
{
    fake_.refuse_pool = true;
    EXPECT_EQ(execution_engine_create(nullptr), nullptr);
}

TEST_F(ExecutionEngine, NoThreadSlotNoEngine)
{
    const test::no_thread_slots none;
    EXPECT_EQ(execution_engine_create(nullptr), nullptr);
    EXPECT_EQ(fake_.pools, 0);
}

TEST_F(ExecutionEngine, NullIsAccepted)
{
    execution_engine_inc_ref(nullptr);
    execution_engine_dec_ref(nullptr);
}

TEST_F(ExecutionEngine, TheLastReferenceClosesThePool)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    ASSERT_NE(engine, nullptr);
    execution_engine_inc_ref(engine);
    execution_engine_inc_ref(engine);
    execution_engine_dec_ref(engine);
    execution_engine_dec_ref(engine);
    EXPECT_EQ(fake_.pools, 1);
    execution_engine_dec_ref(engine);
    EXPECT_EQ(fake_.pools, 0);
}

TEST_F(ExecutionEngine, AnEndThatWaitsNeedsAnEngine)
{
    EXPECT_EQ(execution_engine_dec_ref_and_wait(nullptr), EXECUTION_ENGINE_END_REFUSED);
}

TEST_F(ExecutionEngine, AnEndThatWaitsSaysWhetherItWasTheEnd)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    ASSERT_NE(engine, nullptr);
    execution_engine_inc_ref(engine);
    EXPECT_EQ(execution_engine_dec_ref_and_wait(engine), EXECUTION_ENGINE_END_NOT_LAST);
    EXPECT_EQ(fake_.pools, 1);
    EXPECT_EQ(execution_engine_dec_ref_and_wait(engine), EXECUTION_ENGINE_END_WAITED);
    EXPECT_EQ(fake_.pools, 0);
    EXPECT_EQ(fake_.pools_waited_for, 1);
}

// Code of the handle generation passes its parameters as void*.
TEST_F(ExecutionEngine, ParametersMayBePassedAsVoid)
{
    EXECUTION_ENGINE_PARAMETERS_WIN32 parameters{2, 3};
    void* const as_void = &parameters;
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(as_void);
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(fake_.pool_minimum, 2U);
    EXPECT_EQ(fake_.pool_maximum, 3U);
    execution_engine_dec_ref(engine);
    const void* const as_const_void = nullptr;
    engine = execution_engine_create(as_const_void);
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(fake_.pool_minimum, 4U);
    execution_engine_dec_ref(engine);
}

TEST_F(ExecutionEngine, ReferencesFromManyThreads)
{
    for (int round = 0; round < 200; ++round) {
        EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
        ASSERT_NE(engine, nullptr);
        execution_engine_inc_ref(engine);
        test::starting_line line(2);
        const auto use = [&] {
            line.arrive_and_wait();
            for (int i = 0; i < 10; ++i) {
                execution_engine_inc_ref(engine);
                execution_engine_dec_ref(engine);
            }
            execution_engine_dec_ref(engine);
        };
        {
            background other(use);
            use();
        }
        EXPECT_EQ(fake_.pools, 0);
    }
}

} // namespace
