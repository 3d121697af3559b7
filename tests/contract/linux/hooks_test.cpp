// async_socket_create_with_transport: the user's hooks in the place of send and receive.
#include <gtest/gtest.h>

#include "linux/hooked_pair.hpp"
#include "support/framed_stream.hpp"

namespace contract {
namespace {

// LINUX_10_001
TEST(Hooks, AreNeededBoth)
{
    const engine engine;
    const loopback_pair pair = connect_pair();
    const auto on_send = cipher_hooks::on_send;
    const auto on_receive = cipher_hooks::on_receive;
    EXPECT_EQ(nullptr, create_with_hooks(nullptr, pair.near_end, on_send, on_receive, nullptr));
    EXPECT_EQ(nullptr, create_with_hooks(engine.handle(), pair.near_end, nullptr, on_receive, nullptr));
    EXPECT_EQ(nullptr, create_with_hooks(engine.handle(), pair.near_end, on_send, nullptr, nullptr));
    close_socket(pair.near_end); // which is still ours
}

#if ASYNC_SOCKET_API_VERSION == 1
// LINUX_10_008
TEST(Hooks, OfTheHandleGenerationNeedASocketAndAdoptIt)
{
    const engine engine;
    EXPECT_EQ(nullptr, create_with_hooks(engine.handle(), invalid_socket(), cipher_hooks::on_send,
                                         cipher_hooks::on_receive, nullptr));
    loopback_pair pair = connect_pair();
    const ASYNC_SOCKET_HANDLE never_opened =
        create_with_hooks(engine.handle(), pair.near_end, cipher_hooks::on_send, cipher_hooks::on_receive, nullptr);
    ASSERT_NE(nullptr, never_opened);
    async_socket_destroy(never_opened);
    EXPECT_TRUE(pair.far_end.sees_end());
}
#endif

// LINUX_10_002
TEST(Hooks, MoveAllBytesEachWay)
{
    const engine engine;
    const bytes ours = pattern(8 * mib, 1);
    const bytes theirs = pattern(8 * mib, 2);
    send_record sent;
    hooked_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.handle(), ours.data(), ours.size()));
    std::thread sender([&] { EXPECT_TRUE(pair.far_end().send(encrypted(theirs))); });
    std::thread reader([&] { EXPECT_TRUE(encrypted(ours) == pair.far_end().receive(ours.size())); });
    EXPECT_TRUE(theirs == receive_async(pair.handle(), theirs.size()));
    EXPECT_TRUE(sent.wait());
    sender.join();
    reader.join();
    EXPECT_EQ(pair.handle(), pair.hooks.seen_handle);
    EXPECT_FALSE(pair.hooks.ran_on_test_thread); // LINUX_10_005
    pair.destroy();
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent.results());
}

TEST(Hooks, TakeThePiecesInTheirOrder)
{
    const engine engine;
    bytes data = pattern(100000);
    send_record sent;
    hooked_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.handle(), cut(data, {1, 2000, 3, 500})));
    EXPECT_EQ(encrypted(data), pair.far_end().receive(data.size()));
    ASSERT_TRUE(sent.wait());

    // All the bytes are there: a receive fills as many of its pieces as it can.
    receive_record received(1000);
    const bytes answer = pattern(1 + 700, 3);
    ASSERT_TRUE(pair.far_end().send(encrypted(answer)));
    ASSERT_EQ(1U, receive_async(pair.handle(), 1).size());
    ASSERT_EQ(0, received.start(pair.handle(), cut(received.memory, {1, 300, 100})));
    ASSERT_TRUE(received.wait());
    ASSERT_EQ(700U, received.events()[0].bytes);
    EXPECT_TRUE(std::equal(answer.begin() + 1, answer.end(), received.memory.begin()));
}

TEST(Hooks, KeepTheOrderOfManySends)
{
    const engine engine;
    std::vector<bytes> messages;
    std::size_t total = 0;
    for (std::uint32_t i = 0; i < 500; ++i) {
        messages.push_back(make_message(1, i, 1 + i * 7919 % 5000));
        total += messages.back().size();
    }
    send_record sent;
    hooked_pair pair(engine.handle());
    for (const bytes& message : messages) {
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.handle(), message.data(), message.size()));
    }
    EXPECT_EQ("", stream_problem(encrypted(pair.far_end().receive(total)), messages.size()));
    ASSERT_TRUE(sent.wait(messages.size()));
}

