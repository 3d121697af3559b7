// What destroy waits for, and what it leaves behind. That it ends pending operations as close does is
// in close_test.cpp and close_in_callback_test.cpp.
#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "handle_count.hpp"
#include "support/ending.hpp"

namespace contract {
namespace {

// Takes a while without looking at the clock: long enough for another thread to come far.
void give_others_a_chance()
{
    for (int i = 0; i < 20; ++i) {
        (void)connect_pair();
    }
}

TEST(Destroy, OfNullReturns)
{
    async_socket_destroy(nullptr); // 01_004
}

TEST(Destroy, AfterClose)
{
    const engine engine;
    open_pair pair(engine.handle());
    pending_operations pending(pair.near_end.handle());
    pending.receive();
    async_socket_close(pair.near_end.handle());
    pending.settle();
    EXPECT_TRUE(ends_within(ending_limit, [&pair] { pair.near_end.destroy(); }));
    pending.expect_ended();
}

// The connection of a socket that was never opened: generation 1 closes it, in the others it never was
// the socket's.
TEST(Destroy, OfASocketThatWasNeverOpened)
{
    const engine engine;
    closed_pair pair(engine.handle());
    pair.near_end.destroy();
#if ASYNC_SOCKET_API_VERSION == 1
    expect_peer_sees_end(pair.far_end); // 42_007
#elif ASYNC_SOCKET_API_VERSION == 2
    EXPECT_TRUE(socket_transport_is_valid_socket(pair.near_end.transport()));
    EXPECT_TRUE(pair.far_end.send("x", 1));
#else
    async_end another(engine.handle(), pair.connection.near_end);
    EXPECT_EQ(0, another.open());
    EXPECT_TRUE(carries_traffic(another.handle(), pair.far_end));
    (void)pair.near_end.open(); // refused without a socket: only tells the pair that its handle is spent
#endif
}

// A callback sees that another thread has closed the connection, and destroys: it neither waits for
// itself nor for a close that waits for it. 01_093: it does wait for that close.
TEST(Destroy, InACallbackWhileAnotherThreadIsClosing)
{
    for (const std::uint32_t threads : {4U, 1U}) {
        const engine engine(threads, threads);
        open_pair pair(engine.handle());
        const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
        pending_operations pending(socket);
        timed_ending destroy(ending::destroy);
        receive_record received;
        received.then = [&](const receive_event&) {
            (void)pair.far_end.receive_to_end();
            destroy(pair.near_end, pending);
        };
        ASSERT_EQ(0, received.start(socket));
        pending.receive(2);
        pending.send();
        ASSERT_TRUE(pair.far_end.send("x", 1));
        ASSERT_TRUE(received.wait());
        EXPECT_TRUE(ends_soon([socket] { async_socket_close(socket); }));
        EXPECT_TRUE(destroy.returned_in_time());
        pending.expect_ended();
    }
}

// Another thread is inside a call of the socket that is ended.
class EndingDuringACall : public testing::TestWithParam<ending> {};

INSTANTIATE_TEST_SUITE_P(Row, EndingDuringACall, testing::Values(ending::close, ending::destroy),
                         [](const auto& parameter) { return name_of(parameter.param); });

// The open callback runs on one thread and stays there until the end on the other thread has begun.
TEST_P(EndingDuringACall, WaitsForTheOpenCallback) // 01_093
{
    const engine engine;
    closed_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    pending_operations none(socket);
    probe receives(socket);
    gate entered;
    std::atomic<bool> left{false};
    open_record opened;
    opened.then = [&] {
        entered.open();
        EXPECT_TRUE(receives.wait_until_refused());
        give_others_a_chance();
        left = true;
    };
    std::thread opener([&] { EXPECT_EQ(0, pair.near_end.open(open_record::on_complete, &opened)); });
    EXPECT_TRUE(entered.wait());
    timed_ending end(GetParam());
    EXPECT_TRUE(ends_soon([&] { end(pair.near_end, none); })); // as soon as the callback lets it
    EXPECT_TRUE(left);
    EXPECT_TRUE(receives.each_ended_once());
    opener.join();
}

// Holds a thread inside the library, at the message that its refused call logs.
class held_in_the_log {
public:
    held_in_the_log()
    {
        async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
        async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) {
            if (hold_this_thread) {
                arrived->open();
                (void)release->wait();
            }
        });
        arrived = &arrived_;
        release = &release_;
    }
    ~held_in_the_log()
    {
        async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) {});
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
        async_socket_set_log_callback(nullptr);
    }
    held_in_the_log(const held_in_the_log&) = delete;
    held_in_the_log& operator=(const held_in_the_log&) = delete;

    // Runs `call` on a thread that is held at the first message, until `let_go`.
    void run(std::function<void()> call)
    {
        caller_ = std::thread([call = std::move(call)] {
            hold_this_thread = true;
            call();
        });
        EXPECT_TRUE(arrived_.wait());
    }
    void let_go() { release_.open(); }
    void join() { caller_.join(); }

