// socket_transport_listen and _accept.
#include <algorithm>

#include "core/common/countdown.hpp"
#include "core/common/log.hpp"
#include "core/platform/address_wait.hpp"
#include "core/transport/transport.hpp"

namespace async_socket::core {

using backend::accept_problem;

namespace {

SOCKET_ACCEPT_RESULT accept_as_client(backend::unique_socket socket, transport** accepted) noexcept
{
    *accepted = transport::adopt(socket.get());
    if (*accepted == nullptr) {
        return SOCKET_ACCEPT_ERROR;
    }
    (void)socket.release();
    return SOCKET_ACCEPT_OK;
}

} // namespace

bool transport::listen(std::uint16_t port) noexcept
{
    if (!begin_open()) {
        LOG_ERROR("socket_transport_listen: already listening");
        return false;
    }
    backend::unique_socket socket = backend::listen_at(*this, backend::families::both, port);
    if (!socket && backend::is_without_ipv6(backend::last_error())) {
        socket = backend::listen_at(*this, backend::families::ipv4, port);
    }
    if (!socket) {
        LOG_ERROR_CODE(backend::last_error(), "cannot listen on port %u", static_cast<unsigned>(port));
    }
    return end_open(std::move(socket));
}

SOCKET_ACCEPT_RESULT transport::accept(transport** accepted, std::uint32_t timeout_ms) noexcept
{
    const lifecycle::visit visit(life_);
    if (!visit.is_inside()) {
        return SOCKET_ACCEPT_ERROR;
    }
    const countdown time(timeout_ms);
    back_off pauses;
    for (;;) {
        backend::unique_socket socket = backend::accept_next(*this);
        if (socket) {
            shortage_.end();
            return accept_as_client(std::move(socket), accepted);
        }
        const std::uint32_t code = backend::last_error();
        const accept_problem problem = backend::problem_of(code);
        const bool is_short = problem == accept_problem::no_room;
        if (is_short && shortage_.begin()) { // LINUX_16_001
            LOG_WARNING_CODE(code, "socket_transport_accept: no room for a connection, which waits on");
        }
        const std::uint32_t left_ms = time.left_ms();
        if (problem == accept_problem::failed || problem == accept_problem::in_progress || !is_open()) {
            return give_up(problem, code);
        }
        if (left_ms == 0) {
            return is_short ? SOCKET_ACCEPT_PORT_EXHAUSTION : SOCKET_ACCEPT_NO_CONNECTION;
        }
        if (is_short) {
            wait_for_room(std::min(pauses.next_ms(), left_ms));
        } else if (!backend::wait_for_connection(*this, left_ms)) {
            return give_up(accept_problem::failed, backend::last_error());
        }
    }
}

SOCKET_ACCEPT_RESULT transport::give_up(accept_problem problem, std::uint32_t code) noexcept
{
    if (is_open()) { // otherwise a disconnect ended it
        LOG_WARNING_CODE(code, "socket_transport_accept");
    }
    return problem == accept_problem::in_progress ? SOCKET_ACCEPT_INPROGRESS : SOCKET_ACCEPT_ERROR;
}

void transport::wait_for_room(std::uint32_t timeout_ms) noexcept
{
    const std::uint32_t seen = disconnects_.load(std::memory_order_acquire);
    if (is_open()) {
        backend::wait_while_equal(disconnects_, seen, timeout_ms);
    }
}

} // namespace async_socket::core