// LINUX_10_003
TEST(Hooks, AreAskedAgainWhenTheSocketIsReady)
{
    const engine engine;
    receive_record received;
    hooked_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.handle()));
    ASSERT_TRUE(becomes_true([&] { return pair.hooks.calls > 0; })); // and it found nothing
    ASSERT_TRUE(pair.far_end().send(encrypted(pattern(10))));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result);
    EXPECT_EQ(10U, received.events()[0].bytes);
}

// Encryption may have to read before it can write.
TEST(Hooks, OfOneDirectionAreAskedAgainAfterAChangeInTheOther)
{
    const engine engine;
    const bytes data = pattern(100);
    std::atomic<bool> allowed{false};
    send_record sent;
    hooked_pair pair(engine.handle());
    pair.hooks.send = [&](const void* bytes, std::size_t size) {
        return allowed ? pair.hooks.send_encrypted(bytes, size) : fail_with(EWOULDBLOCK);
    };
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.handle(), data.data(), data.size()));
    ASSERT_TRUE(becomes_true([&] { return pair.hooks.calls > 0; }));
    allowed = true;
    ASSERT_TRUE(pair.far_end().send("x", 1));
    EXPECT_EQ(encrypted(data), pair.far_end().receive(data.size()));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent.results()[0]);
}

// LINUX_10_004
struct hook_answer {
    const char* name;
    int result;
    int code;
    ASYNC_SOCKET_RECEIVE_RESULT received;
};

void PrintTo(const hook_answer& answer, std::ostream* out)
{
    *out << answer.name;
}

class HookAnswer : public testing::TestWithParam<hook_answer> {};

INSTANTIATE_TEST_SUITE_P(Row, HookAnswer,
                         testing::Values(hook_answer{"End", 0, 0, ASYNC_SOCKET_RECEIVE_ABANDONED},
                                         hook_answer{"Reset", -1, ECONNRESET, ASYNC_SOCKET_RECEIVE_ABANDONED},
                                         hook_answer{"Error", -1, EIO, ASYNC_SOCKET_RECEIVE_ERROR},
                                         hook_answer{"MoreThanAskedFor", 65, 0, ASYNC_SOCKET_RECEIVE_ERROR}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(HookAnswer, EndsAReceive)
{
    const engine engine;
    receive_record received(64);
    hooked_pair pair(engine.handle());
    pair.hooks.receive = [](void*, std::size_t) {
        errno = GetParam().code;
        return GetParam().result;
    };
    ASSERT_EQ(0, received.start(pair.handle()));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(GetParam().received, received.events()[0].result);
    EXPECT_EQ(0U, received.events()[0].bytes);
}

// LINUX_12_004: what comes after the hole would be taken for what is missing.
TEST(Hooks, ThatFailInTheMiddleEndTheSendsBehindItToo)
{
    const engine engine;
    const bytes data = pattern(1000);
    std::atomic<int> calls{0};
    send_record sent;
    hooked_pair pair(engine.handle());
    pair.hooks.send = [&](const void* bytes, std::size_t) {
        return ++calls == 2 ? fail_with(EIO) : pair.hooks.send_encrypted(bytes, 10);
    };
    for (int i = 0; i < 3; ++i) {
        (void)sent.start(pair.handle(), data.data(), data.size()); // the last may come late enough to be refused
    }
    ASSERT_TRUE(sent.wait(1));
    EXPECT_EQ(10U, pair.far_end().receive(10).size());
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.handle(), data.data(), data.size()));
    pair.destroy();
    for (const ASYNC_SOCKET_SEND_RESULT result : sent.results()) {
        EXPECT_EQ(ASYNC_SOCKET_SEND_ERROR, result);
    }
    EXPECT_TRUE(pair.far_end().sees_end());
}

