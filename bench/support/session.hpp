// One client and one server, connected: what each of them does next. This is the workload; an implementation only
// moves the bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "latencies.hpp"
#include "support/counter.hpp"
#include "support/sockets.hpp"
#include "support/window.hpp"
#include "workload.hpp"

namespace bench {

// What an end does after something happened to it. A client sends the message, a server what it has received.
enum class next : std::uint8_t { nothing, send, close };

class client {
public:
    // `samples`: where the times of this client's round trips go, or null.
    client(const workload& work, const window& window, latencies* samples) noexcept
        : work_(work), window_(window), samples_(samples)
    {
    }

    // A receive is to be kept pending.
    [[nodiscard]] bool receives() const noexcept { return work_.what == kind::ping_pong || work_.what == kind::churn; }
    // The connection is open. How many messages to send now; for each, and for each that next asks for, sent() is
    // to be called when all of its bytes are the system's; of a stream by any thread.
    [[nodiscard]] unsigned opened() noexcept;
    [[nodiscard]] next sent() noexcept;
    // At least one byte.
    [[nodiscard]] next received(std::size_t bytes) noexcept;

    [[nodiscard]] std::uint64_t operations() const noexcept { return operations_.value(); }
    // After what has been counted nothing else is begun.
    [[nodiscard]] bool is_over() const noexcept;
    // churn: a connection has come and gone.
    void count_connection() noexcept { operations_.add(1); }

private:
    using clock = std::chrono::steady_clock;

    void sample() noexcept;

    const workload& work_;
    const window& window_;
    latencies* const samples_;
    clock::time_point sent_at_;
    std::size_t echoed_ = 0;
    std::atomic<unsigned> under_way_{0};
    counter operations_;
};

class server {
public:
    explicit server(const workload& work) noexcept : streams_(work.what == kind::stream) {}

    // At least one byte. When next is `send`, exactly these bytes go back.
    [[nodiscard]] next received(std::size_t received) noexcept
    {
        bytes_.add(received);
        return streams_ ? next::nothing : next::send;
    }

    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.value(); }

private:
    const bool streams_;
    counter bytes_;
};

// Each is at its own place in the cache: two loops do not disturb each other.
class alignas(64) session {
public:
    session(const workload& work, const window& window, latencies* samples) noexcept
        : client(work, window, samples), server(work), work_(work)
    {
    }

    // Connects anew.
    [[nodiscard]] socket_pair connect();

    // idle: the server's end sees the end of the stream.
    void hang_up() const noexcept;

    // To be called when an end has been closed and its memory can be used again; by any thread. `again`: this was
    // the second one, and the session wants another connection. `over`: it does not, ever.
    enum class after : std::uint8_t { nothing, again, over };
    [[nodiscard]] after closed() noexcept;

    bench::client client;
    bench::server server;

private:
    const workload& work_;
    std::optional<listener> listener_;
    native_socket client_socket_ = no_socket;
    std::atomic<unsigned> closed_{0};
};

} // namespace bench
