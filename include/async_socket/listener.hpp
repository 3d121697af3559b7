// What takes connections that others make (listener.h).
//
//     auto listener = co_await as::listen(engine, "localhost", "7");
//     for (;;) {
//         auto peer = co_await listener->accept();
//         if (peer) {
//             peers.spawn(echo(std::move(*peer)));
//         } else if (peer != as::how::no_room) { // there was no memory for that one; the next may have it
//             co_return;                         // it was closed, or this task was stopped
//         }
//     }
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "async_socket/address.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/listener.h"
#include "async_socket/resolve.hpp"
#include "async_socket/result.hpp"
#include "async_socket/stream.hpp"
#include "async_socket/task.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// listener.h says what they mean.
struct listener_options {
    std::uint32_t backlog = 0;
    bool ipv6_only = true;
    bool reuse_address = true;
    std::span<const option_value> options{}; // of the streams that are accepted
    as::family family = as::family::none;    // of listen: which of a name's addresses; none: all
};

namespace detail {

class accept_operation : public awaitable<accept_operation> {
public:
    accept_operation(as_listener* const& listener, deadline until) noexcept : awaitable(until), listener_(&listener) {}
    accept_operation(accept_operation&&) noexcept = default;

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline until) noexcept
    {
        return as_listener_accept(*listener_, self, &accepted_, until);
    }
    [[nodiscard]] result_of<stream> await_resume() noexcept
    {
        return {outcome(), stream(std::exchange(accepted_, nullptr))};
    }

private:
    as_listener* const* listener_; // looked up when it is started
    as_stream* accepted_ = nullptr;
};

} // namespace detail

class listener {
public:
    // None: an accept on it is `invalid`.
    constexpr listener() noexcept = default;
    explicit constexpr listener(as_listener* owned) noexcept : listener_(owned) {}

    [[nodiscard]] static result_of<listener> open(engine& engine, std::span<const address> addresses,
                                                  const listener_options& options = {}) noexcept
    {
        as_listener_options asked = AS_LISTENER_OPTIONS;
        asked.backlog = options.backlog;
        asked.ipv6_only = options.ipv6_only ? 1 : 0;
        asked.reuse_address = options.reuse_address ? 1 : 0;
        asked.options = options.options.data();
        asked.option_count = static_cast<std::uint32_t>(options.options.size());
        as_listener* made = nullptr;
        const as_outcome outcome = as_listener_open(engine.handle(), addresses.data(),
                                                    static_cast<std::uint32_t>(addresses.size()), &asked, &made);
        return {outcome, listener(made)};
    }
    [[nodiscard]] static result_of<listener> open(engine& engine, const address& address,
                                                  const listener_options& options = {}) noexcept
    {
        return open(engine, std::span(&address, 1), options);
    }

    listener(listener&& other) noexcept : listener_(std::exchange(other.listener_, nullptr)) {}
    listener& operator=(listener&& other) noexcept
    {
        if (this != &other) {
            close();
            listener_ = std::exchange(other.listener_, nullptr);
        }
        return *this;
    }
    ~listener() { as_listener_close(listener_); }

    [[nodiscard]] explicit constexpr operator bool() const noexcept { return listener_ != nullptr; }
    [[nodiscard]] constexpr as_listener* handle() const noexcept { return listener_; }

    // co_await it: the next connection, a result_of<stream>.
    [[nodiscard]] detail::accept_operation accept(deadline until = never) noexcept { return {listener_, until}; }

    // Where it listens, with the port that it was given for 0.
    [[nodiscard]] result_of<address> local_address(std::uint32_t index = 0) const noexcept
    {
        address told;
        const as_outcome outcome = as_listener_address(listener_, index, &told);
        return {outcome, told};
    }

    void close() noexcept { as_listener_close(std::exchange(listener_, nullptr)); }

private:
    as_listener* listener_ = nullptr;
};

namespace detail {

// Why an address cannot be listened at, and never could.
[[nodiscard]] inline bool is_elsewhere(const result& failed) noexcept
{
    return failed == how::unreachable || failed == how::not_available;
}

// A machine may not have all of a name's addresses, "::1" for one: then those that it has, which come to be the first.
[[nodiscard]] inline result_of<listener> listen_where_it_can(engine& engine, std::span<address> addresses,
                                                             const listener_options& options) noexcept
{
    result_of<listener> all = listener::open(engine, addresses, options);
    if (!is_elsewhere(all)) {
        return all;
    }
    std::size_t there = 0;
    for (const address& each : addresses) {
        address tried = each;
        (void)tried.set_port(0);
        result_of<listener> alone = listener::open(engine, tried, options);
        if (alone) {
            addresses[there++] = each;
        } else if (!is_elsewhere(alone)) {
            return alone; // it may be one of this machine, for which there is no room just now
        }
    }
    if (there == 0) {
        return all;
    }
    return listener::open(engine, addresses.first(there), options);
}

// All IPv6 addresses that take IPv4, too, are all that there are; the same of IPv4 would be taken already.
[[nodiscard]] inline result_of<listener> listen_at_all(engine& engine, std::span<address> addresses,
                                                       const listener_options& options) noexcept
{
    for (const address& each : addresses) {
        if (!options.ipv6_only && each == address::any(as::family::ipv6, each.port())) {
            result_of<listener> alone = listener::open(engine, each, options);
            if (!is_elsewhere(alone)) {
                return alone;
            }
        }
    }
    return listen_where_it_can(engine, addresses, options);
}

} // namespace detail

// Listens at all addresses of a name that this machine has, of the first AS_LISTENER_ADDRESSES; "" is all of the
// machine. What the options point to stays until it has ended. The outcome is that of the lookup (resolve.h) or of the
// listening (listener.h); `unreachable` or `not_available` if no address is of this machine. Of a service "0" all have
// the same port, as listener.h says.
[[nodiscard]] inline task<result_of<listener>> listen(engine& engine, std::string host, std::string service,
                                                      listener_options options = {}, deadline until = never)
{
    address addresses[AS_LISTENER_ADDRESSES];
    const question asked{host.empty() ? nullptr : host.c_str(), service.c_str(), options.family, true};
    const resolved found = co_await resolve(engine, asked, addresses, until);
    if (!found) {
        co_return static_cast<const result&>(found);
    }
    co_return detail::listen_at_all(engine, found.addresses(), options);
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
