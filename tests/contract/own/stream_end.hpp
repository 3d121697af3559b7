// What the tests of the library's own interface share: an engine, a stream on the near end of a connection, and
// operations that remember how they ended.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async_socket/stream.h"
#include "support/peer.hpp"
#include "support/signal.hpp"

namespace contract::own {

class engine {
public:
    explicit engine(std::uint32_t callbacks = 0)
    {
        as_engine_options options = AS_ENGINE_OPTIONS;
        options.callbacks = callbacks;
        EXPECT_EQ(as_engine_create(&options, &handle_).how, AS_DONE);
    }
    ~engine() { as_engine_end(handle_); }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] as_engine* handle() const { return handle_; }
    [[nodiscard]] as_engine* release() { return std::exchange(handle_, nullptr); }

private:
    as_engine* handle_ = nullptr;
};

[[nodiscard]] inline as_socket as_own(SOCKET_HANDLE socket)
{
    return as_socket(socket);
}

// A stream and the other end of its connection.
class stream_end {
public:
    explicit stream_end(const engine& on) : stream_end(on, connect_pair()) {}
    ~stream_end() { close(); }
    stream_end(const stream_end&) = delete;
    stream_end& operator=(const stream_end&) = delete;

    [[nodiscard]] as_stream* handle() const { return handle_; }
    [[nodiscard]] as_stream* release() { return std::exchange(handle_, nullptr); }
    void close() { as_stream_close(release()); }

    peer far_end;

private:
    stream_end(const engine& on, loopback_pair pair) : far_end(std::move(pair.far_end))
    {
        EXPECT_EQ(as_stream_adopt(on.handle(), as_own(pair.near_end), &handle_).how, AS_DONE);
    }

    as_stream* handle_ = nullptr;
};

// One operation after the other, in the same memory, which has to last as long as the stream that they are started on,
// or until they have ended.
class operation_record {
public:
    operation_record() = default;
    ~operation_record()
    {
        EXPECT_EQ(signal_.read([&] { return ends_.size(); }), started_.load());
    }
    operation_record(const operation_record&) = delete;
    operation_record& operator=(const operation_record&) = delete;

    as_operation operation{on_end, this, {}};
    bytes memory;
    // Runs in the callback, before the end is recorded.
    std::function<void(const as_outcome&)> then;

    as_outcome send(as_stream* stream, bytes data, as_deadline deadline = AS_NEVER)
    {
        memory = std::move(data);
        return start(as_stream_send, stream, deadline);
    }
    as_outcome receive(as_stream* stream, std::size_t size, as_deadline deadline = AS_NEVER)
    {
        memory.assign(size, 0);
        return start(as_stream_receive, stream, deadline);
    }
    as_outcome send_some(as_stream* stream, bytes data, as_deadline deadline = AS_NEVER)
    {
        memory = std::move(data);
        return start(as_stream_send_some, stream, deadline);
    }
    as_outcome receive_exactly(as_stream* stream, std::size_t size, as_deadline deadline = AS_NEVER)
    {
        memory.assign(size, 0);
        return start(as_stream_receive_exactly, stream, deadline);
    }
    as_outcome shut_down_send(as_stream* stream, as_deadline deadline = AS_NEVER)
    {
        return noted(as_stream_shutdown_send(stream, &operation, deadline));
    }
    // What a start of `operation` has answered.
    as_outcome noted(const as_outcome& answer)
    {
        started_ += answer.how == AS_DONE ? 1U : 0U;
        return answer;
    }

    // At least once, and accepted.
    [[nodiscard]] bool is_started() const { return started_ != 0; }

    // False if `count` callbacks did not come in time.
    [[nodiscard]] bool wait(std::size_t count = 1)
    {
        return signal_.wait([&] { return ends_.size() >= count; });
    }
    [[nodiscard]] std::size_t count()
    {
        return signal_.read([&] { return ends_.size(); });
    }
    // Of the last one that ended.
    [[nodiscard]] as_outcome outcome()
    {
        return signal_.read([&] { return ends_.empty() ? as_outcome{0, ~0U, 0} : ends_.back(); });
    }
    // What was received.
    [[nodiscard]] bytes received()
    {
        const auto count = static_cast<std::ptrdiff_t>(outcome().bytes);
        return {memory.begin(), memory.begin() + count};
    }

private:
    using starter = as_outcome (*)(as_stream*, as_operation*, const as_buffer*, std::uint32_t, as_deadline);

    // What describes a single buffer is needed no longer than the call lasts.
    as_outcome start(starter begin, as_stream* stream, as_deadline deadline)
    {
        const auto buffer = std::make_unique<as_buffer>(as_buffer_of(memory.data(), memory.size()));
        return noted(begin(stream, &operation, buffer.get(), 1, deadline));
    }
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<operation_record*>(operation->context);
        if (self.then) {
            self.then(outcome);
        }
        self.signal_.update([&] { self.ends_.push_back(outcome); });
    }

    std::atomic<std::size_t> started_{0}; // in the callbacks, too
    signal signal_;
    std::vector<as_outcome> ends_;
};

inline bool is(const as_outcome& outcome, as_how how, std::uint64_t bytes)
{
    return outcome.how == static_cast<std::uint32_t>(how) && outcome.bytes == bytes;
}

inline void expect(const as_outcome& outcome, as_how how, std::uint64_t bytes = 0)
{
    EXPECT_STREQ(as_how_text(outcome.how), as_how_text(how));
    EXPECT_EQ(outcome.bytes, bytes);
    EXPECT_TRUE(outcome.code == 0 || how != AS_DONE) << outcome.code;
}

} // namespace contract::own
