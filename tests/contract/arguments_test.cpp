// Calls that are refused: bad arguments, and calls at the wrong time. A refused call has no callback,
// leaves nothing behind, and the socket works afterwards as before.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "async_socket/log.h"
#include "handle_count.hpp"
#include "support/completions.hpp"

namespace contract {
namespace {

constexpr std::uint32_t largest = UINT32_MAX;

// Callbacks of calls that must be refused get one of these as their context.
class never {
public:
    ~never() { EXPECT_EQ(0, calls_) << "callbacks of refused calls"; }
    [[nodiscard]] void* context() { return this; }

    static void opened(void* context, ASYNC_SOCKET_OPEN_RESULT) { ++static_cast<never*>(context)->calls_; }
    static void sent(void* context, ASYNC_SOCKET_SEND_RESULT) { ++static_cast<never*>(context)->calls_; }
    static void received(void* context, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t)
    {
        ++static_cast<never*>(context)->calls_;
    }

private:
    std::atomic<int> calls_{0};
};

struct bad_payload {
    std::string name;
    const ASYNC_SOCKET_BUFFER* pieces;
    std::uint32_t count;
};

// Every way in which a payload can be wrong.
class bad_payloads {
public:
    bad_payloads()
    {
        void* const data = memory_.data();
        all_.push_back({"no array", nullptr, 1});             // 01_025, 01_074
        all_.push_back({"no pieces", array({{data, 1}}), 0}); // 01_085, 01_086
        // 01_089, 01_091
        all_.push_back({"NULL piece alone", array({{nullptr, 1}}), 1});
        all_.push_back({"NULL piece first", array({{nullptr, 1}, {data, 1}, {data, 1}}), 3});
        all_.push_back({"NULL piece in the middle", array({{data, 1}, {nullptr, 1}, {data, 1}}), 3});
        all_.push_back({"NULL piece last", array({{data, 1}, {data, 1}, {nullptr, 1}}), 3});
        // 01_090, 01_092
        all_.push_back({"empty piece alone", array({{data, 0}}), 1});
        all_.push_back({"empty piece first", array({{data, 0}, {data, 1}, {data, 1}}), 3});
        all_.push_back({"empty piece in the middle", array({{data, 1}, {data, 0}, {data, 1}}), 3});
        all_.push_back({"empty piece last", array({{data, 1}, {data, 1}, {data, 0}}), 3});
        // 01_096, 01_101. The pieces claim more memory than there is; nobody may touch it.
        all_.push_back({"one byte too many", array({{data, largest}, {data, 1}}), 2});
        all_.push_back({"a sum that is small modulo 2^32", array({{data, largest}, {data, 101}}), 2});
        all_.push_back({"a sum of many pieces", array(std::vector<ASYNC_SOCKET_BUFFER>(4096, {data, mib})), 4096});
        // 01_103, 01_084. The array ends where the readable memory ends: it must not be walked.
        auto* const single = new (memory_before_a_gap(sizeof(ASYNC_SOCKET_BUFFER))) ASYNC_SOCKET_BUFFER{data, 1};
        constexpr auto fills_32_bits =
            static_cast<std::uint32_t>((std::uint64_t{1} << 32) / sizeof(ASYNC_SOCKET_BUFFER));
        for (const std::uint32_t count : {fills_32_bits, 1U << 31, (1U << 31) + 1, largest}) {
            all_.push_back({std::to_string(count) + " pieces", single, count});
        }
    }

    [[nodiscard]] const std::vector<bad_payload>& all() const { return all_; }

private:
    const ASYNC_SOCKET_BUFFER* array(std::vector<ASYNC_SOCKET_BUFFER> pieces)
    {
        arrays_.push_back(std::move(pieces));
        return arrays_.back().data();
    }

