// An engine all of whose threads stick in callbacks, and that cannot start a further one: its watcher looks at the
// sockets and the timers instead.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "async_socket/engine.h"
#include "async_socket/timer.h"
#include "faulty_calls.hpp"
#include "support/signal.hpp"

namespace faults {

namespace {

// A timer that does something when it ends.
struct timer {
    explicit timer(contract::gate* holds_up = nullptr) : holds_up_(holds_up) {}

    void start(as_engine* engine, as_deadline at) { ASSERT_EQ(AS_DONE, as_timer_start(engine, &operation, at).how); }
    bool wait() { return ended.wait(); }
    // Of one that was held up, when the engine has ended: and not for as long as anybody waits here.
    [[nodiscard]] bool was_let_go() const { return was_let_go_; }

    as_operation operation{on_end, this, {}};
    contract::gate ended;
    as_outcome outcome{};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<timer*>(operation->context);
        self.outcome = outcome;
        self.ended.open();
        if (self.holds_up_ != nullptr) {
            self.was_let_go_ = self.holds_up_->wait();
        }
    }

    contract::gate* holds_up_;
    bool was_let_go_ = false;
};

TEST(Watcher, RingsTheTimersOfLoopsThatNobodyHolds)
{
    constexpr std::uint32_t threads = 2;
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.threads = threads;
    as_engine* engine = nullptr;
    ASSERT_EQ(AS_DONE, as_engine_create(&options, &engine).how);
    contract::gate release;
    const fault none{"pthread_create", 1, UINT32_MAX - 1, kind::error, EAGAIN};
    plan(&none);
    std::array<timer, threads> stuck{timer(&release), timer(&release)};
    for (timer& each : stuck) {
        each.start(engine, 0);
        EXPECT_TRUE(each.wait());
    }
    std::array<timer, 8> later; // on both loops, and due when the watcher looks at these for the first time
    for (timer& each : later) {
        each.start(engine, as_now() + 1'000'000);
    }
    EXPECT_TRUE(contract::becomes_true([] { return calls_of("pthread_create") >= 2; })); // one of them is over then
    release.open();
    for (timer& each : later) {
        EXPECT_TRUE(each.wait());
        EXPECT_EQ(AS_DONE, each.outcome.how);
    }
    plan(nullptr);
    EXPECT_EQ(AS_DONE, as_engine_end_and_wait(engine).how);
}

// Whether a callback is blocked the system tells by a file. A process without descriptors is to be served all the same:
// most likely it is waiting for just that.
TEST(Watcher, TakesALoopAwayThoughTheSystemDoesNotSayThatItsHolderIsBlocked)
{
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.threads = 1;
    as_engine* engine = nullptr;
    ASSERT_EQ(AS_DONE, as_engine_create(&options, &engine).how);
    contract::gate release;
    const fault none{"open", 1, UINT32_MAX - 1, kind::error, EMFILE};
    plan(&none);
    timer stuck(&release);
    stuck.start(engine, 0);
    EXPECT_TRUE(stuck.wait());
    std::array<timer, 8> others; // on all loops
    for (timer& each : others) {
        each.start(engine, 0);
    }
    for (timer& each : others) {
        EXPECT_TRUE(each.wait());
    }
    EXPECT_TRUE(has_struck());
    release.open();
    plan(nullptr);
    EXPECT_EQ(AS_DONE, as_engine_end_and_wait(engine).how);
    EXPECT_TRUE(stuck.was_let_go());
}

} // namespace
} // namespace faults
