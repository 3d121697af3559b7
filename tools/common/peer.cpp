#include "common/peer.hpp"

#include <cstdint>

namespace tools {

peer::~peer()
{
    async_socket_destroy(async_socket_); // closes the connection, but leaves the transport handle
    socket_transport_destroy(transport_);
}

bool peer::open(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode)
{
    async_socket_ = async_socket_create(engine);
    if (async_socket_set_completion_mode(async_socket_, mode) != 0) {
        return false; // there is no async socket
    }
    const auto nothing_more_to_do = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
    return async_socket_open_async(async_socket_, transport_, nothing_more_to_do, nullptr) == 0;
}

bool peer::receive(std::span<std::byte> room, ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_complete, void* context)
{
    ASYNC_SOCKET_BUFFER buffer{room.data(), static_cast<std::uint32_t>(room.size())};
    return async_socket_receive_async(async_socket_, &buffer, 1, on_complete, context) == 0;
}

bool peer::send(std::span<const std::byte> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE on_complete, void* context)
{
    // The C API has no const here, and does not write.
    const ASYNC_SOCKET_BUFFER buffer{const_cast<std::byte*>(bytes.data()), static_cast<std::uint32_t>(bytes.size())};
    return async_socket_send_async(async_socket_, &buffer, 1, on_complete, context) == ASYNC_SOCKET_SEND_SYNC_OK;
}

void peer::close() noexcept
{
    async_socket_close(async_socket_);
    socket_transport_disconnect(transport_); // if no async socket was opened on it
}

SOCKET_HANDLE peer::socket() const noexcept
{
    return socket_transport_get_underlying_socket(transport_);
}

} // namespace tools
