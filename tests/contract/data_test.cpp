// Bytes and their order.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <set>
#include <thread>

#include "support/completions.hpp"
#include "support/framed_stream.hpp"

namespace contract {
namespace {

constexpr std::size_t sizes[] = {1, 2, 1460, 4 * kib, 64 * kib, mib, 64 * mib};

// How deep this thread is in calls of the library; a callback must find 0.
thread_local int calls_inside = 0;

class inside_call {
public:
    inside_call() { ++calls_inside; }
    ~inside_call() { --calls_inside; }
    inside_call(const inside_call&) = delete;
    inside_call& operator=(const inside_call&) = delete;
};

// Runs callbacks that start the next operation, and looks whether one ran inside the call that started
// it (or another).
class chain {
public:
    explicit chain(std::size_t rounds) : rounds_left_(rounds) {}

    template <typename Record, typename Start>
    void run(Record& record, Start start_next)
    {
        start_ = start_next;
        record.then = [this](auto&&...) {
            if (calls_inside != 0) {
                ++ran_inside_;
            }
            if (--rounds_left_ == 0 || !start()) {
                over_.open();
            }
        };
        if (!start()) {
            over_.open();
        }
    }

    // The number of callbacks that ran inside a call; -1 if the chain broke or hung.
    [[nodiscard]] int violations() { return over_.wait() && rounds_left_ == 0 ? ran_inside_.load() : -1; }

private:
    bool start()
    {
        const inside_call inside;
        return start_();
    }

    std::function<bool()> start_;
    std::atomic<std::size_t> rounds_left_;
    std::atomic<int> ran_inside_{0};
    gate over_;
};

// Sends all messages without waiting in between.
void send_messages(ASYNC_SOCKET_HANDLE socket, send_record& record, const std::vector<bytes>& messages)
{
    for (const bytes& message : messages) {
        EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, record.start(socket, message.data(), message.size()));
    }
}

void expect_all_ok(send_record& record, std::size_t count)
{
    EXPECT_TRUE(record.wait(count));
    const std::vector<ASYNC_SOCKET_SEND_RESULT> all_ok(count, ASYNC_SOCKET_SEND_OK);
    EXPECT_TRUE(all_ok == record.results());
}

std::vector<bytes> make_messages(std::uint32_t sender, std::uint32_t count, std::uint32_t largest)
{
    std::vector<bytes> messages;
    for (std::uint32_t i = 0; i < count; ++i) {
        messages.push_back(make_message(sender, i, 1 + i * 7919 % largest));
    }
    return messages;
}

std::size_t total_size(const std::vector<bytes>& messages)
{
    std::size_t total = 0;
    for (const bytes& message : messages) {
        total += message.size();
    }
    return total;
}

const std::vector<ASYNC_SOCKET_SEND_RESULT> one_ok{ASYNC_SOCKET_SEND_OK};

TEST(Data, OneByteEachWay)
{
    const engine engine;
    send_record sent;
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle())); // 01_083
    const bytes question{42};
    ASSERT_TRUE(pair.far_end.send(question));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result); // 01_069
    EXPECT_EQ(1U, received.events()[0].bytes);
    EXPECT_EQ(42, received.memory[0]);

    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), question.data(), 1)); // 01_045
    EXPECT_EQ(question, pair.far_end.receive(1));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(ASYNC_SOCKET_SEND_OK, sent.results()[0]); // 01_065, 01_066
}

// 01_053, 01_061: large sends are under way (WSA_IO_PENDING) while the peer reads.
TEST(Data, ASendOfAnySizeArrivesWhole)
{
    const engine engine;
    for (const std::size_t size : sizes) {
        SCOPED_TRACE(size);
        const bytes data = pattern(size);
        send_record sent;
        open_pair pair(engine.handle());
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), data.data(), size));
        EXPECT_TRUE(data == pair.far_end.receive(size));
        ASSERT_TRUE(sent.wait());
        pair.near_end.destroy();
        EXPECT_EQ(one_ok, sent.results());    // 01_066
        EXPECT_TRUE(pair.far_end.sees_end()); // and nothing but that
    }
}

