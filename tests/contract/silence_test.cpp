// Operations that stay pending although the thread that issued them is gone. The system cancels what an
// ending thread had pending; on a connection that is only silent that must not be seen.
#include <gtest/gtest.h>

#include "support/ending.hpp"

namespace contract {
namespace {

// Longer than idle pool threads are kept.
constexpr std::chrono::seconds silence{20};

// Issues operations from a thread that has ended when this returns.
template <typename Action>
void on_a_thread_that_ends(Action action)
{
    std::thread(action).join();
}

bytes slice(const bytes& data, std::size_t begin, std::size_t size)
{
    return {data.begin() + static_cast<std::ptrdiff_t>(begin),
            data.begin() + static_cast<std::ptrdiff_t>(begin + size)};
}

// One connection of the burst: a callback that keeps its worker until all the others have one, then
// issues what has to outlive that worker.
class silent_connection {
public:
    silent_connection(EXECUTION_ENGINE_HANDLE engine, meeting& burst, gate& disturbed, std::uint32_t number)
        : payload_(pattern(std::size_t{8} << 20, number)), pair_(engine)
    {
        received_.then = [this, &disturbed](const receive_event&) { disturbed.open(); };
        sent_.then = [&disturbed] { disturbed.open(); };
        first_.then = [this, &burst](const receive_event&) {
            issued_ =
                burst.arrive_and_wait() && received_.start(pair_.near_end.handle()) == 0 &&
                sent_.start(pair_.near_end.handle(), payload_.data(), payload_.size()) == ASYNC_SOCKET_SEND_SYNC_OK;
            done_.open();
        };
        EXPECT_EQ(0, first_.start(pair_.near_end.handle()));
        EXPECT_TRUE(pair_.far_end.send("x", 1));
    }

    bool has_issued() { return done_.wait() && issued_; }

    void expect_both_directions_work(const bytes& message)
    {
        ASSERT_TRUE(pair_.far_end.send(message));
        ASSERT_TRUE(received_.wait());
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received_.events()[0].result);
        EXPECT_EQ(message, slice(received_.memory, 0, received_.events()[0].bytes));
        EXPECT_TRUE(payload_ == pair_.far_end.receive(payload_.size()));
        ASSERT_TRUE(sent_.wait());
        EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent_.results());
        EXPECT_EQ(1U, received_.count());
    }

private:
    bytes payload_;
    std::atomic<bool> issued_{false};
    gate done_;
    receive_record first_;
    receive_record received_;
    send_record sent_;
    open_pair pair_;
};

// The burst makes the pool grow far above its minimum; its workers end during the silence, and take the
// receives and sends that they issued with them.
TEST(Silence, OutlivesTheWorkersOfABurst) // 01_067, 01_070
{
    constexpr int count = 12;
    const engine engine;
    meeting burst(count);
    const auto disturbed = std::make_shared<gate>();
    std::deque<silent_connection> connections;
    for (std::uint32_t i = 1; i <= count; ++i) {
        connections.emplace_back(engine.handle(), burst, *disturbed, i);
    }
    for (silent_connection& each : connections) {
        ASSERT_TRUE(each.has_issued());
    }
    EXPECT_FALSE(ends_within(silence, [disturbed] { (void)disturbed->wait(); }));
    for (silent_connection& each : connections) {
        each.expect_both_directions_work(bytes{1, 2, 3});
    }
}

TEST(Silence, OutlivesTheThreadThatArmedTheReceive)
{
    const engine engine;
    open_pair pair(engine.handle());
    for (unsigned char round = 0; round < 50; ++round) {
        receive_record received;
        on_a_thread_that_ends([&] { EXPECT_EQ(0, received.start(pair.near_end.handle())); });
        ASSERT_TRUE(pair.far_end.send(bytes{round}));
        ASSERT_TRUE(received.wait());
        ASSERT_EQ(ASYNC_SOCKET_RECEIVE_OK, received.events()[0].result);
        EXPECT_EQ(round, received.memory[0]);
        EXPECT_EQ(1U, received.count());
    }
}

TEST(Silence, OfManyConnectionsArmedByOneThreadThatEnded)
{
    const engine engine;
    std::deque<receive_record> received(50);
    std::deque<open_pair> pairs;
    for (std::size_t i = 0; i < received.size(); ++i) {
        pairs.emplace_back(engine.handle());
    }
    on_a_thread_that_ends([&] {
        for (std::size_t i = 0; i < received.size(); ++i) {
            EXPECT_EQ(0, received[i].start(pairs[i].near_end.handle()));
        }
    });
    for (std::size_t i = 0; i < received.size(); ++i) {
        ASSERT_TRUE(pairs[i].far_end.send("x", 1));
        ASSERT_TRUE(received[i].wait());
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received[i].events()[0].result);
    }
}

class SendOfAThreadThatEnded : public testing::Test {
protected:
    engine engine_;
    bytes payload_ = pattern(std::size_t{64} << 20);
    send_record sent_;
    open_pair pair_{engine_.handle()};
};

TEST_F(SendOfAThreadThatEnded, ArrivesWhole)
{
    on_a_thread_that_ends([&] {
        EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent_.start(pair_.near_end.handle(), payload_.data(), payload_.size()));
    });
    EXPECT_TRUE(payload_ == pair_.far_end.receive(payload_.size()));
    ASSERT_TRUE(sent_.wait());
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent_.results());
    EXPECT_TRUE(carries_traffic(pair_.near_end.handle(), pair_.far_end));
}

