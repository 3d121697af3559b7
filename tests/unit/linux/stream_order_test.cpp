// Streams of the library's own interface on real sockets: the callbacks of one direction come in the order of the calls
// and one after the other, and an operation can be cancelled alone.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "async_socket/engine.h"
#include "async_socket/stream.h"
#include "linux/system/unique_fd.hpp"
#include "rounds.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket::test;
using async_socket::linux_os::unique_fd;

std::array<int, 2> local_pair()
{
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()));
    return ends;
}

std::array<int, 2> tcp_pair()
{
    const unique_fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(0, bind(listener.get(), generic, size));
    EXPECT_EQ(0, listen(listener.get(), 1));
    EXPECT_EQ(0, getsockname(listener.get(), generic, &size));
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(0, connect(client, generic, size));
    return {client, accept(listener.get(), nullptr, nullptr)};
}

// One operation with a buffer, and what it was told.
class stream_call {
public:
    using callback = std::function<void(stream_call&)>;

    stream_call(std::size_t size, callback then) : room(size, '\0'), then_(std::move(then)) {}
    explicit stream_call(std::size_t size) : stream_call(size, [](stream_call&) {}) {}
    stream_call(const stream_call&) = delete;
    stream_call& operator=(const stream_call&) = delete;

    std::uint32_t receive(as_stream* from) { return as_stream_receive(from, &operation_, &buffer_, 1, AS_NEVER).how; }
    std::uint32_t send(as_stream* to) { return as_stream_send(to, &operation_, &buffer_, 1, AS_NEVER).how; }
    void cancel() { as_operation_cancel(&operation_); }

    [[nodiscard]] as_outcome wait()
    {
        EXPECT_TRUE(over_.wait());
        return told;
    }
    [[nodiscard]] bool is_over() { return over_.is_set(); }

    std::string room;
    as_outcome told{};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<stream_call*>(operation->context);
        EXPECT_FALSE(own.is_over());
        own.told = outcome;
        own.then_(own);
        own.over_.set();
    }

    const callback then_;
    as_buffer buffer_{as_buffer{room.data(), room.size()}};
    as_operation operation_{on_end, this, {}};
    event over_;
};

void expect_told(stream_call& call, std::uint32_t how, std::uint64_t bytes)
{
    const as_outcome told = call.wait();
    EXPECT_EQ(how, told.how) << as_how_text(told.how);
    EXPECT_EQ(bytes, told.bytes);
}

// The callbacks of one direction.
class callback_order {
public:
    void begin(int number)
    {
        EXPECT_EQ(0, inside_.fetch_add(1));
        EXPECT_EQ(begun_.fetch_add(1), number);
    }
    void end() { inside_.fetch_sub(1); }
    [[nodiscard]] int begun() const { return begun_.load(); }

private:
    std::atomic<int> inside_{0};
    std::atomic<int> begun_{0};
};

class StreamOrder : public testing::TestWithParam<bool> {
protected:
    StreamOrder()
    {
        EXPECT_EQ(AS_DONE, as_engine_create(nullptr, &engine_).how);
        connect();
    }
    ~StreamOrder() override
    {
        close();
        EXPECT_EQ(AS_DONE, as_engine_end_and_wait(engine_).how);
    }
    StreamOrder(const StreamOrder&) = delete;
    StreamOrder& operator=(const StreamOrder&) = delete;

    void connect()
    {
        const std::array<int, 2> ends = GetParam() ? tcp_pair() : local_pair();
        const int few_bytes = 65536; // so that a large send does not have to be very large
        EXPECT_EQ(0, setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &few_bytes, sizeof few_bytes));
        EXPECT_EQ(0, setsockopt(ends[1], SOL_SOCKET, SO_RCVBUF, &few_bytes, sizeof few_bytes));
        EXPECT_EQ(AS_DONE, as_stream_adopt(engine_, ends[0], &stream_).how);
        peer_ = unique_fd(ends[1]);
    }
    void close() { as_stream_close(std::exchange(stream_, nullptr)); }
    void write_to_stream(const std::string& bytes) const
    {
        EXPECT_EQ(static_cast<ssize_t>(bytes.size()), ::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
    // A send that the system has begun, and cannot take as a whole.
    std::unique_ptr<stream_call> begin_large_send()
    {
        auto large = std::make_unique<stream_call>(std::size_t{2} << 20U);
        EXPECT_EQ(AS_DONE, large->send(stream_));
        char first = 0;
        EXPECT_EQ(1, ::recv(peer_.get(), &first, 1, MSG_PEEK | MSG_WAITALL));
        return large;
    }

    as_engine* engine_ = nullptr;
    as_stream* stream_ = nullptr;
    unique_fd peer_;
};

INSTANTIATE_TEST_SUITE_P(On, StreamOrder, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "Tcp" : "Local"; });

