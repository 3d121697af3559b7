// core/life/lifecycle.hpp, many threads at once. What the lifecycle guards is plain memory here, so that a
// sanitizer sees every access that it fails to order.
#include "core/life/lifecycle.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "support/waiting.hpp"

namespace {

using async_socket::core::lifecycle;
using async_socket::test::background;
using async_socket::test::starting_line;

constexpr int rounds = 3000;

// Where each round has threads wait for each other several times: as many as a machine with other things to do gets
// done in a few seconds. The owner asks before each round, and the others look behind the line at which it begins.
class limited_rounds {
public:
    [[nodiscard]] bool next()
    {
        const bool goes_on = begun_ < rounds && std::chrono::steady_clock::now() < end_;
        begun_ += goes_on ? 1 : 0;
        over_.store(!goes_on, std::memory_order_relaxed); // the line orders it
        return goes_on;
    }
    [[nodiscard]] int begun() const { return begun_; }
    [[nodiscard]] bool are_over() const { return over_.load(std::memory_order_relaxed); }

private:
    const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    int begun_ = 0;
    std::atomic<bool> over_{false};
};

TEST(LifecycleRace, CallsThatGotInNeverMeetTheCloser)
{
    lifecycle life;
    int resource = 0; // plain: 1 while open
    int uses[2] = {}; // plain: each written by one caller, read by the closer
    std::atomic<bool> over{false};
    std::atomic<int> broken{0};
    {
        const auto call = [&](int caller) {
            while (!over.load(std::memory_order_relaxed)) {
                const lifecycle::visit visit(life);
                if (visit.is_inside()) {
                    if (resource != 1) {
                        broken.fetch_add(1, std::memory_order_relaxed);
                    }
                    ++uses[caller];
                }
            }
        };
        background first([&] { call(0); });
        background second([&] { call(1); });
        for (int round = 0; round < rounds; ++round) {
            ASSERT_TRUE(life.begin_open());
            resource = 1;
            life.end_open().end();
            ASSERT_TRUE(life.begin_close());
            life.wait_for_calls();
            resource = 0;
            uses[0] = uses[1] = 0;
            life.end_close();
        }
        over = true;
    }
    EXPECT_EQ(broken, 0);
    EXPECT_TRUE(life.retire());
}

TEST(LifecycleRace, OneOfTwoOpenersWins)
{
    lifecycle life;
    int resource = 0; // plain: touched by the winner only
    std::array<std::atomic<int>, 2> wins{};
    starting_line line(2);
    limited_rounds race;
    const auto take_part = [&](int self) {
        for (;;) {
            if (self == 0) {
                (void)race.next();
            }
            line.arrive_and_wait();
            if (race.are_over()) {
                return;
            }
            if (life.begin_open()) {
                ++resource;
                wins[static_cast<std::size_t>(self)].fetch_add(1, std::memory_order_relaxed);
                life.end_open().end();
            }
            line.arrive_and_wait();
            if (self == 0) {
                EXPECT_TRUE(life.begin_close());
                life.wait_for_calls();
                life.end_close();
            }
        }
    };
    {
        background other([&] { take_part(1); });
        take_part(0);
    }
    EXPECT_EQ(resource, race.begun());
    EXPECT_EQ(wins[0] + wins[1], race.begun());
}

TEST(LifecycleRace, OneOfTwoClosersWins)
{
    lifecycle life;
    int resource = 0; // plain: touched by the winner only
    starting_line line(2);
    limited_rounds race;
    const auto take_part = [&](int self) {
        for (;;) {
            if (self == 0 && race.next()) {
                EXPECT_TRUE(life.begin_open());
                life.end_open().end();
            }
            line.arrive_and_wait();
            if (race.are_over()) {
                return;
            }
            if (life.begin_close()) {
                life.wait_for_calls();
                ++resource;
                life.end_close();
            }
            line.arrive_and_wait();
        }
    };
    {
        background other([&] { take_part(1); });
        take_part(0);
    }
    EXPECT_EQ(resource, race.begun());
}

// The three below: the memory goes as soon as retire() has returned, while the other thread is on its
// last instructions inside.

// Runs `other` on a second thread and `owner` on this one, each round with a new lifecycle; `other`
// has to arrive at the line when it is inside.
template <typename Prepare, typename Other>
void free_while_another_leaves(Prepare prepare, Other other)
{
    std::unique_ptr<lifecycle> life;
    starting_line begin(2);
    starting_line inside(2);
    starting_line end(2);
    limited_rounds race;
    background thread([&] {
        for (begin.arrive_and_wait(); !race.are_over(); begin.arrive_and_wait()) {
            other(*life, inside);
            end.arrive_and_wait();
        }
    });
    while (race.next()) {
        life = std::make_unique<lifecycle>();
        prepare(*life);
        begin.arrive_and_wait();
        inside.arrive_and_wait();
        while (!life->retire()) {
            if (life->begin_close()) {
                life->wait_for_calls();
                life->end_close();
            }
        }
        life.reset();
        end.arrive_and_wait();
    }
    begin.arrive_and_wait();
}

void make_open(lifecycle& life)
{
    EXPECT_TRUE(life.begin_open());
    life.end_open().end();
}

TEST(LifecycleRace, TheMemoryMayGoWhileACloserFinishes)
{
    free_while_another_leaves(make_open, [](lifecycle& life, starting_line& inside) {
        EXPECT_TRUE(life.begin_close());
        inside.arrive_and_wait();
        life.wait_for_calls();
        life.end_close();
    });
}

TEST(LifecycleRace, TheMemoryMayGoWhileACallLeaves)
{
    free_while_another_leaves(make_open, [](lifecycle& life, starting_line& inside) {
        const lifecycle::visit call(life);
        EXPECT_TRUE(call.is_inside());
        inside.arrive_and_wait();
    });
}

TEST(LifecycleRace, TheMemoryMayGoWhileAnOpenerFinishes)
{
    bool succeed = false;
    free_while_another_leaves([](lifecycle&) {},
                              [&](lifecycle& life, starting_line& inside) {
                                  EXPECT_TRUE(life.begin_open());
                                  inside.arrive_and_wait();
                                  succeed = !succeed;
                                  if (succeed) {
                                      const lifecycle::visit opener = life.end_open();
                                  } else {
                                      life.abandon_open();
                                  }
                              });
}

// A call that reads `open` and adds too late is not inside, and takes its add back.
TEST(LifecycleRace, CallsThatComeTooLateLeaveTheCountAsItWas)
{
    lifecycle life;
    starting_line line(3);
    limited_rounds race;
    const auto call_each_round = [&] {
        for (line.arrive_and_wait(); !race.are_over(); line.arrive_and_wait()) {
            for (int i = 0; i < 10; ++i) {
                const lifecycle::visit visit(life);
            }
            line.arrive_and_wait();
        }
    };
    background first(call_each_round);
    background second(call_each_round);
    while (race.next()) {
        make_open(life);
        line.arrive_and_wait();
        EXPECT_TRUE(life.begin_close());
        life.wait_for_calls();
        life.end_close();
        line.arrive_and_wait();
        EXPECT_TRUE(life.wait_for_calls(0));
        EXPECT_FALSE(life.is_open());
    }
    line.arrive_and_wait();
}

} // namespace
