// What a transport needs of the system. Implemented by the platform, in its folder `transport`. "Sets the last error":
// core/platform/last_error.hpp.
#pragma once

#include <cstdint>

#include "c_pal/socket_transport.h"
#include "core/common/unique_handle.hpp"
#include "core/platform/backend.hpp"

struct addrinfo; // the system's

namespace async_socket::core {
class local_address_list;
class stop_signal;
class transport;
} // namespace async_socket::core

namespace async_socket::backend {

// ---- objects

// With whatever the platform adds to it. Null, and a message in the log, if that cannot be had.
[[nodiscard]] core::transport* transport_allocate(SOCKET_TYPE type) noexcept;
void transport_free(core::transport* transport) noexcept;

// One with nothing unsent: it does not wait.
void close_socket(SOCKET_HANDLE socket) noexcept;
struct socket_traits {
    using type = SOCKET_HANDLE;
    static type none() noexcept { return no_connection().socket; }
    static void close(type socket) noexcept { close_socket(socket); }
};
using unique_socket = core::unique_handle<socket_traits>;

// Errors of ours, in the system's numbers.
enum class own_error { not_connected, cancelled };
[[nodiscard]] std::uint32_t code_of(own_error error) noexcept;

// ---- connect

// The addresses of a name, in the resolver's order, and the one behind another; null if there is none. Which name it
// was, and why it has none, is in the log.
[[nodiscard]] addrinfo* resolve(const char* host, const char* service) noexcept;
[[nodiscard]] const addrinfo* next_of(const addrinfo& address) noexcept;
void free_addresses(addrinfo* list) noexcept;

// What a thread waits for that connects: a socket (Linux) or an event (Windows).
using wait_handle = SOCKET_HANDLE;
// Ends that wait. The last error stays.
void wake(wait_handle waited_for) noexcept;

// A blocking socket that is connected to that address. Empty, with the last error set, if that fails, takes longer, or
// is stopped.
[[nodiscard]] unique_socket connect_to(const addrinfo& address, std::uint32_t timeout_ms,
                                       core::stop_signal& stop) noexcept;

// ---- listen and accept

enum class families { both, ipv4 };
// A socket that listens at all interfaces. Empty, with the last error set, on a failure.
[[nodiscard]] unique_socket listen_at(core::transport& transport, families which, std::uint16_t port) noexcept;
// The error of a machine that has no IPv6, and not because something was out for a moment: nobody would notice.
[[nodiscard]] bool is_without_ipv6(std::uint32_t code) noexcept;

// The next connection, a blocking socket. Does not wait. Empty, with the last error set, if there is none.
[[nodiscard]] unique_socket accept_next(core::transport& transport) noexcept;
enum class accept_problem {
    nobody,      // there is none, or the one that was next has gone wrong; the listener has not
    no_room,     // no descriptors or memory: the connection that is next waits on
    in_progress, // Windows only
    failed
};
[[nodiscard]] accept_problem problem_of(std::uint32_t code) noexcept;
// Until somebody may be there, the transport ends, or the time is over. False, with the last error set, if the system
// cannot wait.
[[nodiscard]] bool wait_for_connection(core::transport& transport, std::uint32_t timeout_ms) noexcept;

// ---- data. The caller is inside the open transport.

// As socket_transport_send and _receive. 0, and *moved is the count (unless null); or the error. What a disconnect has
// ended is told as that by Linux.
[[nodiscard]] std::uint32_t send(core::transport& transport, const SOCKET_BUFFER* payload, std::uint32_t count,
                                 std::uint32_t* moved, std::uint32_t flags, void* data) noexcept;
[[nodiscard]] std::uint32_t receive(core::transport& transport, SOCKET_BUFFER* payload, std::uint32_t count,
                                    std::uint32_t* moved, std::uint32_t flags, void* data) noexcept;
// The receive is on its way (Windows), or nothing is there (Linux).
[[nodiscard]] bool is_later(std::uint32_t code) noexcept;

// ---- end

// Ends what is pending on the transport, which refuses calls already, waits for the calls inside, closes the socket.
void transport_end(core::transport& transport) noexcept;

// ---- this machine

// Both: false with the last error set. `room` is one for MAX_GET_HOST_NAME_LEN bytes.
[[nodiscard]] bool host_name(char* room) noexcept;
// The addresses of the interfaces that are up.
[[nodiscard]] bool find_addresses(core::local_address_list& found) noexcept;

} // namespace async_socket::backend