// Streams on each loop of the engine: when all of them have been served, no loop waits for a callback that blocks.
class probes {
public:
    explicit probes(as_engine* engine, std::size_t count = 2 * std::thread::hardware_concurrency() + 2,
                    std::size_t size = 1)
        : size_(size)
    {
        for (std::size_t i = 0; i < count; ++i) {
            end& each = ends_.emplace_back(size);
            const std::array<int, 2> pair = local_pair();
            EXPECT_EQ(AS_DONE, as_stream_adopt(engine, pair[0], &each.stream).how);
            each.peer = unique_fd(pair[1]);
            EXPECT_EQ(AS_DONE, each.call.receive(each.stream));
        }
    }
    ~probes()
    {
        for (const end& each : ends_) {
            as_stream_close(each.stream);
        }
    }
    probes(const probes&) = delete;
    probes& operator=(const probes&) = delete;

    void write()
    {
        const std::string bytes(size_, 'p');
        for (const end& each : ends_) {
            EXPECT_EQ(static_cast<ssize_t>(size_), ::send(each.peer.get(), bytes.data(), size_, MSG_NOSIGNAL));
        }
    }
    void wait()
    {
        for (end& each : ends_) {
            expect_told(each.call, AS_DONE, size_);
        }
    }

private:
    struct end {
        explicit end(std::size_t size) : call(size) {}

        as_stream* stream = nullptr;
        unique_fd peer;
        stream_call call;
    };
    const std::size_t size_;
    std::deque<end> ends_;
};

// Receives of a byte, whose callbacks wait for `go_on`.
struct blocking_receives {
    blocking_receives(as_stream* stream, int count)
    {
        for (int i = 0; i < count; ++i) {
            calls.emplace_back(1, [this, i](stream_call&) {
                order.begin(i);
                first_runs.set();
                EXPECT_TRUE(go_on.wait());
                order.end();
            });
            EXPECT_EQ(AS_DONE, calls.back().receive(stream));
        }
    }
    blocking_receives(const blocking_receives&) = delete;
    blocking_receives& operator=(const blocking_receives&) = delete;

    callback_order order;
    event first_runs;
    event go_on;
    std::deque<stream_call> calls;
};

// Another worker has the loop by then, and all four receives are over.
TEST_P(StreamOrder, TakesNoCallbackWhileOneOfItsDirectionBlocks)
{
    probes others(engine_);
    blocking_receives receives(stream_, 4);
    write_to_stream("abcd");
    ASSERT_TRUE(receives.first_runs.wait());
    others.write();
    others.wait();
    EXPECT_EQ(1, receives.order.begun());
    stream_call sent(1); // the other direction does not wait
    EXPECT_EQ(AS_DONE, sent.send(stream_));
    expect_told(sent, AS_DONE, 1);
    stream_call late(1, [&](stream_call&) { receives.order.begin(4); });
    EXPECT_EQ(AS_DONE, late.receive(stream_));
    write_to_stream("e");
    EXPECT_EQ(1, receives.order.begun());
    receives.go_on.set();
    expect_told(late, AS_DONE, 1);
    EXPECT_EQ("e", late.room);
    EXPECT_EQ(5, receives.order.begun());
}

// Threads that take turns at starting the next operation, whose callbacks block now and then until one of the other
// direction has begun.
class busy_direction {
public:
    using start_function = std::uint32_t (stream_call::*)(as_stream*);

    busy_direction(as_stream* stream, start_function start, int count, const busy_direction*& other)
        : stream_(stream), start_(start), count_(count), other_(other)
    {
    }

    void start_some()
    {
        for (bool has_more = true; has_more;) {
            const std::lock_guard one_at_a_time(mutex_);
            const int number = static_cast<int>(calls_.size());
            has_more = number < count_;
            if (has_more) {
                stream_call& next = calls_.emplace_back(1, [this, number](stream_call&) { on_end(number); });
                next.room[0] = static_cast<char>(number);
                EXPECT_EQ(AS_DONE, (next.*start_)(stream_));
            }
        }
    }

    void wait()
    {
        for (int i = 0; i < count_; ++i) {
            expect_told(calls_[static_cast<std::size_t>(i)], AS_DONE, 1);
            EXPECT_EQ(static_cast<char>(i), calls_[static_cast<std::size_t>(i)].room[0]);
        }
        EXPECT_EQ(count_, order_.begun());
    }

