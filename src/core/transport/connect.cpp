// socket_transport_connect: a name to a connected socket, within a time.
#include <cstdio>

#include "core/common/countdown.hpp"
#include "core/common/log.hpp"
#include "core/transport/transport.hpp"

namespace async_socket::core {

namespace {

struct found_addresses_traits {
    using type = addrinfo*;
    static type none() noexcept { return nullptr; }
    static void close(type list) noexcept { backend::free_addresses(list); }
};
using found_addresses = unique_handle<found_addresses_traits>;

found_addresses resolve(const char* host, std::uint16_t port) noexcept
{
    char service[8];
    (void)std::snprintf(service, sizeof service, "%u", static_cast<unsigned>(port));
    return found_addresses(backend::resolve(host, service));
}

std::uint32_t count(const addrinfo* list) noexcept
{
    std::uint32_t addresses = 0;
    for (; list != nullptr; list = backend::next_of(*list)) {
        ++addresses;
    }
    return addresses;
}

// Tries one address after the other. Each gets its share of the time that is left, so that one that
// does not answer leaves some for the next; the time that a refused one did not use is theirs too.
backend::unique_socket connect_to_any(const addrinfo* list, std::uint32_t timeout_ms, stop_signal& stop) noexcept
{
    const countdown time(timeout_ms);
    for (; list != nullptr && !stop.is_raised(); list = backend::next_of(*list)) {
        backend::unique_socket socket = backend::connect_to(*list, time.left_ms() / count(list), stop);
        if (socket) {
            return socket;
        }
    }
    return {};
}

} // namespace

bool transport::connect(const char* host, std::uint16_t port, std::uint32_t timeout_ms) noexcept
{
    if (!begin_open()) {
        LOG_ERROR("socket_transport_connect: connected already, or used by an open async socket");
        return false;
    }
    stop_.begin();
    const found_addresses list = resolve(host, port);
    backend::unique_socket socket = connect_to_any(list.get(), timeout_ms, stop_);
    if (!stop_.end()) {
        socket.reset();
        backend::set_last_error(code_of(backend::own_error::cancelled));
    }
    if (list && !socket) {
        LOG_WARNING_CODE(backend::last_error(), "cannot connect to %s port %u", host, static_cast<unsigned>(port));
    }
    return end_open(std::move(socket));
}

} // namespace async_socket::core
