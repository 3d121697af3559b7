// A process that forks while it has engines and sockets. LINUX_18_001 to LINUX_18_004
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "async_socket/log.h"
#include "linux/child.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

// What the child must leave alone: a connection with an operation of each kind under way, and its engine.
class Fork : public testing::Test {
protected:
    Fork()
    {
        pending_.receive();
        pending_.send();
    }

    // The receive is still there to take what comes, and the send goes on when the peer reads.
    void expect_untouched()
    {
        open_pair fresh(engine_.handle()); // on the same loops
        EXPECT_TRUE(carries_traffic(fresh.near_end.handle(), fresh.far_end));
        EXPECT_TRUE(carries_traffic(quiet_.near_end.handle(), quiet_.far_end));
        EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair_.near_end.handle()); }));
        pending_.settle();
        pending_.expect_ended();
    }

    // Every call that there is, each refused or without effect.
    int try_everything()
    {
        send_record sent;
        receive_record received(8);
        const ASYNC_SOCKET_HANDLE socket = quiet_.near_end.handle();
        if (sent.start(socket, "x", 1) != send_refused_not_open) {
            return 1;
        }
        if (received.start(socket) == 0) {
            return 2;
        }
#if ASYNC_SOCKET_API_VERSION != 1
        const auto on_notify = [](void*, ASYNC_SOCKET_NOTIFY_IO_RESULT) {};
        if (async_socket_notify_io_async(socket, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT, on_notify, nullptr) == 0) {
            return 3;
        }
#endif
        async_socket_close(socket);
        async_socket_close(socket);
        if (quiet_.near_end.open() == 0) {
            return 4;
        }
        quiet_.near_end.destroy();
        pair_.near_end.destroy();
        closed_pair late(engine_.handle()); // a socket of its own on the parent's engine
        if (late.near_end.handle() != nullptr && late.near_end.open() == 0) {
            return 5;
        }
        execution_engine_inc_ref(engine_.handle());
        execution_engine_dec_ref(engine_.handle());
        engine_.release();
        return 0;
    }

    engine engine_{2, 2};
    open_pair pair_{engine_.handle()};
    open_pair quiet_{engine_.handle()};
    pending_operations pending_{pair_.near_end.handle()};
};

// LINUX_18_001, LINUX_18_002
TEST_F(Fork, AChildsCallsFailOrReturnAndTouchNothing)
{
    EXPECT_EQ(0, in_a_child([this] { return try_everything(); }));
    expect_untouched();
}

// LINUX_18_001: the descriptor of the child was a copy.
TEST_F(Fork, AChildsDestroyClosesItsOwnDescriptorOnly)
{
    const auto destroy = [this] {
        const std::size_t before = async_socket::test::open_handles();
        quiet_.near_end.destroy();
#if ASYNC_SOCKET_API_VERSION == 2
        socket_transport_destroy(quiet_.near_end.transport());
#endif
        return async_socket::test::open_handles() == before - 1 ? 0 : 1;
    };
    EXPECT_EQ(0, in_a_child(destroy));
    expect_untouched();
}

ASYNC_SOCKET_HANDLE of_an_exit_handler = nullptr;
EXECUTION_ENGINE_HANDLE engine_of_an_exit_handler = nullptr;

// LINUX_18_001: as destructors of static objects do it.
TEST_F(Fork, AChildThatExitsThroughDestructorsIsHarmless)
{
    of_an_exit_handler = quiet_.near_end.handle();
    engine_of_an_exit_handler = engine_.handle();
    (void)std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        (void)std::atexit([] {
            async_socket_destroy(of_an_exit_handler);
            execution_engine_dec_ref(engine_of_an_exit_handler);
            _exit(7); // before those of the test framework and of the sanitizers, which are not for a child
        });
        std::exit(0);
    }
    EXPECT_EQ(7, code_of(child));
    expect_untouched();
}

// LINUX_18_002: whatever another thread was about in the parent.
TEST_F(Fork, AChildDoesNotWaitForThreadsThatItDoesNotHave)
{
    closed_pair opening(engine_.handle());
    gate inside;
    gate go_on;
    open_record record;
    record.then = [&] {
        inside.open();
        (void)go_on.wait();
    };
    std::thread opener([&] { EXPECT_EQ(0, opening.near_end.open(open_record::on_complete, &record)); });
    ASSERT_TRUE(inside.wait());
    std::thread closer([&] { async_socket_close(opening.near_end.handle()); }); // waits for the open callback
    probe refused(opening.near_end.handle());
    EXPECT_TRUE(refused.wait_until_refused());
    EXPECT_EQ(0, in_a_child([&] {
                  async_socket_close(opening.near_end.handle());
                  opening.near_end.destroy();
                  return 0;
              }));
    go_on.open();
    opener.join();
    closer.join();
    expect_untouched();
}