    [[nodiscard]] int begun() const { return order_.begun(); }

private:
    void on_end(int number)
    {
        order_.begin(number);
        if (number % 16 == 0) {
            EXPECT_TRUE(wait_until([&] { return other_->begun() > number; }));
        }
        order_.end();
    }

    as_stream* const stream_;
    const start_function start_;
    const int count_;
    const busy_direction*& other_;
    callback_order order_;
    std::mutex mutex_;
    std::deque<stream_call> calls_;
};

TEST_P(StreamOrder, KeepsTheOrderOfBothDirectionsOverManyThreads)
{
    constexpr int count = 256;
    for (int round = 0; round < rounds_of(40) && !HasFailure(); ++round) {
        const busy_direction* one = nullptr;
        const busy_direction* two = nullptr;
        busy_direction sends(stream_, &stream_call::send, count, two);
        busy_direction receives(stream_, &stream_call::receive, count, one);
        one = &sends;
        two = &receives;
        {
            const background first([&] { receives.start_some(); });
            const background second([&] { receives.start_some(); });
            const background third([&] { sends.start_some(); });
            const background fourth([&] { sends.start_some(); });
            for (int i = 0; i < count; ++i) {
                write_to_stream({static_cast<char>(i)});
            }
            std::string seen(count, '\0');
            EXPECT_EQ(count, ::recv(peer_.get(), seen.data(), seen.size(), MSG_WAITALL));
        }
        sends.wait();
        receives.wait();
    }
}

TEST_P(StreamOrder, ClosesBehindCallbacksThatWaitForTheirTurn)
{
    blocking_receives receives(stream_, 8);
    write_to_stream("abcd");
    ASSERT_TRUE(receives.first_runs.wait());
    {
        const background closer([&] { as_stream_close(stream_); });
        std::deque<stream_call> sends;
        EXPECT_TRUE(wait_until([&] { return sends.emplace_back(1).send(stream_) == AS_CLOSED_HERE; }));
        EXPECT_EQ(1, receives.order.begun());
        receives.go_on.set();
        for (std::size_t i = 0; i + 1 < sends.size(); ++i) {
            (void)sends[i].wait(); // where there was no room any more, as closed here
        }
    }
    stream_ = nullptr;
    EXPECT_EQ(8, receives.order.begun());
    for (stream_call& each : receives.calls) {
        EXPECT_TRUE(each.is_over());
    }
    EXPECT_EQ(AS_CLOSED_HERE, receives.calls.back().told.how);
}

// The others of its direction have to come to their turn while it waits in the close.
TEST_P(StreamOrder, ClosesInACallback)
{
    for (int round = 0; round < rounds_of(40) && !HasFailure(); ++round) {
        for (const int closes_in : {0, 3, 7}) {
            callback_order received;
            std::deque<stream_call> receives;
            std::atomic<int> others{0};
            for (int i = 0; i < 8; ++i) {
                receives.emplace_back(1, [&, i](stream_call&) {
                    received.begin(i);
                    received.end();
                    if (i == closes_in) {
                        as_stream_close(stream_);
                        EXPECT_EQ(8, received.begun());
                        EXPECT_EQ(7, others.load());
                    } else {
                        ++others;
                    }
                });
                EXPECT_EQ(AS_DONE, receives.back().receive(stream_));
            }
            write_to_stream("abcdefgh");
            for (stream_call& each : receives) {
                (void)each.wait();
            }
            connect();
        }
    }
}

TEST_P(StreamOrder, EndsACancelledReceiveAlone)
{
    for (std::size_t cancelled = 0; cancelled < 4; ++cancelled) {
        std::deque<stream_call> receives;
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(AS_DONE, receives.emplace_back(1).receive(stream_));
        }
        receives[cancelled].cancel();
        receives[cancelled].cancel();
        expect_told(receives[cancelled], AS_CANCELLED, 0);
        std::string bytes;
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_EQ(i == cancelled, receives[i].is_over());
        }
        write_to_stream("abc");
        for (std::size_t i = 0; i < 4; ++i) {
            if (i != cancelled) {
                expect_told(receives[i], AS_DONE, 1);
                bytes += receives[i].room;
            }
        }
        EXPECT_EQ("abc", bytes);
        receives[cancelled].cancel(); // too late
    }
}