TEST(Hooks, ThatTakeNothingAreAskedLater)
{
    const engine engine;
    const bytes data = pattern(100);
    std::atomic<int> calls{0};
    send_record sent;
    hooked_pair pair(engine.handle());
    pair.hooks.send = [&](const void* bytes, std::size_t size) {
        return ++calls == 1 ? 0 : pair.hooks.send_encrypted(bytes, size);
    };
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.handle(), data.data(), data.size()));
    ASSERT_TRUE(becomes_true([&] { return calls > 0; }));
    ASSERT_TRUE(pair.far_end().send("x", 1));
    EXPECT_EQ(encrypted(data), pair.far_end().receive(data.size()));
    ASSERT_TRUE(sent.wait());
}

// LINUX_10_006
class EndingInAHook : public testing::TestWithParam<std::tuple<ending, bool>> {
protected:
    [[nodiscard]] static bool in_a_send() { return std::get<1>(GetParam()); }
    static void end(hooked_pair& pair)
    {
        if (std::get<0>(GetParam()) == ending::close) {
            async_socket_close(pair.handle());
        } else {
            pair.destroy();
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Row, EndingInAHook,
                         testing::Combine(testing::Values(ending::close, ending::destroy), testing::Bool()),
                         [](const auto& each) {
                             return name_of(std::get<0>(each.param)) + (std::get<1>(each.param) ? "Send" : "Receive");
                         });

TEST_P(EndingInAHook, ReturnsAndEndsWhatIsPending)
{
    for (const std::uint32_t threads : {1U, 4U}) {
        const engine engine(threads, threads);
        hooked_pair pair(engine.handle());
        pending_operations pending(pair.handle());
        gate begin;
        gate ended;
        std::atomic<int> rounds{0};
        const auto answer = [&] {
            (void)begin.wait();
            if (++rounds == 1) {
                end(pair);
                pending.settle();
                ended.open();
            }
            return fail_with(EAGAIN);
        };
        if (in_a_send()) {
            pair.hooks.send = [&](const void*, std::size_t) { return answer(); };
        } else {
            pair.hooks.receive = [&](void*, std::size_t) { return answer(); };
        }
        pending.receive(2);
        pending.send(2);
        begin.open();
        EXPECT_TRUE(ended.wait());
        pending.expect_ended();
        expect_peer_sees_end(pair.far_end());
        EXPECT_EQ(1, rounds);
    }
}

// LINUX_10_007: a hook that is under way keeps the descriptor and the memory until it returns.
TEST(Hooks, AreWaitedForByAClose)
{
    const engine engine;
    receive_record received(64);
    hooked_pair pair(engine.handle());
    gate entered;
    std::atomic<bool> left{false};
    pair.hooks.receive = [&](void* data, std::size_t) {
        entered.open();
        (void)pair.far_end().receive_to_end(); // the close has ended the connection already
        *static_cast<char*>(data) = 'x';
        left = true;
        return fail_with(EAGAIN);
    };
    ASSERT_EQ(0, received.start(pair.handle()));
    ASSERT_TRUE(entered.wait());
    EXPECT_TRUE(ends_within(ending_limit, [&] { async_socket_close(pair.handle()); }));
    EXPECT_TRUE(left);
    ASSERT_EQ(1U, received.count());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, received.events()[0].result);
}

#if ASYNC_SOCKET_API_VERSION != 1
TEST(Hooks, AreKeptOverACloseAndAReopen)
{
    const engine engine;
    cipher_hooks hooks;
    const ASYNC_SOCKET_HANDLE socket =
        create_with_hooks(engine.handle(), invalid_socket(), cipher_hooks::on_send, cipher_hooks::on_receive, &hooks);
    for (int round = 0; round < 3; ++round) {
        loopback_pair pair = connect_pair();
        hooks.fd = pair.near_end;
        const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
#if ASYNC_SOCKET_API_VERSION == 2
        const SOCKET_TRANSPORT_HANDLE connection = socket_transport_create_from_socket(pair.near_end);
#else
        const SOCKET_HANDLE connection = pair.near_end;
#endif
        ASSERT_EQ(0, async_socket_open_async(socket, connection, opened, nullptr));
        ASSERT_TRUE(pair.far_end.send(encrypted(pattern(10))));
        EXPECT_EQ(pattern(10), receive_async(socket, 10));
        async_socket_close(socket);
#if ASYNC_SOCKET_API_VERSION == 2
        socket_transport_destroy(connection);
#endif
        EXPECT_TRUE(pair.far_end.sees_end());
    }
    async_socket_destroy(socket);
}
#endif

} // namespace
} // namespace contract