private:
    static inline thread_local bool hold_this_thread = false;
    static inline gate* arrived = nullptr;
    static inline gate* release = nullptr;

    gate arrived_;
    gate release_;
    std::thread caller_;
};

// Ends the socket on another thread, gives it time, and lets the held call go. True if the end had to
// wait for that call.
bool waits_for(held_in_the_log& held, ending how, async_end& socket)
{
    pending_operations none(socket.handle());
    timed_ending end(how);
    gate begun;
    std::atomic<bool> released{false};
    std::atomic<bool> came_first{false};
    std::thread ender([&] {
        begun.open();
        end(socket, none);
        came_first = !released;
    });
    EXPECT_TRUE(begun.wait());
    give_others_a_chance();
    released = true;
    held.let_go();
    held.join();
    EXPECT_TRUE(ends_soon([&ender] { ender.join(); }));
    return !came_first;
}

// 01_015: a second open may still be on its way out when the socket is gone, and may not touch it then.
TEST_P(EndingDuringACall, WhileASecondOpenIsRefused)
{
    const engine engine;
    open_pair pair(engine.handle());
    loopback_pair unused = connect_pair();
    int result = 0;
    {
        held_in_the_log held;
        held.run([&] {
            const auto on_open = [](void*, ASYNC_SOCKET_OPEN_RESULT) { ADD_FAILURE() << "of a refused open"; };
#if ASYNC_SOCKET_API_VERSION == 3
            result = async_socket_open_async(pair.near_end.handle(), unused.near_end, on_open, nullptr);
#else
            result = pair.near_end.open(on_open, nullptr);
#endif
        });
        (void)waits_for(held, GetParam(), pair.near_end);
    }
    EXPECT_NE(0, result);
    expect_peer_sees_end(pair.far_end);
    close_socket(unused.near_end);
}

TEST_P(EndingDuringACall, WaitsForASendThatIsRefused) // 01_020
{
    const engine engine;
    open_pair pair(engine.handle());
    receive_record received;
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    ASSERT_TRUE(received.wait());
    send_record sent;
    ASYNC_SOCKET_SEND_SYNC_RESULT result = ASYNC_SOCKET_SEND_SYNC_OK;
    {
        held_in_the_log held;
        held.run([&] { result = sent.start(pair.near_end.handle(), "x", 1); });
        EXPECT_TRUE(waits_for(held, GetParam(), pair.near_end));
    }
    EXPECT_EQ(send_refused_not_open, result); // 42_002
    EXPECT_EQ(0U, sent.count());
}

