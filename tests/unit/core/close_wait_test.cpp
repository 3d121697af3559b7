// core/life/close_wait.hpp: sockets whose callbacks close each other. Each test has several sockets and one
// callback inside each of them before any of these closes another.
#include "core/life/close_wait.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "core/socket/socket.hpp"
#include "rounds.hpp"
#include "support/socket_fixture.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using test::background;
using test::ended_record;
using test::event;

class CloseWait : public test::socket_fixture {
protected:
    // So many sockets, open, each with one receive whose callback runs `in_callback(its index)` once
    // all of them are inside.
    void run_callbacks_of(std::size_t count, const std::function<void(std::size_t)>& in_callback)
    {
        sockets_.clear();
        records_ = std::make_unique<ended_record[]>(count);
        std::atomic<std::size_t> inside{0};
        event all_inside;
        for (std::size_t i = 0; i < count; ++i) {
            core::socket* const socket = core::socket::create(*engine_, backend::no_connection(), 0, nullptr);
            sockets_.push_back(socket);
            const backend::connection given = test::connection_number(static_cast<int>(i + 1));
            ASSERT_TRUE(socket
                            ->open(
                                &given, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
                            .is_none());
            records_[i].then = [&, i] {
                if (++inside == count) {
                    all_inside.set();
                }
                EXPECT_TRUE(all_inside.wait());
                in_callback(i);
            };
        }
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(start_on(*sockets_[i], records_[i]), test::accepted);
            let_one_end();
        }
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_TRUE(records_[i].ended.wait()) << "the callback of socket " << i << " hangs";
        }
    }

    void destroy_all()
    {
        for (core::socket* const socket : sockets_) {
            socket->close_and_free();
        }
    }

    std::vector<core::socket*> sockets_;
    std::unique_ptr<ended_record[]> records_;
};

TEST_F(CloseWait, TwoCallbacksCloseEachOthersSocket)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(2, [&](std::size_t self) { sockets_[1 - self]->close(); });
        EXPECT_FALSE(sockets_[0]->is_open());
        EXPECT_FALSE(sockets_[1]->is_open());
        destroy_all();
    }
}

TEST_F(CloseWait, TwoCallbacksCloseBothSocketsTheirOwnFirst)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(2, [&](std::size_t self) {
            sockets_[self]->close();
            sockets_[1 - self]->close();
        });
        destroy_all();
    }
}

TEST_F(CloseWait, TwoCallbacksCloseBothSocketsTheOtherFirst)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(2, [&](std::size_t self) {
            sockets_[1 - self]->close();
            sockets_[self]->close();
        });
        destroy_all();
    }
}

TEST_F(CloseWait, ThreeCallbacksCloseEachOtherInACircle)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(3, [&](std::size_t self) { sockets_[(self + 1) % 3]->close(); });
        destroy_all();
    }
}

TEST_F(CloseWait, FourCallbacksCloseAllSockets)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(4, [&](std::size_t self) {
            for (std::size_t i = 1; i <= 4; ++i) {
                sockets_[(self + i) % 4]->close();
            }
        });
        destroy_all();
    }
}

TEST_F(CloseWait, TwoCallbacksDestroyEachOthersSocket)
{
    for (int round = 0; round < rounds_of(300); ++round) {
        run_callbacks_of(2, [&](std::size_t self) { sockets_[1 - self]->close_and_free(); });
        EXPECT_EQ(fake_.channels, 0);
    }
}

TEST_F(CloseWait, ACloseWithoutACircleStillWaitsForTheCallback)
{
    std::atomic<bool> returning{false};
    event go_on;
    event closing;
    bool closed_after_callback = false;
    background other_thread([&] {
        EXPECT_TRUE(closing.wait());
        EXPECT_TRUE(test::wait_until([&] { return fake_.channels_being_closed == 1; }));
        go_on.set();
    });
    run_callbacks_of(2, [&](std::size_t self) {
        if (self == 0) {
            EXPECT_TRUE(go_on.wait());
            returning = true;
        } else {
            closing.set();
            sockets_[0]->close();
            closed_after_callback = returning;
        }
    });
    ASSERT_TRUE(other_thread.finished());
    EXPECT_TRUE(closed_after_callback);
    destroy_all();
}

TEST_F(CloseWait, OtherThreadsCloseTheSocketsWhileTheirCallbacksCloseEachOther)
{
    for (int round = 0; round < rounds_of(100); ++round) {
        std::unique_ptr<background> closers[2];
        run_callbacks_of(2, [&](std::size_t self) {
            core::socket* const own = sockets_[self];
            closers[self] = std::make_unique<background>([own] { own->close(); });
            sockets_[1 - self]->close();
        });
        closers[0].reset();
        closers[1].reset();
        destroy_all();
    }
}

} // namespace
