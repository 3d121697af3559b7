#include "stream_workload.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "async_socket/stream.h"
#include "async_socket/timer.h"
#include "faulty_calls.hpp"
#include "own_engine.hpp"
#include "support/peer.hpp"
#include "support/signal.hpp"
#include "verdict.hpp"

namespace faults {

namespace {

using contract::bytes;

constexpr std::size_t answer_size = 5000;
constexpr std::size_t message_size = std::size_t{1} << 18;
constexpr std::size_t piece_size = 400;
constexpr std::uint64_t soon_ms = 5;

std::vector<as_buffer> in_pieces(bytes& data, std::size_t size)
{
    std::vector<as_buffer> pieces;
    for (std::size_t place = 0; place < data.size(); place += size) {
        pieces.push_back(as_buffer_of(data.data() + place, std::min(size, data.size() - place)));
    }
    return pieces;
}

// From a call that starts it to its callback.
class started {
public:
    // `call` starts it. False: it was refused.
    template <typename Call>
    [[nodiscard]] bool by(Call call)
    {
        const library_call inside;
        return call(&operation_).how == AS_DONE;
    }
    void cancel()
    {
        const library_call inside;
        as_operation_cancel(&operation_);
    }
    // None: it does not end.
    [[nodiscard]] std::optional<as_outcome> wait()
    {
        const bool has_ended = ended_.wait([this] { return count_ != 0; });
        return has_ended ? std::optional(outcome_) : std::nullopt;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        const test_call outside;
        auto& self = *static_cast<started*>(operation->context);
        self.ended_.update([&] {
            self.outcome_ = outcome;
            ++self.count_;
        });
    }

    as_operation operation_{on_end, this, {}};
    as_outcome outcome_{};
    std::uint32_t count_ = 0;
    contract::signal ended_;
};

bool is(const std::optional<as_outcome>& told, as_how how)
{
    return told && told->how == static_cast<std::uint32_t>(how);
}

// A stream with a peer.
class stream_end {
public:
    stream_end(const own_engine& on, verdict& found)
    {
        is_there_ = found.works_at_last("adopt", [&] {
            const library_call inside;
            return as_stream_adopt(on.handle(), pair_.near_end, &stream_).how == AS_DONE;
        });
        if (!is_there_) {
            contract::close_socket(pair_.near_end); // it stayed ours
        }
    }
    ~stream_end() { close(); }
    stream_end(const stream_end&) = delete;
    stream_end& operator=(const stream_end&) = delete;