// What is promised of several receives at once. That their callbacks come one at a time, or in this order, is
// not: the test waits for each and asks no callback for its place.
TEST(Data, SeveralReceivesInFlightHaveTheStreamInTheOrderOfTheirCalls)
{
    const engine engine;
    const bytes data = pattern(8 * mib);
    constexpr std::size_t in_flight = 24;
    std::deque<receive_record> received;
    open_pair pair(engine.handle());
    const auto start_one = [&] {
        receive_record& next = received.emplace_back(1 + received.size() * 7919 % (32 * kib));
        ASSERT_EQ(0, next.start(pair.near_end.handle()));
    };
    for (std::size_t i = 0; i < in_flight; ++i) {
        start_one();
    }
    std::thread sender([&] { EXPECT_TRUE(pair.far_end.send(data)); });
    bytes arrived;
    for (std::size_t i = 0; arrived.size() < data.size() && received[i].wait(); ++i) {
        const receive_event event = received[i].events()[0];
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, event.result);
        arrived.insert(arrived.end(), received[i].memory.begin(),
                       received[i].memory.begin() + static_cast<std::ptrdiff_t>(event.bytes));
        start_one();
    }
    pair.near_end.destroy();
    sender.join();
    EXPECT_TRUE(data == arrived);
    std::size_t told = 0;
    for (receive_record& each : received) {
        ASSERT_EQ(1U, each.count());
        told += each.events()[0].bytes;
    }
    EXPECT_EQ(data.size(), told); // by those too that nobody has waited for
}

// 01_055, 01_082: the receive waits (WSA_IO_PENDING) whenever the peer is slower.
TEST(Data, WhatThePeerSendsIsReceivedWhole)
{
    const engine engine;
    for (const std::size_t size : sizes) {
        SCOPED_TRACE(size);
        const bytes data = pattern(size);
        open_pair pair(engine.handle());
        std::thread sender([&] { EXPECT_TRUE(pair.far_end.send(data)); });
        EXPECT_TRUE(data == receive_async(pair.near_end.handle(), size, mib));
        pair.near_end.destroy();
        sender.join();
    }
}

TEST(Data, ManySmallSendsAtOnceKeepTheirOrder)
{
    const engine engine;
    const std::vector<bytes> messages = make_messages(1, 3000, 97);
    send_record sent;
    open_pair pair(engine.handle());
    send_messages(pair.near_end.handle(), sent, messages);
    EXPECT_EQ("", stream_problem(pair.far_end.receive(total_size(messages)), messages.size()));
    expect_all_ok(sent, messages.size());
}

// The threads end as soon as they have started their sends, most of which are still waiting then.
TEST(Data, SendsOfTwoThreadsAreNeverTorn)
{
    const engine engine;
    const std::vector<bytes> small = make_messages(1, 1500, 300);
    const std::vector<bytes> large = make_messages(2, 500, 60000);
    send_record sent;
    open_pair pair(engine.handle());
    std::thread one([&] { send_messages(pair.near_end.handle(), sent, small); });
    std::thread other([&] { send_messages(pair.near_end.handle(), sent, large); });
    const bytes stream = pair.far_end.receive(total_size(small) + total_size(large));
    one.join();
    other.join();
    EXPECT_EQ("", stream_problem(stream, small.size() + large.size()));
    expect_all_ok(sent, small.size() + large.size());
}

