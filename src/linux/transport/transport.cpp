#include "linux/transport/transport.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "linux/system/error.hpp"
#include "linux/system/linger.hpp"
#include "linux/system/unique_fd.hpp"
#include "linux/thread/fork.hpp"

namespace async_socket::backend {

namespace {

// Wakes all that waits on the socket, and ends the connection for the peer. The errors only say that there
// is no connection any more; the wake-up happens all the same.
void end_connection(int socket) noexcept
{
    if (linux_os::ends_with_reset(socket)) {
        // The user wants the peer to see a reset, as close would send it; a shutdown comes as an end.
        sockaddr nobody{};
        nobody.sa_family = AF_UNSPEC;
        (void)::connect(socket, &nobody, sizeof nobody);
    }
    (void)::shutdown(socket, SHUT_RDWR);
}

} // namespace

int transport::hold_socket() noexcept
{
    // Inside, so that a disconnect cannot take the last use away meanwhile.
    const core::lifecycle::visit visit(life());
    if (!visit.is_inside()) {
        return socket_traits::none();
    }
    further_uses_.fetch_add(1, std::memory_order_relaxed);
    add_reference();
    return socket().get();
}

void transport::let_go_of_socket(transport* transport) noexcept
{
    // In this order: until the reference is gone the transport cannot be opened with another socket.
    transport->drop_socket_use();
    release(transport);
}

void transport::drop_socket_use() noexcept
{
    if (further_uses_.fetch_sub(1, std::memory_order_acq_rel) == 0) {
        further_uses_.store(0, std::memory_order_relaxed);
        if (!life().is_inherited()) { // the option is the connection's, and so the parent's too
            linux_os::forget_lingering(socket().get());
        }
        socket().reset();
    }
}

void transport::end() noexcept
{
    if (!life().is_inherited()) {
        end_connection(socket().get());
    }
    life().wait_for_calls();
    drop_socket_use();
}

core::transport* transport_allocate(SOCKET_TYPE type) noexcept
{
    transport* const created = linux_os::watch_forks() ? core::create<transport>(type) : nullptr;
    if (created == nullptr) {
        LOG_ERROR("socket_transport: out of memory");
    }
    return created;
}

void transport_free(core::transport* transport) noexcept
{
    core::destroy(&transport::of(*transport));
}

void transport_end(core::transport& transport) noexcept
{
    transport::of(transport).end();
}

void close_socket(SOCKET_HANDLE socket) noexcept
{
    linux_os::fd_traits::close(socket);
}

std::uint32_t code_of(own_error error) noexcept
{
    return error == own_error::cancelled ? ECANCELED : ENOTCONN;
}

bool is_later(std::uint32_t code) noexcept
{
    return linux_os::is_later(static_cast<int>(code));
}

} // namespace async_socket::backend
