// What the scenarios of the library's own interface share: an engine, a stream with its peer, and operations that
// remember how they ended.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "async_end.hpp"
#include "async_socket/stream.h"
#include "model/machine.hpp"
#include "outcome.hpp"
#include "requirement.hpp"
#include "simulation.hpp"

namespace sim {

// An engine for a scope.
class own_engine {
public:
    explicit own_engine(std::uint32_t threads = 3, std::uint32_t callbacks = 0)
    {
        as_engine_options options = AS_ENGINE_OPTIONS;
        options.threads = threads;
        options.callbacks = callbacks;
        require(is(as_engine_create(&options, &handle_), AS_DONE), "an engine");
    }
    ~own_engine() { as_engine_end(handle_); }
    own_engine(const own_engine&) = delete;
    own_engine& operator=(const own_engine&) = delete;

    [[nodiscard]] as_engine* handle() const { return handle_; }

private:
    as_engine* handle_ = nullptr;
};

class stream_end;

// One operation with its bytes, and what its callback was told.
struct piece_of_work {
    as_operation operation{};
    stream_end* end = nullptr;
    std::vector<unsigned char> bytes;
    std::vector<as_buffer> buffers;
    std::function<void()> in_callback;
    decltype(&as_stream_send) start = nullptr; // null: the usual one
    as_outcome outcome{};
    bool is_send = false;
    bool has_ended = false;
    int under_way = 0;     // it may start again in its callback
    std::size_t place = 0; // among the callbacks of its direction
};

// A stream with its peer, closed at the end of the scope.
class stream_end {
public:
    explicit stream_end(const own_engine& pool)
    {
        const SOCKET socket = connect_pair(&peer);
        require(is(as_stream_adopt(pool.handle(), socket, &handle), AS_DONE), "a stream");
    }
    ~stream_end() { close(); }
    stream_end(const stream_end&) = delete;
    stream_end& operator=(const stream_end&) = delete;

    void close() { as_stream_close(std::exchange(handle, nullptr)); }

    // Accepted.
    piece_of_work& send(std::uint32_t bytes, std::uint32_t buffers = 1, as_deadline deadline = AS_NEVER)
    {
        piece_of_work& work = make(bytes, buffers, true);
        require(is(try_again(work, deadline), AS_DONE), "a send is accepted");
        return work;
    }
    piece_of_work& receive(std::uint32_t bytes, std::uint32_t buffers = 1, as_deadline deadline = AS_NEVER)
    {
        piece_of_work& work = make(bytes, buffers, false);
        require(is(try_again(work, deadline), AS_DONE), "a receive is accepted");
        return work;
    }
    piece_of_work& receive_exactly(std::uint32_t bytes, std::uint32_t buffers = 1)
    {
        piece_of_work& work = make(bytes, buffers, false);
        work.start = as_stream_receive_exactly;
        require(is(try_again(work), AS_DONE), "a receive is accepted");
        return work;
    }
    piece_of_work& send_some(std::uint32_t bytes, std::uint32_t buffers = 1)
    {
        piece_of_work& work = make(bytes, buffers, true);
        work.start = as_stream_send_some;
        require(is(try_again(work), AS_DONE), "a send is accepted");
        return work;
    }
    piece_of_work& shut_down_send()
    {
        piece_of_work& work = make_shutdown();
        require(is(try_again(work), AS_DONE), "a shutdown is accepted");
        return work;
    }
    piece_of_work& make_shutdown()
    {
        piece_of_work& work = make(0, 0, true);
        work.start = [](as_stream* stream, as_operation* operation, const as_buffer*, std::uint32_t,
                        as_deadline deadline) { return as_stream_shutdown_send(stream, operation, deadline); };
        return work;
    }
    piece_of_work& make(std::uint32_t bytes, std::uint32_t buffers, bool is_send)
    {
        piece_of_work& work = all.emplace_back();
        work.operation.on_end = on_end;
        work.operation.context = &work;
        work.end = this;
        work.is_send = is_send;
        work.bytes.resize(bytes);
        if (is_send) {
            std::iota(work.bytes.begin(), work.bytes.end(), next_byte);
            next_byte = static_cast<unsigned char>(next_byte + bytes);
        }
        const std::uint32_t each = buffers != 0 ? bytes / buffers : 0;
        for (std::uint32_t i = 0; i < buffers; ++i) {
            work.buffers.push_back(as_buffer_of(&work.bytes[std::size_t{i} * each], each));
        }
        return work;
    }
    as_outcome try_again(piece_of_work& work, as_deadline deadline = AS_NEVER) const
    {
        const auto usual = work.is_send ? as_stream_send : as_stream_receive;
        const auto start = work.start != nullptr ? work.start : usual;
        ++work.under_way;
        const auto count = static_cast<std::uint32_t>(work.buffers.size());
        as_buffer single = count == 1 ? work.buffers.front() : as_buffer{}; // which may go
        const as_outcome started =
            start(handle, &work.operation, count == 1 ? &single : work.buffers.data(), count, deadline);
        single = {};
        work.under_way -= is(started, AS_DONE) ? 0 : 1;
        return started;
    }

    void wait_for_all() const
    {
        wait_until("all operations end",
                   [this] { return std::ranges::all_of(all, [](const auto& each) { return each.has_ended; }); });
    }

    as_stream* handle = nullptr;
    connection* peer = nullptr;
    std::deque<piece_of_work> all;
    unsigned char next_byte = 1;
    std::array<int, 2> running{}; // callbacks, of each direction
    std::array<std::size_t, 2> ended{};
    bool closes_in_callback = false; // then callbacks may overlap

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& work = *static_cast<piece_of_work*>(operation->context);
        stream_end& end = *work.end;
        const std::size_t way = work.is_send ? 0 : 1;
        require(&work.operation == operation && work.under_way-- == 1, "once, with its operation");
        require(end.running[way] == 0 || end.closes_in_callback, "one callback of a direction at a time");
        ++end.running[way];
        work.outcome = outcome;
        work.place = end.ended[way]++;
        sleep_ms(0);
        if (work.in_callback) {
            work.in_callback();
        }
        --end.running[way];
        work.has_ended = true;
    }
};

inline bool ended(const piece_of_work& work, as_how how, std::uint64_t bytes)
{
    return work.has_ended && is(work.outcome, how) && work.outcome.bytes == bytes;
}

} // namespace sim
