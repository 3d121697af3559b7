// Many pieces in one call: more than the system takes at once. They go out, and are filled, in order,
// with one callback, and nothing slips in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "support/completions.hpp"
#include "support/framed_stream.hpp"

namespace contract {
namespace {

constexpr std::size_t piece_counts[] = {1023, 1024, 1025, 3000, 100000};
const std::vector<std::uint32_t> odd_sizes{1, 2, 3, 5, 7};
const std::vector<ASYNC_SOCKET_SEND_RESULT> one_ok{ASYNC_SOCKET_SEND_OK};
const std::vector<ASYNC_SOCKET_SEND_RESULT> one_error{ASYNC_SOCKET_SEND_ERROR};

// Bytes for exactly `count` pieces of the odd sizes.
bytes bytes_for(std::size_t count)
{
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i) {
        size += odd_sizes[i % odd_sizes.size()];
    }
    return pattern(size);
}

// `count` pieces that all name the same memory.
std::vector<ASYNC_SOCKET_BUFFER> same_piece(bytes& memory, std::size_t count)
{
    return std::vector<ASYNC_SOCKET_BUFFER>(count, {memory.data(), static_cast<std::uint32_t>(memory.size())});
}

// Reads in steps that are small against what is waiting, so that the senders are mostly waiting.
bytes read_slowly(peer& from, std::size_t size)
{
    bytes all;
    while (all.size() < size) {
        const bytes step = from.receive(std::min(3 * kib, size - all.size()));
        if (step.empty()) {
            break;
        }
        all.insert(all.end(), step.begin(), step.end());
    }
    return all;
}

// LINUX_12_002
TEST(Buffers, ManyPiecesAreSentInOrderWithOneCallback)
{
    const engine engine;
    for (const std::size_t count : piece_counts) {
        SCOPED_TRACE(count);
        bytes data = bytes_for(count);
        const std::vector<ASYNC_SOCKET_BUFFER> pieces = cut(data, odd_sizes);
        ASSERT_EQ(count, pieces.size());
        send_record sent;
        open_pair pair(engine.handle());
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), pieces)); // 01_103
        EXPECT_TRUE(data == pair.far_end.receive(data.size()));
        ASSERT_TRUE(sent.wait());
        pair.near_end.destroy();
        EXPECT_TRUE(pair.far_end.sees_end());
        EXPECT_EQ(one_ok, sent.results());
    }
}

// Each receive names all the room that is left; it may end early, but never out of order.
TEST(Buffers, ManyPiecesAreFilledInOrder)
{
    const engine engine;
    for (const std::size_t count : piece_counts) {
        SCOPED_TRACE(count);
        const bytes data = bytes_for(count);
        receive_record received(data.size());
        open_pair pair(engine.handle());
        std::thread sender([&] { EXPECT_TRUE(pair.far_end.send(data)); });
        std::size_t filled = 0;
        std::size_t receives = 0;
        while (filled < data.size()) {
            // The room behind what is filled, cut as before; the first piece may be the rest of one.
            bytes room(data.size() - filled);
            if (received.start(pair.near_end.handle(), cut(room, odd_sizes)) != 0 || !received.wait(++receives) ||
                received.events().back().bytes == 0) {
                ADD_FAILURE() << "after " << filled << " bytes";
                break;
            }
            const std::uint32_t more = received.events().back().bytes;
            std::copy_n(room.begin(), more, received.memory.begin() + static_cast<std::ptrdiff_t>(filled));
            filled += more;
        }
        pair.near_end.destroy();
        sender.join();
        EXPECT_TRUE(data == received.memory);
        EXPECT_EQ(receives, received.count());
    }
}

// The bytes are all there, since they came in one go with a byte that has been received. LINUX_13_001
TEST(Buffers, OneReceiveFillsAllItsPiecesWhenTheBytesAreThere)
{
    const engine engine;
    for (const std::size_t count : {1023U, 1024U, 1025U, 3000U}) {
        SCOPED_TRACE(count);
        bytes data = bytes_for(count);
        receive_record received(data.size());
        open_pair pair(engine.handle());
        data.insert(data.begin(), 0);
        ASSERT_TRUE(pair.far_end.send(data));
        ASSERT_EQ(1U, receive_async(pair.near_end.handle(), 1).size());
        data.erase(data.begin());
        ASSERT_EQ(0, received.start(pair.near_end.handle(), cut(received.memory, odd_sizes)));
        ASSERT_TRUE(received.wait());
        pair.near_end.destroy();
        ASSERT_EQ(1U, received.count());
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result);
        EXPECT_EQ(data.size(), received.events()[0].bytes);
        EXPECT_TRUE(data == received.memory);
    }
}