// LINUX_18_003, LINUX_18_004: on the engine's own thread.
TEST_F(Fork, AChildOfACallbackMayDestroyAndMustNotReturn)
{
    for (const bool returns : {false, true}) {
        receive_record received(8);
        std::atomic<pid_t> child{0};
        std::atomic<bool> in_child{false};
        open_pair forking(engine_.handle());
        received.then = [&](const receive_event&) {
            (void)std::fflush(nullptr);
            const pid_t forked = fork();
            if (forked != 0) {
                child = forked;
                return;
            }
            async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
            forking.near_end.destroy();
            quiet_.near_end.destroy();
            if (!returns) {
                _exit(0);
            }
        };
        ASSERT_EQ(0, received.start(forking.near_end.handle()));
        ASSERT_TRUE(forking.far_end.send("x", 1));
        ASSERT_TRUE(becomes_true([&] { return child.load() != 0; }));
        EXPECT_EQ(returns ? EXIT_FAILURE : 0, code_of(child));
        EXPECT_TRUE(carries_traffic(forking.near_end.handle(), forking.far_end));
        EXPECT_TRUE(carries_traffic(quiet_.near_end.handle(), quiet_.far_end));
    }
    expect_untouched();
}

// A sanitizer for threads does not allow a child of a process with threads to have some of its own.
#ifndef __SANITIZE_THREAD__
// LINUX_18_003
TEST_F(Fork, AChildMayHaveEnginesOfItsOwn)
{
    EXPECT_EQ(0, in_a_child([] {
                  const engine own(1, 1);
                  open_pair pair(own.handle());
                  return carries_traffic(pair.near_end.handle(), pair.far_end) ? 0 : 1;
              }));
#if ASYNC_SOCKET_API_VERSION == 3
    // A descriptor that an async socket of the parent has is a descriptor like others.
    EXPECT_EQ(0, in_a_child([this] {
                  const engine own(1, 1);
                  const ASYNC_SOCKET_HANDLE socket = async_socket_create(own.handle());
                  const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
                  return async_socket_open_async(socket, quiet_.connection.near_end, opened, nullptr) == 0 ? 0 : 1;
              }));
#endif
    expect_untouched();
}
#endif

#if ASYNC_SOCKET_API_VERSION == 2
int lingering_of(SOCKET_HANDLE socket)
{
    linger now{};
    socklen_t size = sizeof now;
    EXPECT_EQ(0, getsockopt(socket, SOL_SOCKET, SO_LINGER, &now, &size));
    return now.l_onoff != 0 ? now.l_linger : -1;
}

int try_every_transport(SOCKET_TRANSPORT_HANDLE client, SOCKET_TRANSPORT_HANDLE server)
{
    unsigned char byte = 0;
    SOCKET_BUFFER piece{1, &byte};
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    if (socket_transport_send(client, &piece, 1, nullptr, 0, nullptr) != SOCKET_SEND_ERROR) {
        return 1;
    }
    if (socket_transport_receive(client, &piece, 1, nullptr, 0, nullptr) != SOCKET_RECEIVE_ERROR) {
        return 2;
    }
    if (socket_transport_accept(server, &accepted, 10) != SOCKET_ACCEPT_ERROR) {
        return 3;
    }
    if (socket_transport_is_valid_socket(client)) {
        return 4;
    }
    socket_transport_disconnect(client);
    socket_transport_disconnect(server);
    if (socket_transport_connect(client, "127.0.0.1", 1, 10) == 0 || socket_transport_listen(server, 0) == 0) {
        return 5;
    }
    socket_transport_destroy(client);
    socket_transport_destroy(server);
    return 0;
}

// LINUX_18_001, with a thread of the parent's blocked in each of them.
TEST_F(Fork, AChildsCallsOnTransportsTouchNothing)
{
    const SOCKET_TRANSPORT_HANDLE server = socket_transport_create_server();
    ASSERT_EQ(0, socket_transport_listen(server, 0));
    loopback_pair pair = connect_pair();
    linger_at_close(pair.near_end, 8);
    const SOCKET_TRANSPORT_HANDLE client = socket_transport_create_from_socket(pair.near_end);
    std::thread receiver([&] {
        unsigned char byte = 0;
        SOCKET_BUFFER piece{1, &byte};
        std::uint32_t moved = 0;
        EXPECT_EQ(SOCKET_RECEIVE_OK, socket_transport_receive(client, &piece, 1, &moved, 0, nullptr));
        EXPECT_EQ(1U, moved);
    });
    std::thread acceptor([&] {
        SOCKET_TRANSPORT_HANDLE accepted = nullptr;
        EXPECT_EQ(SOCKET_ACCEPT_NO_CONNECTION, socket_transport_accept(server, &accepted, 1000));
    });
    EXPECT_EQ(0, in_a_child([&] { return try_every_transport(client, server); }));
    EXPECT_EQ(8, lingering_of(pair.near_end));
    EXPECT_TRUE(pair.far_end.send("x", 1));
    receiver.join();
    acceptor.join();
    socket_transport_destroy(client);
    socket_transport_destroy(server);
    expect_untouched();
}
#endif

} // namespace
} // namespace contract
