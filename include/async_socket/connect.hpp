// Connections that this program makes (connect.h).
//
//     auto peer = co_await as::connect(engine, "example.org", "http", as::within(10s));
//     if (!peer) { log(peer.message().c_str()); co_return; }
//     co_await peer->send("GET / HTTP/1.0\r\n\r\n");
#pragma once

#include <coroutine>
#include <cstdint>
#include <span>
#include <utility>

#include "async_socket/address.hpp"
#include "async_socket/connect.h"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/result.hpp"
#include "async_socket/stop.hpp"
#include "async_socket/stream.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// connect.h says what they mean. All that they point to stays until the connect has ended.
struct connect_options {
    as::family family = as::family::none;    // of the name's addresses: both
    std::uint32_t delay_ms = 0;              // of an attempt before the next one is made beside it; 0: 250
    std::span<const option_value> options{}; // set on each socket before it connects
    const as::address* from = nullptr;       // which address of this machine each attempt comes from
    std::span<as_attempt> attempts{};        // room for what is told of each
};

// How a connect ended: with a stream, or with the reasons.
class connected : public result_of<stream> {
public:
    connected(const result& how_it_ended) noexcept : result_of<stream>(how_it_ended) {}
    connected(const as_outcome& outcome, stream&& made, const address& reached, std::span<as_attempt> attempts,
              std::uint32_t attempt_count) noexcept
        : result_of<stream>(outcome, std::move(made)),
          reached_(reached),
          attempts_(attempts),
          attempt_count_(attempt_count)
    {
    }

    // The address that it became, if it is done.
    [[nodiscard]] const address& reached() const noexcept { return reached_; }
    // Each address that was tried and how that ended, as far as there was room.
    [[nodiscard]] std::span<as_attempt> attempts() const noexcept
    {
        return attempt_count_ < attempts_.size() ? attempts_.first(attempt_count_) : attempts_;
    }
    // How many were tried.
    [[nodiscard]] std::uint32_t attempt_count() const noexcept { return attempt_count_; }

private:
    address reached_;
    std::span<as_attempt> attempts_;
    std::uint32_t attempt_count_ = 0;
};

namespace detail {

class connect_operation : public awaitable<connect_operation> {
public:
    connect_operation(as_engine* engine, const as_target& target, const connect_options& options,
                      deadline until) noexcept
        : awaitable(until), engine_(engine), target_(target), attempts_(options.attempts)
    {
        asked_.delay_ms = options.delay_ms;
        asked_.options = options.options.data();
        asked_.option_count = static_cast<std::uint32_t>(options.options.size());
        asked_.from = options.from;
        asked_.attempts = attempts_.data();
        asked_.attempt_capacity = static_cast<std::uint32_t>(attempts_.size());
    }
    connect_operation(connect_operation&&) noexcept = default;

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline until) noexcept
    {
        asked_.reached = &reached_;
        asked_.attempt_count = &attempt_count_;
        return as_connect(engine_, &target_, &asked_, self, &made_, until);
    }
    [[nodiscard]] connected await_resume() noexcept
    {
        return {outcome(), stream(std::exchange(made_, nullptr)), reached_, attempts_, attempt_count_};
    }

private:
    as_engine* engine_;
    as_target target_;
    as_connect_options asked_ = AS_CONNECT_OPTIONS;
    std::span<as_attempt> attempts_;
    std::uint32_t attempt_count_ = 0;
    address reached_;
    as_stream* made_ = nullptr;
};

} // namespace detail

// co_await it: a `connected`. The texts and the addresses stay until it is awaited. A service is a port in digits, or a
// name.
[[nodiscard]] inline detail::connect_operation connect(engine& engine, c_string host, c_string service,
                                                       deadline until = never,
                                                       const connect_options& options = {}) noexcept
{
    const as_target target{host.c_str(), service.c_str(), static_cast<std::uint32_t>(options.family), 0, nullptr};
    return {engine.handle(), target, options, until};
}

// To one of these addresses; nobody is asked for a name.
[[nodiscard]] inline detail::connect_operation connect(engine& engine, std::span<const address> addresses,
                                                       deadline until = never,
                                                       const connect_options& options = {}) noexcept
{
    // Too many for the call are too many for it in any case.
    const auto count = static_cast<std::uint32_t>(addresses.size() < 0xffff'ffff ? addresses.size() : 0xffff'ffff);
    return {engine.handle(), as_target{nullptr, nullptr, 0, count, addresses.data()}, options, until};
}
[[nodiscard]] inline detail::connect_operation connect(engine& engine, const address& address, deadline until = never,
                                                       const connect_options& options = {}) noexcept
{
    return connect(engine, std::span(&address, 1), until, options);
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