TEST(Data, BothDirectionsAtOnce)
{
    const engine engine;
    const bytes ours = pattern(16 * mib, 1);
    const bytes theirs = pattern(16 * mib, 2);
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), ours.data(), ours.size()));
    std::thread sender([&] { EXPECT_TRUE(pair.far_end.send(theirs)); });
    std::thread reader([&] { EXPECT_TRUE(ours == pair.far_end.receive(ours.size())); });
    EXPECT_TRUE(theirs == receive_async(pair.near_end.handle(), theirs.size()));
    EXPECT_TRUE(sent.wait());
    pair.near_end.destroy();
    sender.join();
    reader.join();
    EXPECT_EQ(one_ok, sent.results());
}

TEST(Data, PiecesAreSentInTheOrderOfTheArray)
{
    const engine engine;
    const std::vector<std::uint32_t> odd_sizes{1, 2, 3, 5, 7, 1460, 11, 4097, 13, 65537, 1};
    // Each piece is memory of its own; the pieces together are the whole.
    std::vector<bytes> memory;
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    bytes whole;
    for (std::size_t i = 0; i < odd_sizes.size(); ++i) {
        memory.push_back(pattern(odd_sizes[i], static_cast<std::uint32_t>(i)));
        whole.insert(whole.end(), memory[i].begin(), memory[i].end());
    }
    pieces.reserve(memory.size());
    for (bytes& piece : memory) {
        pieces.push_back({piece.data(), static_cast<std::uint32_t>(piece.size())});
    }
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), pieces)); // 01_050, 01_056
    EXPECT_TRUE(whole == pair.far_end.receive(whole.size()));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(one_ok, sent.results());
}

// A receive whose bytes are there already: they came in one go with a byte that has been received.
TEST(Data, PiecesAreFilledInTheOrderOfTheArray)
{
    const engine engine;
    const bytes data = pattern(1 + 2 + 3 + 5 + 7 + 11 + 4, 5);
    receive_record received(100);
    open_pair pair(engine.handle());
    unsigned char* const memory = received.memory.data();
    // Back to front and with gaps, so that the order of the array is not that of the addresses.
    const std::vector<ASYNC_SOCKET_BUFFER> pieces{{memory + 90, 2}, {memory + 80, 3},  {memory + 70, 5},
                                                  {memory + 60, 7}, {memory + 40, 11}, {memory + 10, 20}};
    ASSERT_TRUE(pair.far_end.send(data));
    ASSERT_EQ(bytes(data.begin(), data.begin() + 1), receive_async(pair.near_end.handle(), 1));
    ASSERT_EQ(0, received.start(pair.near_end.handle(), pieces)); // 01_078
    ASSERT_TRUE(received.wait());
    ASSERT_EQ(data.size() - 1, received.events()[0].bytes);
    bytes expected(100);
    auto next = data.begin() + 1;
    for (const auto& [buffer, length] : pieces) { // 01_079
        const auto count = std::min(static_cast<std::ptrdiff_t>(length), data.end() - next);
        std::copy(next, next + count, expected.begin() + (static_cast<unsigned char*>(buffer) - memory));
        next += count;
    }
    EXPECT_EQ(expected, received.memory); // the room behind the last byte is as it was
}

TEST(Data, TheArrayOfASendMayBeOverwrittenAtOnce)
{
    const engine engine;
    bytes data = pattern(8 * mib); // more than the system takes at once, so the send goes on for a while
    std::vector<ASYNC_SOCKET_BUFFER> pieces = cut(data, {1, 100000, 7, 4096});
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK,
              async_socket_send_async(pair.near_end.handle(), pieces.data(), static_cast<std::uint32_t>(pieces.size()),
                                      send_record::on_complete, &sent));
    pieces.assign(pieces.size(), {nullptr, 0}); // 01_028
    EXPECT_TRUE(data == pair.far_end.receive(data.size()));
    ASSERT_TRUE(sent.wait());
    EXPECT_EQ(one_ok, sent.results());
}