    bytes memory_ = bytes(1);
    std::vector<std::vector<ASYNC_SOCKET_BUFFER>> arrays_;
    std::vector<bad_payload> all_;
};

ASYNC_SOCKET_SEND_SYNC_RESULT send_in_vain(ASYNC_SOCKET_HANDLE socket, const bad_payload& payload, never& none)
{
    return async_socket_send_async(socket, payload.pieces, payload.count, never::sent, none.context());
}

int receive_in_vain(ASYNC_SOCKET_HANDLE socket, const bad_payload& payload, never& none)
{
    return async_socket_receive_async(socket, const_cast<ASYNC_SOCKET_BUFFER*>(payload.pieces), payload.count,
                                      never::received, none.context());
}

// A send and a receive that would be right on an open socket.
ASYNC_SOCKET_SEND_SYNC_RESULT send_one(ASYNC_SOCKET_HANDLE socket, never& none)
{
    char byte = 0;
    const ASYNC_SOCKET_BUFFER piece{&byte, 1};
    return send_in_vain(socket, {"", &piece, 1}, none);
}

int receive_one(ASYNC_SOCKET_HANDLE socket, never& none)
{
    char byte = 0;
    const ASYNC_SOCKET_BUFFER piece{&byte, 1};
    return receive_in_vain(socket, {"", &piece, 1}, none);
}

// An open with a good connection, whatever the generation needs for it. Non-zero if refused.
int open_in_vain(async_end& end, never& none)
{
    return end.open(never::opened, none.context());
}

TEST(Arguments, ABadPayloadIsRefusedForSend)
{
    const engine engine;
    const bad_payloads bad;
    never none;
    open_pair pair(engine.handle());
    for (const bad_payload& payload : bad.all()) {
        SCOPED_TRACE(payload.name);
        EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, send_in_vain(pair.near_end.handle(), payload, none));
        ASSERT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    }
}

TEST(Arguments, ABadPayloadIsRefusedForReceive)
{
    const engine engine;
    const bad_payloads bad;
    never none;
    open_pair pair(engine.handle());
    for (const bad_payload& payload : bad.all()) {
        SCOPED_TRACE(payload.name);
        EXPECT_NE(0, receive_in_vain(pair.near_end.handle(), payload, none));
        ASSERT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    }
}

TEST(Arguments, SendAndReceiveNeedASocketAndACallback)
{
    const engine engine;
    char byte = 0;
    ASYNC_SOCKET_BUFFER piece{&byte, 1};
    never none;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, send_one(nullptr, none));                                    // 01_024
    EXPECT_NE(0, receive_one(nullptr, none));                                                            // 01_073
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, async_socket_send_async(socket, &piece, 1, nullptr, &none)); // 01_026
    EXPECT_NE(0, async_socket_receive_async(socket, &piece, 1, nullptr, &none));                         // 01_075
    EXPECT_TRUE(carries_traffic(socket, pair.far_end));
}

// Without a context a callback can only tell a global of its call.
gate* no_context_gate = nullptr;

TEST(Arguments, TheContextMayBeNull)
{
    const engine engine;
    char byte = '?';
    ASYNC_SOCKET_BUFFER piece{&byte, 1};
    static int opened;
    opened = 0;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    ASSERT_EQ(0, end.open([](void* context, ASYNC_SOCKET_OPEN_RESULT) { opened += context == nullptr ? 1 : 100; },
                          nullptr)); // 01_009
    EXPECT_EQ(1, opened);
    gate sent;
    no_context_gate = &sent;
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, // 01_027
              async_socket_send_async(
                  end.handle(), &piece, 1, [](void*, ASYNC_SOCKET_SEND_RESULT) { no_context_gate->open(); }, nullptr));
    EXPECT_EQ(bytes{'?'}, connection.far_end.receive(1));
    ASSERT_TRUE(sent.wait());
    gate received;
    no_context_gate = &received;
    ASSERT_EQ(0, async_socket_receive_async(
                     end.handle(), &piece, 1,
                     [](void*, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t) { no_context_gate->open(); },
                     nullptr)); // 01_076
    ASSERT_TRUE(connection.far_end.send("!", 1));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ('!', byte);
}

TEST(Arguments, CreateNeedsAnEngineAndLeavesTheConnectionWithTheCaller)
{
    loopback_pair connection = connect_pair();
#if ASYNC_SOCKET_API_VERSION == 1
    EXPECT_EQ(nullptr, async_socket_create(nullptr, connection.near_end)); // 01_002
#else
    EXPECT_EQ(nullptr, async_socket_create(nullptr)); // 01_002
#endif
    const engine engine;
    async_end end(engine.handle(), connection.near_end);
    ASSERT_NE(nullptr, end.handle()); // 01_001
    ASSERT_EQ(0, end.open());
    EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end));
}