TEST_P(StreamOrder, EndsAllReceivesThatAreCancelled)
{
    std::deque<stream_call> receives;
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(AS_DONE, receives.emplace_back(1).receive(stream_));
    }
    for (stream_call& each : receives) {
        each.cancel();
        expect_told(each, AS_CANCELLED, 0);
    }
    stream_call next(1);
    EXPECT_EQ(AS_DONE, next.receive(stream_));
    write_to_stream("a");
    expect_told(next, AS_DONE, 1);
}

TEST_P(StreamOrder, EndsACancelledSendThatHasNotBegunAlone)
{
    const std::unique_ptr<stream_call> first = begin_large_send();
    std::deque<stream_call> sends;
    for (const char byte : {'b', 'c', 'd'}) {
        sends.emplace_back(1).room[0] = byte;
        EXPECT_EQ(AS_DONE, sends.back().send(stream_));
    }
    for (const std::size_t cancelled : {1U, 2U}) { // in the middle, and the last
        sends[cancelled].cancel();
        expect_told(sends[cancelled], AS_CANCELLED, 0);
    }
    EXPECT_FALSE(first->is_over());
    EXPECT_FALSE(sends[0].is_over());
    std::string seen(first->room.size() + 1, '\0');
    EXPECT_EQ(static_cast<ssize_t>(seen.size()), ::recv(peer_.get(), seen.data(), seen.size(), MSG_WAITALL));
    EXPECT_EQ('b', seen.back());
    expect_told(*first, AS_DONE, first->room.size());
    expect_told(sends[0], AS_DONE, 1);
    stream_call next(1);
    EXPECT_EQ(AS_DONE, next.send(stream_));
    expect_told(next, AS_DONE, 1);
}

TEST_P(StreamOrder, TakesNoSendBehindOneThatWasCutByACancel)
{
    const std::unique_ptr<stream_call> first = begin_large_send();
    std::deque<stream_call> sends;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(AS_DONE, sends.emplace_back(1).send(stream_));
    }
    first->cancel();
    const as_outcome cut = first->wait();
    EXPECT_EQ(AS_CANCELLED, cut.how);
    EXPECT_LT(0U, cut.bytes);
    EXPECT_GT(first->room.size(), cut.bytes);
    for (stream_call& each : sends) {
        expect_told(each, AS_CANCELLED, 0);
    }
    stream_call refused(1);
    EXPECT_EQ(AS_CANCELLED, refused.send(stream_));
    stream_call received(1);
    EXPECT_EQ(AS_DONE, received.receive(stream_)); // the other direction goes on
    write_to_stream("a");
    expect_told(received, AS_DONE, 1);
    close();
    std::string seen(first->room.size(), '\0');
    EXPECT_EQ(static_cast<ssize_t>(cut.bytes), ::recv(peer_.get(), seen.data(), seen.size(), MSG_WAITALL));
}