TEST(Buffers, AReceiveWithManyPiecesEndsWithTheFirstBytes)
{
    const engine engine;
    receive_record received(15000);
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle(), cut(received.memory, odd_sizes)));
    ASSERT_TRUE(pair.far_end.send("some", 4));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(4U, received.events()[0].bytes);
    EXPECT_TRUE(std::equal(received.memory.begin(), received.memory.begin() + 4, "some"));
}

struct sender {
    std::vector<bytes> messages;
    std::vector<std::uint32_t> piece_sizes;
    send_record record;

    void start_all(ASYNC_SOCKET_HANDLE socket)
    {
        for (bytes& message : messages) {
            EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, record.start(socket, cut(message, piece_sizes)));
        }
    }

    void expect_all_ok()
    {
        EXPECT_TRUE(record.wait(messages.size()));
        const std::vector<ASYNC_SOCKET_SEND_RESULT> all_ok(messages.size(), ASYNC_SOCKET_SEND_OK);
        EXPECT_TRUE(all_ok == record.results());
    }
};

sender make_sender(std::uint32_t id, std::uint32_t count, std::uint32_t size, std::vector<std::uint32_t> piece_sizes)
{
    sender made{{}, std::move(piece_sizes), {}};
    for (std::uint32_t i = 0; i < count; ++i) {
        made.messages.push_back(make_message(id, i, size));
    }
    return made;
}

// What goes out in several parts stays together while other threads send, whether they send one piece
// or many.
TEST(Buffers, NothingSlipsBetweenThePartsOfASend)
{
    const engine engine;
    sender senders[] = {
        make_sender(1, 3, 2 * mib, {500, 1, 1000, 700}),
        make_sender(2, 4, 1 * mib, {300}),
        make_sender(3, 1000, 700, {1U << 20}),
        make_sender(4, 1000, 1100, {1U << 20}),
    };
    std::size_t total = 0;
    std::size_t count = 0;
    open_pair pair(engine.handle());
    std::vector<std::thread> threads;
    for (sender& each : senders) {
        for (const bytes& message : each.messages) {
            total += message.size();
        }
        count += each.messages.size();
        threads.emplace_back([&] { each.start_all(pair.near_end.handle()); });
    }
    const bytes stream = read_slowly(pair.far_end, total);
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ("", stream_problem(stream, count));
    for (sender& each : senders) {
        each.expect_all_ok();
    }
}

TEST(Buffers, ASendOfManyPiecesOnAResetConnectionIsRefused)
{
    const engine engine;
    bytes memory(16);
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), same_piece(memory, 3000))); // 42_002
    EXPECT_EQ(reset_error(), last_error());
    EXPECT_TRUE(ends_soon([&] { async_socket_close(pair.near_end.handle()); }));
    EXPECT_EQ(0U, sent.count());
}

TEST(Buffers, ASendOfManyPiecesThatFailsEndsWithOneError)
{
    const engine engine;
    bytes memory = pattern(32 * kib);
    for (const bool reset : {true, false}) {
        send_record sent;
        open_pair pair(engine.handle());
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), same_piece(memory, 3000)));
        EXPECT_EQ(memory, pair.far_end.receive(memory.size()));
        if (reset) {
            pair.far_end.reset();
        } else {
            async_socket_close(pair.near_end.handle());
        }
        ASSERT_TRUE(sent.wait());
        pair.near_end.destroy();
        EXPECT_EQ(one_error, sent.results()); // 01_067
    }
}

// Some parts are through, one is cut in the middle, those behind it have not begun.
TEST(Buffers, ASendOfManyPiecesThatIsCancelledGoesOn)
{
    const engine engine;
    bytes data = pattern(32 * mib);
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), cut(data, {6000, 1, 2999})));
    cancel_pending(pair.connection.near_end);
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    ASSERT_TRUE(sent.wait());
    pair.near_end.destroy();
    EXPECT_EQ(one_ok, sent.results());
}

} // namespace
} // namespace contract