#if ASYNC_SOCKET_API_VERSION == 1
TEST(Arguments, CreateNeedsASocket)
{
    const engine engine;
    for (const SOCKET_HANDLE socket : invalid_sockets()) {
        EXPECT_EQ(nullptr, async_socket_create(engine.handle(), socket)); // 01_034
    }
}
#else
TEST(Arguments, OpenNeedsAConnection)
{
    const engine engine;
    never none;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
#if ASYNC_SOCKET_API_VERSION == 3
    for (const SOCKET_HANDLE socket : invalid_sockets()) {
        EXPECT_NE(0, async_socket_open_async(end.handle(), socket, never::opened, none.context())); // 01_034
    }
#else
    EXPECT_NE(0, async_socket_open_async(end.handle(), nullptr, never::opened, none.context()));  // 01_034
#endif
    ASSERT_EQ(0, end.open());
    EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end));
}
#endif

TEST(Arguments, OpenNeedsASocketAndACallback)
{
    const engine engine;
    never none;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    EXPECT_NE(0, end.open(nullptr, none.context())); // 01_008
    const ASYNC_SOCKET_HANDLE handle = end.take_over();
#if ASYNC_SOCKET_API_VERSION == 1
    EXPECT_NE(0, async_socket_open_async(nullptr, never::opened, none.context())); // 01_007
    ASSERT_EQ(0, async_socket_open_async(
                     handle, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr));
    EXPECT_TRUE(carries_traffic(handle, connection.far_end));
#else
    EXPECT_NE(0, end.open(never::opened, none.context())); // 01_007: its handle is NULL now
#endif
    async_socket_destroy(handle);
}

TEST(Arguments, ASecondOpenIsRefusedAndTheFirstConnectionWorksOn)
{
    const engine engine;
    never none;
    open_pair pair(engine.handle());
#if ASYNC_SOCKET_API_VERSION == 1
    EXPECT_NE(0, open_in_vain(pair.near_end, none)); // 01_015
#else
    loopback_pair fresh = connect_pair();
    async_end owner(engine.handle(), fresh.near_end);
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
#if ASYNC_SOCKET_API_VERSION == 2
    EXPECT_NE(0, async_socket_open_async(socket, owner.transport(), never::opened, none.context())); // 01_015
#else
    EXPECT_NE(0, async_socket_open_async(socket, fresh.near_end, never::opened, none.context())); // 01_015
#endif
    ASSERT_EQ(0, owner.open()); // the refused connection is still good for another socket
    EXPECT_TRUE(carries_traffic(owner.handle(), fresh.far_end));
#endif
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
}

TEST(Arguments, NothingIsSentOrReceivedBeforeOpenAndAfterClose)
{
    const engine engine;
    never none;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    EXPECT_EQ(send_refused_not_open, send_one(end.handle(), none)); // 01_097
    EXPECT_NE(0, receive_one(end.handle(), none));                  // 01_098
    async_socket_close(end.handle());                               // 01_022: does nothing
    ASSERT_EQ(0, end.open());                                       // 01_014
    EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end)); // 01_094
    async_socket_close(end.handle());
    EXPECT_EQ(send_refused_not_open, send_one(end.handle(), none)); // 01_019
    EXPECT_NE(0, receive_one(end.handle(), none));
    async_socket_close(end.handle()); // 01_022
    EXPECT_EQ(send_refused_not_open, send_one(end.handle(), none));
}

TEST(Arguments, CloseAndDestroyOfNothingReturn)
{
    async_socket_close(nullptr);   // 01_018
    async_socket_destroy(nullptr); // 01_004
}

TEST(Arguments, RefusedCallsKeepNoHandles)
{
    const engine engine;
    const bad_payloads bad;
    never none;
    open_pair pair(engine.handle());
    open_pair ended(engine.handle());
    async_socket_close(ended.near_end.handle());
    ASSERT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end)); // the pool has its threads
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    const std::size_t before = async_socket::test::open_handles();
    for (int round = 0; round < 50; ++round) {
        for (const bad_payload& payload : bad.all()) {
            (void)send_in_vain(pair.near_end.handle(), payload, none);
            (void)receive_in_vain(pair.near_end.handle(), payload, none);
        }
        EXPECT_EQ(send_refused_not_open, send_one(ended.near_end.handle(), none));
        EXPECT_NE(0, receive_one(ended.near_end.handle(), none));
        EXPECT_NE(0, open_in_vain(pair.near_end, none));
    }
    async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
    EXPECT_GE(before, async_socket::test::open_handles()); // 01_003, 01_029, 01_084
}

} // namespace
} // namespace contract
