#include "core/transport/transport.hpp"

#include "core/common/log.hpp"
#include "core/platform/address_wait.hpp"

namespace async_socket::core {

transport* transport::create(SOCKET_TYPE type) noexcept
{
    return backend::transport_allocate(type);
}

transport* transport::adopt(SOCKET_HANDLE socket) noexcept
{
    if (!backend::is_connection({nullptr, socket})) {
        LOG_ERROR("socket_transport_create_from_socket: invalid socket");
        return nullptr;
    }
    transport* const created = create(SOCKET_CLIENT);
    if (created != nullptr) {
        (void)created->begin_open(); // a new one always can
        (void)created->end_open(backend::unique_socket(socket));
    }
    return created;
}

void transport::destroy(transport* transport) noexcept
{
    transport->disconnect();
    release(transport);
}

void transport::release(transport* transport) noexcept
{
    if (transport->references_.fetch_sub(1, std::memory_order_acq_rel) != 1 || backend::process_is_ending()) {
        return;
    }
    // A disconnect may still be under way, or a refused call on its way out, on another thread.
    while (!transport->life_.retire()) {
        transport->disconnect();
    }
    backend::transport_free(transport);
}

SOCKET_HANDLE transport::handle() noexcept
{
    const lifecycle::visit visit(life_);
    return visit.is_inside() ? socket_.get() : backend::no_connection().socket;
}

bool transport::begin_open() noexcept
{
    return references_.load(std::memory_order_acquire) == 1 && life_.begin_open();
}

bool transport::end_open(backend::unique_socket socket) noexcept
{
    const bool opens = static_cast<bool>(socket);
    socket_ = std::move(socket);
    if (opens) {
        (void)life_.end_open(); // and leaves
    } else {
        life_.abandon_open();
    }
    return opens;
}

SOCKET_SEND_RESULT transport::send(const SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* bytes_sent,
                                   std::uint32_t flags, void* data) noexcept
{
    std::uint32_t code = 0;
    {
        const lifecycle::visit visit(life_);
        if (!visit.is_inside()) {
            // An error of before would be misleading: it may look like an operation on its way.
            backend::set_last_error(code_of(backend::own_error::not_connected));
            return SOCKET_SEND_ERROR;
        }
        code = backend::send(*this, payload, count, bytes_sent, flags, data);
    }
    if (code != 0) {
        backend::set_last_error(code); // leaving may have disturbed it
        return SOCKET_SEND_FAILED;
    }
    return SOCKET_SEND_OK;
}

SOCKET_RECEIVE_RESULT transport::receive(SOCKET_BUFFER* payload, std::uint32_t count, std::uint32_t* bytes_received,
                                         std::uint32_t flags, void* data) noexcept
{
    std::uint32_t code = 0;
    {
        const lifecycle::visit visit(life_);
        if (!visit.is_inside()) {
            backend::set_last_error(code_of(backend::own_error::not_connected));
            return SOCKET_RECEIVE_ERROR;
        }
        code = backend::receive(*this, payload, count, bytes_received, flags, data);
    }
    if (code == 0) {
        return SOCKET_RECEIVE_OK;
    }
    backend::set_last_error(code); // as above
    if (!backend::is_later(code)) {
        return SOCKET_RECEIVE_ERROR;
    }
    if (bytes_received != nullptr) {
        *bytes_received = 0;
    }
    return SOCKET_RECEIVE_WOULD_BLOCK;
}

void transport::disconnect() noexcept
{
    if (backend::process_is_ending()) {
        return;
    }
    const backend::last_error_guard keep;
    if (!life_.begin_close()) {
        if (!life_.is_inherited()) {
            stop_.raise();
        }
        return;
    }
    disconnects_.fetch_add(1, std::memory_order_release);
    backend::wake_all(disconnects_);
    backend::transport_end(*this);
    life_.end_close();
}

} // namespace async_socket::core