TEST_F(SendOfAThreadThatEnded, ArrivesWholeInManyPieces)
{
    constexpr std::size_t piece_size = 16384;
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    for (std::size_t i = 0; i < 3000; ++i) {
        pieces.push_back({payload_.data() + i * piece_size, piece_size});
    }
    on_a_thread_that_ends([&] { EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent_.start(pair_.near_end.handle(), pieces)); });
    const std::size_t size = pieces.size() * piece_size;
    EXPECT_TRUE(slice(payload_, 0, size) == pair_.far_end.receive(size));
    ASSERT_TRUE(sent_.wait());
    EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent_.results());
}

TEST_F(SendOfAThreadThatEnded, IsEndedByClose)
{
    pending_operations pending(pair_.near_end.handle());
    on_a_thread_that_ends([&] {
        pending.receive();
        pending.send();
    });
    // The peer gets bytes, so the sends are under way; when they are continued is the library's affair.
    EXPECT_EQ(1U, pair_.far_end.receive(1).size());
    timed_ending close(ending::close);
    close(pair_.near_end, pending);
    EXPECT_TRUE(close.returned_in_time());
    pending.expect_ended();
    expect_peer_sees_end(pair_.far_end);
}

// Several sends at once from a thread that ends. The system cuts one of them in the middle and does not
// begin those behind it; the peer must not see that, whoever sends next.
class PipelineOfAThreadThatEnded : public testing::Test {
protected:
    static constexpr std::size_t count = 4;
    static constexpr std::size_t size = std::size_t{6} << 20;

    void SetUp() override
    {
        for (std::uint32_t i = 0; i < count; ++i) {
            messages_.push_back(pattern(size, i + 1));
        }
    }

    void send(std::size_t begin, std::size_t end)
    {
        for (std::size_t i = begin; i < end; ++i) {
            EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent_[i].start(pair_.near_end.handle(), messages_[i].data(), size));
        }
    }

    void expect_all_arrive()
    {
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_TRUE(messages_[i] == pair_.far_end.receive(size)) << "message " << i;
            ASSERT_TRUE(sent_[i].wait());
            EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_OK}, sent_[i].results()) << "message " << i;
        }
    }

    engine engine_;
    std::vector<bytes> messages_;
    std::deque<send_record> sent_{count};
    open_pair pair_{engine_.handle()};
};

TEST_F(PipelineOfAThreadThatEnded, ArrivesWholeAndInOrder) // 01_067
{
    on_a_thread_that_ends([this] { send(0, count); });
    expect_all_arrive();
}

TEST_F(PipelineOfAThreadThatEnded, ArrivesInFrontOfASendThatCameAfterTheEnd)
{
    on_a_thread_that_ends([this] { send(0, count - 1); });
    send(count - 1, count);
    expect_all_arrive();
}

TEST_F(PipelineOfAThreadThatEnded, ArrivesInFrontOfASendThatCameBeforeTheEnd)
{
    gate issued;
    gate end;
    std::thread sender([&] {
        send(0, count - 1);
        issued.open();
        (void)end.wait();
    });
    EXPECT_TRUE(issued.wait());
    send(count - 1, count);
    end.open();
    sender.join();
    expect_all_arrive();
}

TEST_F(PipelineOfAThreadThatEnded, ArrivesInOrderFromOneThreadAfterTheOther)
{
    for (std::size_t i = 0; i < count; ++i) {
        on_a_thread_that_ends([this, i] { send(i, i + 1); });
    }
    expect_all_arrive();
}

TEST_F(PipelineOfAThreadThatEnded, IsEndedByClose)
{
    on_a_thread_that_ends([this] { send(0, count - 1); });
    send(count - 1, count);
    EXPECT_TRUE(ends_within(ending_limit, [this] { async_socket_close(pair_.near_end.handle()); }));
    for (send_record& each : sent_) {
        EXPECT_EQ(std::vector{ASYNC_SOCKET_SEND_ERROR}, each.results());
    }
    // Whatever was on its way is the beginning of the stream.
    const bytes stream = pair_.far_end.receive_to_end();
    ASSERT_LE(stream.size(), size);
    EXPECT_TRUE(stream == slice(messages_[0], 0, stream.size()));
}

TEST(Silence, OutlivesTheThreadThatArmedSeveralReceives) // 01_070
{
    const engine engine;
    for (int round = 0; round < 20; ++round) {
        std::deque<receive_record> received;
        open_pair pair(engine.handle());
        on_a_thread_that_ends([&] {
            for (int i = 0; i < 3; ++i) {
                EXPECT_EQ(0, received.emplace_back(1).start(pair.near_end.handle()));
            }
        });
        EXPECT_EQ(0, received.emplace_back(1).start(pair.near_end.handle()));
        for (std::size_t i = 0; i < received.size(); ++i) {
            const auto sent = static_cast<unsigned char>(i);
            ASSERT_TRUE(pair.far_end.send(bytes{sent}));
            ASSERT_TRUE(received[i].wait());
            EXPECT_EQ(ASYNC_SOCKET_RECEIVE_OK, received[i].events()[0].result) << "in round " << round;
            EXPECT_EQ(sent, received[i].memory[0]) << "in round " << round;
        }
    }
}

} // namespace
} // namespace contract