// While a destroy waits for a callback, that callback uses the socket in every way; all of it loses.
TEST(Destroy, WaitsForACallbackWhoseCallsAllLose)
{
    const engine engine;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    std::atomic<bool> finished{false};
    send_record sent;
    receive_record late;
    ASYNC_SOCKET_SEND_SYNC_RESULT send_result = ASYNC_SOCKET_SEND_SYNC_OK;
    int receive_result = 0;
    receive_record received;
    received.then = [&](const receive_event&) {
        (void)pair.far_end.receive_to_end();
        send_result = sent.start(socket, "x", 1);
        receive_result = late.start(socket);
        async_socket_close(socket);
        finished = true;
    };
    ASSERT_EQ(0, received.start(socket));
    ASSERT_TRUE(pair.far_end.send("x", 1));
    ASSERT_TRUE(received.wait());
    EXPECT_TRUE(ends_within(ending_limit, [&pair] { pair.near_end.destroy(); }));
    EXPECT_TRUE(finished);
    EXPECT_EQ(send_refused_not_open, send_result);
    EXPECT_NE(0, receive_result);
    EXPECT_EQ(0U, sent.count() + late.count());
}

// The socket holds the last reference to its engine and is destroyed in one of its own callbacks, so
// the pool goes while one of its threads is still in that callback. 42_005, LINUX_15_005
class LastEngineReference : public testing::Test {
protected:
    // Runs `scenario` with an engine that the test gives up at once, often enough to see a leak.
    template <typename Scenario>
    void in_many_rounds(Scenario scenario)
    {
        scenario(); // what the system keeps after the first use
        const std::size_t before = async_socket::test::open_handles();
        for (int round = 0; round < 20; ++round) {
            scenario();
        }
        EXPECT_TRUE(handles_come_down_to(before + late_handles)); // 01_005, 01_068
    }

    // A pair whose socket is the only holder of its engine.
    static void let_go(engine& engine) { engine.release(); }
};

TEST_F(LastEngineReference, GivenBackInAReceiveCallback)
{
    in_many_rounds([] {
        engine engine;
        open_pair pair(engine.handle());
        let_go(engine);
        pending_operations pending(pair.near_end.handle());
        timed_ending destroy(ending::destroy);
        receive_record received;
        received.then = [&](const receive_event&) { destroy(pair.near_end, pending); };
        ASSERT_EQ(0, received.start(pair.near_end.handle()));
        pending.receive();
        pending.send();
        ASSERT_TRUE(pair.far_end.send("x", 1));
        EXPECT_TRUE(destroy.returned_in_time());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    });
}

TEST_F(LastEngineReference, GivenBackInASendCallback)
{
    in_many_rounds([] {
        engine engine;
        open_pair pair(engine.handle());
        let_go(engine);
        pending_operations pending(pair.near_end.handle());
        pending.receive();
        timed_ending destroy(ending::destroy);
        send_record sent;
        sent.then = [&] { destroy(pair.near_end, pending); };
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), "x", 1));
        EXPECT_TRUE(destroy.returned_in_time());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    });
}

TEST_F(LastEngineReference, GivenBackInAnOpenCallback)
{
    in_many_rounds([] {
        engine engine;
        closed_pair pair(engine.handle());
        let_go(engine);
        pending_operations pending(pair.near_end.handle());
        timed_ending destroy(ending::destroy);
        open_record opened;
        opened.then = [&] {
            pending.receive();
            pending.send();
            destroy(pair.near_end, pending);
        };
        EXPECT_EQ(0, pair.near_end.open(open_record::on_complete, &opened));
        EXPECT_TRUE(destroy.returned_in_time());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    });
}

TEST_F(LastEngineReference, GivenBackInACallbackOfAnotherEngine)
{
    in_many_rounds([] {
        const engine others_engine(1, 1);
        open_pair caller(others_engine.handle());
        engine engine(1, 1);
        open_pair pair(engine.handle());
        let_go(engine);
        pending_operations pending(pair.near_end.handle());
        pending.receive();
        pending.send();
        timed_ending destroy(ending::destroy);
        receive_record received;
        received.then = [&](const receive_event&) { destroy(pair.near_end, pending); };
        ASSERT_EQ(0, received.start(caller.near_end.handle()));
        ASSERT_TRUE(caller.far_end.send("x", 1));
        EXPECT_TRUE(destroy.returned_in_time());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end);
    });
}

} // namespace
} // namespace contract