    [[nodiscard]] bool is_there() const { return is_there_; }
    [[nodiscard]] as_stream* stream() const { return stream_; }
    [[nodiscard]] contract::peer& peer() { return pair_.far_end; }
    void close()
    {
        const library_call inside;
        as_stream_close(stream_);
        stream_ = nullptr;
    }
    void reset()
    {
        const library_call inside;
        as_stream_reset(stream_);
        stream_ = nullptr;
    }
    void forget() { stream_ = nullptr; }

private:
    contract::loopback_pair pair_ = contract::connect_pair();
    as_stream* stream_ = nullptr;
    bool is_there_ = false;
};

// Sends in one piece and in many, receives all of an answer, and drains.
void talk(const own_engine& on, verdict& found)
{
    stream_end end(on, found);
    if (!end.is_there()) {
        return;
    }
    bytes message = contract::pattern(message_size, 1);
    bytes answer = contract::pattern(answer_size, 2);
    bytes seen;
    std::thread reader([&] {
        const test_call outside;
        (void)end.peer().send(answer);
        end.peer().shut_down_sending();
        seen = end.peer().receive_to_end();
    });
    const std::vector<as_buffer> whole = in_pieces(message, message.size());
    const std::vector<as_buffer> pieces = in_pieces(message, piece_size);
    bytes room(answer_size);
    const as_buffer all_of_it = as_buffer_of(room.data(), room.size());
    started first;
    started second;
    started receiving;
    started draining;
    as_stream* const stream = end.stream();
    const bool sends_first =
        first.by([&](as_operation* self) { return as_stream_send(stream, self, whole.data(), 1, AS_NEVER); });
    const bool sends_second = second.by([&](as_operation* self) {
        return as_stream_send(stream, self, pieces.data(), static_cast<std::uint32_t>(pieces.size()), AS_NEVER);
    });
    const bool receives = receiving.by(
        [&](as_operation* self) { return as_stream_receive_exactly(stream, self, &all_of_it, 1, AS_NEVER); });
    const std::optional<as_outcome> got = receives ? receiving.wait() : std::nullopt;
    const bool drains =
        draining.by([&](as_operation* self) { return as_stream_drain_and_close(stream, self, as_in_ms(60'000)); });
    if (drains) {
        end.forget();
    } else {
        end.close(); // the peer waits for an end
    }
    const std::optional<as_outcome> drained = drains ? draining.wait() : std::nullopt;
    std::uint64_t told = 0;
    bool is_all_done = sends_first && sends_second && is(got, AS_DONE) && is(drained, AS_DONE);
    for (started* const each : {sends_first ? &first : nullptr, sends_second ? &second : nullptr}) {
        const std::optional<as_outcome> sent = each != nullptr ? each->wait() : std::nullopt;
        found.require(each == nullptr || (sent && each->count() == 1), "a send does not end once");
        told += sent ? sent->bytes : 0;
        is_all_done = is_all_done && is(sent, AS_DONE);
    }
    reader.join();
    bytes sent = message;
    sent.insert(sent.end(), message.begin(), message.end());
    found.require(seen.size() <= sent.size() && std::equal(seen.begin(), seen.end(), sent.begin()),
                  "the peer has seen what was not sent");
    found.require(seen.size() <= told && (seen.size() == told || !is(drained, AS_DONE)),
                  "the peer has seen another number of bytes than was told");
    found.require(
        !got || (got->bytes <= answer.size() &&
                 std::equal(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got->bytes), answer.begin())),
        "received what was not sent");
    found.require(is_all_done || has_struck(), "something failed without a fault");
}

// What ends a receive from a silent peer: the only reason, or a fault.
template <typename Start, typename Act>
void end_a_receive(const own_engine& on, verdict& found, as_how expected, Start start, Act act)
{
    stream_end end(on, found);
    if (!end.is_there()) {
        return;
    }
    char byte = 0;
    const as_buffer room = as_buffer_of(&byte, 1);
    started receiving;
    const bool is_started = found.works_at_last(
        "receive", [&] { return receiving.by([&](as_operation* self) { return start(end.stream(), self, &room); }); });
    if (is_started) {
        act(end, receiving);
        const std::optional<as_outcome> told = receiving.wait();
        found.require(is(told, expected) || (told && has_struck()), as_how_text(static_cast<std::uint32_t>(expected)));
        found.require(receiving.count() == 1, "a receive does not end once");
    }
}

void end_receives(const own_engine& on, verdict& found)
{
    const auto never = [](as_stream* stream, as_operation* self, const as_buffer* room) {
        return as_stream_receive(stream, self, room, 1, AS_NEVER);
    };
    const auto with_deadline = [](as_stream* stream, as_operation* self, const as_buffer* room) {
        return as_stream_receive(stream, self, room, 1, as_in_ms(soon_ms));
    };
    end_a_receive(on, found, AS_TIMED_OUT, with_deadline, [](stream_end&, started&) {});
    end_a_receive(on, found, AS_CANCELLED, never, [](stream_end&, started& one) { one.cancel(); });
    end_a_receive(on, found, AS_CLOSED_HERE, never, [](stream_end& end, started&) { end.close(); });
    end_a_receive(on, found, AS_CLOSED_HERE, never, [](stream_end& end, started&) { end.reset(); });
    end_a_receive(on, found, AS_END_OF_STREAM, never,
                  [](stream_end& end, started&) { end.peer().shut_down_sending(); });
    end_a_receive(on, found, AS_RESET, never, [](stream_end& end, started&) { end.peer().reset(); });
    end_a_receive(on, found, AS_TIMED_OUT, never, [&found](stream_end& end, started&) {
        (void)found.works_at_last("idle time", [&] {
            const library_call inside;
            return as_stream_set_idle_time(end.stream(), soon_ms).how == AS_DONE;
        });
    });
}

// Half-closes, and gives its socket back.
void release(const own_engine& on, verdict& found)
{
    stream_end end(on, found);
    if (!end.is_there()) {
        return;
    }
    started shutting;
    const bool is_started =
        shutting.by([&](as_operation* self) { return as_stream_shutdown_send(end.stream(), self, AS_NEVER); });
    const std::optional<as_outcome> shut = is_started ? shutting.wait() : std::nullopt;
    found.require(is(shut, AS_DONE) || has_struck(), "shut down");
    as_socket socket{};
    const bool is_released = found.works_at_last("release", [&] {
        const library_call inside;
        return as_stream_release(end.stream(), &socket).how == AS_DONE;
    });
    if (is_released) {
        end.forget();
        if (is(shut, AS_DONE)) {
            found.require(end.peer().sees_end(), "the peer sees no end");
        }
        contract::close_socket(socket);
    }
}

void wait_for_time(const own_engine& on, verdict& found)
{
    started waiting;
    const bool is_started = found.works_at_last("timer", [&] {
        return waiting.by([&](as_operation* self) { return as_timer_start(on.handle(), self, as_in_ms(soon_ms)); });
    });
    found.require(!is_started || is(waiting.wait(), AS_DONE), "a timer does not end");
}

} // namespace

std::string run_stream_workload()
{
    const test_call outside;
    verdict found;
    {
        const own_engine on;
        talk(on, found);
        end_receives(on, found);
        release(on, found);
        wait_for_time(on, found);
    }
    return found.text();
}

} // namespace faults
