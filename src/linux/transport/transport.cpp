#include "linux/transport/transport.hpp"

#include <sys/socket.h>

#include "core/log.hpp"
#include "core/memory.hpp"
#include "linux/system/fork.hpp"
#include "linux/system/linger.hpp"

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

bool transport::begin_open() noexcept
{
    return references_.load(std::memory_order_acquire) == 1 && life_.begin_open();
}

void transport::end_open(linux_os::unique_fd socket) noexcept
{
    if (socket) {
        socket_ = std::move(socket);
        socket_uses_.store(1, std::memory_order_relaxed);
        (void)life_.end_open(); // and leaves
    } else {
        life_.abandon_open();
    }
}

int transport::hold_socket() noexcept
{
    // Inside, so that a disconnect cannot take the last use away meanwhile.
    const core::lifecycle::visit visit(life_);
    if (!visit.is_inside()) {
        return linux_os::unique_fd::none;
    }
    socket_uses_.fetch_add(1, std::memory_order_relaxed);
    add_reference();
    return socket_.get();
}

void transport::let_go_of_socket(transport* transport) noexcept
{
    // In this order: until the reference is gone the transport cannot be opened with another socket.
    transport->drop_socket_use();
    transport_release(transport);
}

void transport::drop_socket_use() noexcept
{
    if (socket_uses_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        if (!life_.is_inherited()) { // the option is the connection's, and so the parent's too
            linux_os::forget_lingering(socket_.get());
        }
        socket_.reset();
    }
}

void transport::disconnect() noexcept
{
    if (!life_.begin_close()) {
        if (!life_.is_inherited()) {
            attempt_.cancel();
        }
        return;
    }
    const last_error_guard keep;
    if (!life_.is_inherited()) {
        end_connection(socket_.get());
    }
    life_.wait_for_calls();
    drop_socket_use();
    life_.end_close();
}

transport* transport_create(SOCKET_TYPE type) noexcept
{
    transport* const created = linux_os::watch_forks() ? core::create<transport>(type) : nullptr;
    if (created == nullptr) {
        LOG_ERROR("socket_transport: out of memory");
    }
    return created;
}

transport* transport_adopt(SOCKET_HANDLE socket) noexcept
{
    if (socket < 0) {
        LOG_ERROR("socket_transport_create_from_socket: invalid socket");
        return nullptr;
    }
    transport* const created = transport_create(SOCKET_CLIENT);
    if (created != nullptr) {
        (void)created->begin_open(); // a new one always can
        created->end_open(linux_os::unique_fd(socket));
    }
    return created;
}

void transport_destroy(transport* transport) noexcept
{
    transport->disconnect();
    transport_release(transport);
}

void transport_add_reference(transport& transport) noexcept
{
    transport.add_reference();
}

void transport_release(transport* transport) noexcept
{
    if (transport->drop_reference()) {
        // A disconnect may still be under way, or a refused call on its way out, on another thread.
        while (!transport->life().retire()) {
            transport->disconnect();
        }
        core::destroy(transport);
    }
}

SOCKET_TYPE transport_type(const transport& transport) noexcept
{
    return transport.type();
}

void transport_disconnect(transport& transport) noexcept
{
    transport.disconnect();
}

SOCKET_HANDLE transport_socket(transport& transport) noexcept
{
    const core::lifecycle::visit visit(transport.life());
    return visit.is_inside() ? transport.socket() : INVALID_SOCKET;
}

bool transport_is_open(transport& transport) noexcept
{
    return transport.life().is_open();
}

} // namespace async_socket::backend