TEST(Data, TheArrayOfAReceiveMayBeOverwrittenAtOnce)
{
    const engine engine;
    const bytes data = pattern(50);
    receive_record received(50);
    open_pair pair(engine.handle());
    std::vector<ASYNC_SOCKET_BUFFER> pieces = cut(received.memory, {1, 2, 3, 5});
    ASSERT_EQ(0, async_socket_receive_async(pair.near_end.handle(), pieces.data(),
                                            static_cast<std::uint32_t>(pieces.size()), receive_record::on_complete,
                                            &received));
    pieces.assign(pieces.size(), {nullptr, 0}); // 01_077
    ASSERT_TRUE(pair.far_end.send(data));
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(50U, received.events()[0].bytes);
    EXPECT_EQ(data, received.memory);
}

TEST(Data, AReceiveEndsWithTheFirstBytes)
{
    const engine engine;
    receive_record received(64 * kib);
    open_pair pair(engine.handle());
    for (std::uint32_t i = 1; i <= 3; ++i) {
        const bytes data = pattern(std::size_t{10} * i, i);
        ASSERT_EQ(0, received.start(pair.near_end.handle()));
        ASSERT_TRUE(pair.far_end.send(data)); // and no more until it was received
        ASSERT_TRUE(received.wait(i));
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[i - 1].result);
        EXPECT_EQ(10 * i, received.events()[i - 1].bytes);
        EXPECT_TRUE(std::equal(data.begin(), data.end(), received.memory.begin()));
    }
    pair.near_end.destroy();
    EXPECT_EQ(3U, received.count());
}

// Sends that the system takes at once are the ones whose callback comes soonest.
TEST(Data, ASendCallbackNeverRunsInsideACall)
{
    constexpr std::size_t rounds = 1000;
    const engine engine;
    const bytes data = pattern(10);
    send_record sent;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    chain chain(rounds);
    chain.run(sent, [&] { return sent.start(socket, data.data(), data.size()) == ASYNC_SOCKET_SEND_SYNC_OK; });
    EXPECT_EQ(0, chain.violations());
    EXPECT_EQ(rounds * data.size(), pair.far_end.receive(rounds * data.size()).size());
    pair.near_end.destroy();
    EXPECT_EQ(rounds, sent.count());
}

TEST(Data, AReceiveCallbackNeverRunsInsideACall)
{
    constexpr std::size_t rounds = 1000;
    const engine engine;
    receive_record received(10);
    open_pair pair(engine.handle());
    ASSERT_TRUE(pair.far_end.send(pattern(rounds * 10))); // so that no receive has to wait
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    chain chain(rounds);
    chain.run(received, [&] { return received.start(socket) == 0; });
    EXPECT_EQ(0, chain.violations());
    pair.near_end.destroy();
    EXPECT_EQ(rounds, received.count());
}

// An engine of one thread shows whose thread it is.
TEST(Data, CallbacksRunOnTheThreadsOfTheirEngine)
{
    struct side {
        const engine own_engine{1, 1};
        std::set<std::thread::id> threads; // only callbacks touch it before the end
        send_record sent;
        receive_record received;
        open_pair pair{own_engine.handle()};
    };
    side sides[2];
    for (side& each : sides) {
        const auto note = [&each](auto&&...) { each.threads.insert(std::this_thread::get_id()); };
        each.sent.then = note;
        each.received.then = note;
        for (std::size_t round = 1; round <= 20; ++round) {
            ASSERT_EQ(0, each.received.start(each.pair.near_end.handle()));
            ASSERT_TRUE(each.pair.far_end.send("?", 1));
            ASSERT_TRUE(each.received.wait(round));
            ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, each.sent.start(each.pair.near_end.handle(), "!", 1));
            ASSERT_TRUE(each.sent.wait(round));
        }
        each.pair.near_end.destroy();
        EXPECT_EQ(1U, each.threads.size()); // 01_016, 01_035, 01_036
        EXPECT_EQ(0U, each.threads.count(std::this_thread::get_id()));
    }
    EXPECT_NE(sides[0].threads, sides[1].threads);
}

} // namespace
} // namespace contract