TEST_P(StreamOrder, TellsLaterSendsWhatHasCutOne)
{
    const std::unique_ptr<stream_call> first = begin_large_send();
    stream_call behind(1);
    EXPECT_EQ(AS_DONE, behind.send(stream_));
    const linger at_once{1, 0};
    EXPECT_EQ(0, setsockopt(peer_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    peer_ = unique_fd();
    const as_outcome cut = first->wait();
    EXPECT_LT(0U, cut.bytes);
    expect_told(behind, cut.how, 0);
    EXPECT_EQ(cut.code, behind.told.code);
    stream_call refused(1);
    EXPECT_EQ(cut.how, refused.send(stream_));
    if (GetParam()) {
        EXPECT_EQ(AS_RESET, cut.how);
    }
}

TEST_P(StreamOrder, LosesNoByteToACancelThatComesWithIt)
{
    constexpr int in_flight = 3;
    int cancelled = 0;
    int arrived = 0;
    std::string expected;
    std::string seen;
    starting_line start(2);
    for (int round = 0; round < rounds_of(2000) && !HasFailure(); ++round) {
        std::deque<stream_call> receives;
        for (int i = 0; i < in_flight; ++i) {
            EXPECT_EQ(AS_DONE, receives.emplace_back(1).receive(stream_));
        }
        {
            const background canceller([&] {
                start.arrive_and_wait();
                receives[static_cast<std::size_t>(round % in_flight)].cancel();
            });
            start.arrive_and_wait();
            expected += static_cast<char>(round);
            write_to_stream({static_cast<char>(round)});
        }
        for (int i = 0; i < in_flight - 1; ++i) {
            expected += static_cast<char>(-i - 1);
            write_to_stream({static_cast<char>(-i - 1)});
        }
        for (stream_call& each : receives) {
            const as_outcome told = each.wait();
            EXPECT_EQ(told.how == AS_DONE ? 1U : 0U, told.bytes);
            EXPECT_TRUE(told.how == AS_DONE || told.how == AS_CANCELLED) << as_how_text(told.how);
            (told.how == AS_DONE ? arrived : cancelled) += 1;
            seen += each.room.substr(0, static_cast<std::size_t>(told.bytes));
        }
        while (seen.size() < expected.size()) { // what was left of a round with a cancel
            stream_call rest(1);
            EXPECT_EQ(AS_DONE, rest.receive(stream_));
            expect_told(rest, AS_DONE, 1);
            seen += rest.room;
        }
        EXPECT_EQ(expected, seen);
    }
    RecordProperty("cancelled", cancelled);
    RecordProperty("arrived", arrived);
}

TEST_P(StreamOrder, CancelsWhileItCloses)
{
    starting_line start(3);
    for (int round = 0; round < rounds_of(800) && !HasFailure(); ++round) {
        std::deque<stream_call> receives;
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(AS_DONE, receives.emplace_back(1).receive(stream_));
        }
        const std::unique_ptr<stream_call> sent = begin_large_send();
        {
            const background one([&] {
                start.arrive_and_wait();
                sent->cancel();
                receives[1].cancel();
            });
            const background two([&] {
                start.arrive_and_wait();
                receives[3].cancel();
                receives[1].cancel();
            });
            start.arrive_and_wait();
            close();
        }
        EXPECT_EQ(AS_CLOSED_HERE, receives[0].wait().how);
        EXPECT_EQ(AS_CLOSED_HERE, receives[2].wait().how);
        for (stream_call* const each : {&receives[1], &receives[3], sent.get()}) {
            const as_outcome told = each->wait();
            EXPECT_TRUE(told.how == AS_CLOSED_HERE || told.how == AS_CANCELLED) << as_how_text(told.how);
        }
        connect();
    }
}

// From its own callback that is too late, and of another one's it is a call like any other.
TEST_P(StreamOrder, CancelsInACallback)
{
    stream_call second(1);
    stream_call first(1, [&](stream_call& own) {
        own.cancel();
        second.cancel();
    });
    EXPECT_EQ(AS_DONE, first.receive(stream_));
    EXPECT_EQ(AS_DONE, second.receive(stream_));
    write_to_stream("a");
    expect_told(first, AS_DONE, 1);
    expect_told(second, AS_CANCELLED, 0);
}

// The loop's worker looks at many sockets, and has jobs of ours in its hand, while another thread finds bytes and ends
// the next receives.
TEST_P(StreamOrder, KeepsTheOrderOfWhatTwoThreadsEnd)
{
    constexpr std::size_t count = 400;
    constexpr std::size_t noise_size = 16384;
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.callbacks = 1;
    as_engine* one_loop = nullptr;
    ASSERT_EQ(AS_DONE, as_engine_create(&options, &one_loop).how);
    std::swap(one_loop, engine_);
    for (int round = 0; round < rounds_of(20) && !HasFailure(); ++round) {
        close();
        connect();
        probes others(engine_, 100, noise_size);
        const std::array<int, 2> gate_pair = local_pair();
        const unique_fd gate_peer(gate_pair[1]);
        as_stream* gate = nullptr;
        ASSERT_EQ(AS_DONE, as_stream_adopt(engine_, gate_pair[0], &gate).how);
        event is_shut;
        event opens;
        stream_call blocks(1, [&](stream_call&) {
            is_shut.set();
            EXPECT_TRUE(opens.wait());
        });
        EXPECT_EQ(AS_DONE, blocks.receive(gate));
        EXPECT_EQ(1, ::send(gate_peer.get(), "g", 1, MSG_NOSIGNAL));
        ASSERT_TRUE(is_shut.wait());
        callback_order received;
        std::deque<stream_call> receives;
        for (std::size_t i = 0; i < count; ++i) {
            receives.emplace_back(1, [&, i](stream_call&) {
                received.begin(static_cast<int>(i));
                received.end();
            });
        }
        write_to_stream(std::string(count, 'm'));
        others.write();
        opens.set();
        for (stream_call& each : receives) {
            EXPECT_EQ(AS_DONE, each.receive(stream_));
        }
        for (stream_call& each : receives) {
            expect_told(each, AS_DONE, 1);
        }
        others.wait();
        as_stream_close(gate);
    }
    close();
    std::swap(one_loop, engine_);
    EXPECT_EQ(AS_DONE, as_engine_end_and_wait(one_loop).how);
}

TEST(StreamCancel, OfNothingDoesNothing)
{
    as_operation_cancel(nullptr);
}

} // namespace
