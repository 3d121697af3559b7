#include "streams.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include "problems.hpp"
#include "progress.hpp"
#include "stopwatch.hpp"
#include "support/async_end.hpp"
#include "support/signal.hpp"
#include "tally.hpp"

namespace stress {

using contract::bytes;

namespace {

// The bytes repeat after a prime number of them, so that a piece that is lost, doubled or moved by any
// piece size does not look right.
constexpr std::size_t period = 1048583;
constexpr std::size_t send_step = std::size_t{1} << 20;
constexpr std::size_t receive_step = std::size_t{256} << 10;
constexpr int sends_at_once = 2;

// Those at place `offset` of a stream, `period` of them without a break.
unsigned char* content_at(std::uint64_t offset)
{
    static bytes twice = [] {
        bytes once = contract::pattern(period, 9);
        bytes both = once;
        both.insert(both.end(), once.begin(), once.end());
        return both;
    }();
    return twice.data() + offset % period;
}

struct streams_state {
    streams_size size;
    tally operations;
    progress received; // each sending and each receiving end is an activity
};

// Keeps `sends_at_once` sends under way until all has been sent.
class sender {
public:
    sender(streams_state& streams, EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected, std::uint64_t start)
        : streams_(streams), start_(start), end_(engine, connected)
    {
    }

    bool open() { return end_.open() == 0; }
    void close() { async_socket_close(end_.handle()); }

    void begin()
    {
        for (int i = 0; i < sends_at_once; ++i) {
            send_next();
        }
    }

private:
    void send_next()
    {
        bool failed = false;
        progress_.update([&] {
            const std::uint64_t left = streams_.size.bytes_each - sent_;
            if (left != 0 && !failed_) {
                const auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(send_step, left));
                const ASYNC_SOCKET_BUFFER piece{content_at(start_ + sent_), step};
                failed_ =
                    !streams_.operations.started(async_socket_send_async(end_.handle(), &piece, 1, on_sent, this));
                failed = failed_;
                sent_ += step;
                under_way_ += failed_ ? 0 : 1;
            }
        });
        if (failed) {
            streams_.received.end("a send was refused");
        }
    }

    static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
    {
        sender& self = *static_cast<sender*>(context);
        streams_state& streams = self.streams_;
        bool last = false;
        bool failed = false;
        self.progress_.update([&] {
            failed = result != ASYNC_SOCKET_SEND_OK && !self.failed_;
            self.failed_ = self.failed_ || failed;
            --self.under_way_;
            last = !self.failed_ && self.under_way_ == 0 && self.sent_ == streams.size.bytes_each;
        });
        self.send_next();
        streams.operations.ended();
        if (failed || last) {
            streams.received.end(failed ? "a send failed" : "");
        }
    }

    streams_state& streams_;
    const std::uint64_t start_;
    contract::signal progress_;
    std::uint64_t sent_ = 0;
    int under_way_ = 0;
    bool failed_ = false;
    contract::async_end end_;
};

class receiver {
public:
    receiver(streams_state& streams, EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected, std::uint64_t start)
        : streams_(streams), start_(start), memory_(receive_step), end_(engine, connected)
    {
    }

    bool open() { return end_.open() == 0; }
    void close() { async_socket_close(end_.handle()); }

    void receive_next()
    {
        const std::uint64_t left = streams_.size.bytes_each - received_;
        ASYNC_SOCKET_BUFFER piece{memory_.data(),
                                  static_cast<std::uint32_t>(std::min<std::uint64_t>(receive_step, left))};
        if (!streams_.operations.started(async_socket_receive_async(end_.handle(), &piece, 1, on_received, this))) {
            streams_.received.end("a receive was refused");
        }
    }

private:
    static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
    {
        receiver& self = *static_cast<receiver*>(context);
        streams_state& streams = self.streams_;
        const bool right = result == ASYNC_SOCKET_RECEIVE_OK && count <= self.memory_.size() &&
                           std::memcmp(self.memory_.data(), content_at(self.start_ + self.received_), count) == 0;
        self.received_ += count;
        const bool goes_on = right && self.received_ < streams.size.bytes_each;
        streams.received.move(count);
        if (goes_on) {
            self.receive_next();
        }
        streams.operations.ended();
        if (!goes_on) {
            streams.received.end(right ? "" : "not the bytes that were sent, or a receive failed");
        }
    }

    streams_state& streams_;
    const std::uint64_t start_;
    std::uint64_t received_ = 0;
    bytes memory_;
    contract::async_end end_;
};

} // namespace

std::string run_streams(EXECUTION_ENGINE_HANDLE engine, const streams_size& size)
{
    problems found;
    stopwatch closes;
    streams_state streams{};
    streams.size = size;
    {
        std::deque<sender> senders;
        std::deque<receiver> receivers;
        for (std::size_t i = 0; i < size.streams; ++i) {
            contract::loopback_pair pair = contract::connect_pair();
            const std::uint64_t start = i * 7919; // no two streams are alike
            sender& sender = senders.emplace_back(streams, engine, pair.near_end, start);
            receiver& receiver = receivers.emplace_back(streams, engine, pair.far_end.release(), start);
            found.require(sender.open() && receiver.open(), "stream " + std::to_string(i) + " did not open");
        }
        for (receiver& each : receivers) {
            each.receive_next();
        }
        for (sender& each : senders) {
            each.begin();
        }
        found.require(streams.received.wait(2 * size.streams), "a stream hangs");
        for (sender& each : senders) {
            closes.time([&] { each.close(); });
        }
        for (receiver& each : receivers) {
            closes.time([&] { each.close(); });
        }
    }
    found.require(streams.received.problem().empty(), streams.received.problem());
    found.require(streams.received.moved() == size.streams * size.bytes_each, "not all bytes came");
    found.require(streams.operations.is_exact(), "operations and callbacks differ in number");
    closes.check(found);
    return found.text();
}

} // namespace stress
