// c_pal/socket_transport.h: the checks that every platform shares.
#include "c_pal/socket_transport.h"

#include "c_api/c_pal/handles.hpp"
#include "core/common/log.hpp"
#include "core/transport/local_address_list.hpp"

using namespace async_socket;

extern "C" SOCKET_TRANSPORT_HANDLE socket_transport_create_client(void)
{
    return c_api::to_handle(core::transport::create(SOCKET_CLIENT));
}

extern "C" SOCKET_TRANSPORT_HANDLE socket_transport_create_server(void)
{
    return c_api::to_handle(core::transport::create(SOCKET_BINDING));
}

extern "C" SOCKET_TRANSPORT_HANDLE socket_transport_create_from_socket(SOCKET_HANDLE socket_handle)
{
    return c_api::to_handle(core::transport::adopt(socket_handle));
}

extern "C" void socket_transport_destroy(SOCKET_TRANSPORT_HANDLE socket_transport)
{
    if (socket_transport != nullptr) {
        core::transport::destroy(c_api::to_transport(socket_transport));
    }
}

extern "C" int socket_transport_connect(SOCKET_TRANSPORT_HANDLE socket_transport, const char* hostname, uint16_t port,
                                        uint32_t connection_timeout_ms)
{
    core::transport* const transport = c_api::to_transport(socket_transport);
    if (transport == nullptr || port == 0) {
        LOG_ERROR("socket_transport_connect: %s", transport == nullptr ? "handle is NULL" : "port is 0");
        return 1;
    }
    // Some resolvers take an empty name for this machine.
    if (hostname == nullptr || *hostname == '\0') {
        LOG_ERROR("socket_transport_connect: hostname is %s", hostname == nullptr ? "NULL" : "empty");
        return 1;
    }
    if (transport->type() != SOCKET_CLIENT) {
        LOG_ERROR("socket_transport_connect: not a client handle");
        return 1;
    }
    return transport->connect(hostname, port, connection_timeout_ms) ? 0 : 1;
}

extern "C" int socket_transport_listen(SOCKET_TRANSPORT_HANDLE socket_transport, uint16_t port)
{
    core::transport* const transport = c_api::to_transport(socket_transport);
    if (transport == nullptr || transport->type() != SOCKET_BINDING) {
        LOG_ERROR("socket_transport_listen: not a server handle");
        return 1;
    }
    return transport->listen(port) ? 0 : 1;
}

extern "C" SOCKET_ACCEPT_RESULT socket_transport_accept(SOCKET_TRANSPORT_HANDLE socket_transport,
                                                        SOCKET_TRANSPORT_HANDLE* accepted_socket,
                                                        uint32_t connection_timeout_ms)
{
    if (accepted_socket == nullptr) {
        LOG_ERROR("socket_transport_accept: accepted_socket is NULL");
        return SOCKET_ACCEPT_ERROR;
    }
    *accepted_socket = nullptr;
    core::transport* const transport = c_api::to_transport(socket_transport);
    if (transport == nullptr || transport->type() != SOCKET_BINDING) {
        LOG_ERROR("socket_transport_accept: not a server handle");
        return SOCKET_ACCEPT_ERROR;
    }
    core::transport* accepted = nullptr;
    const SOCKET_ACCEPT_RESULT result = transport->accept(&accepted, connection_timeout_ms);
    *accepted_socket = c_api::to_handle(accepted);
    return result;
}

extern "C" SOCKET_SEND_RESULT socket_transport_send(SOCKET_TRANSPORT_HANDLE socket_transport,
                                                    const SOCKET_BUFFER* payload, uint32_t buffer_count,
                                                    uint32_t* bytes_sent, uint32_t flags, void* data)
{
    if (socket_transport == nullptr || payload == nullptr || buffer_count == 0) {
        LOG_ERROR("socket_transport_send: invalid argument");
        return SOCKET_SEND_INVALID_ARG;
    }
    return c_api::to_transport(socket_transport)->send(payload, buffer_count, bytes_sent, flags, data);
}

extern "C" SOCKET_RECEIVE_RESULT socket_transport_receive(SOCKET_TRANSPORT_HANDLE socket_transport,
                                                          SOCKET_BUFFER* payload, uint32_t buffer_count,
                                                          uint32_t* bytes_recv, uint32_t flags, void* data)
{
    if (socket_transport == nullptr || payload == nullptr || buffer_count == 0) {
        LOG_ERROR("socket_transport_receive: invalid argument");
        return SOCKET_RECEIVE_INVALID_ARG;
    }
    return c_api::to_transport(socket_transport)->receive(payload, buffer_count, bytes_recv, flags, data);
}

extern "C" void socket_transport_disconnect(SOCKET_TRANSPORT_HANDLE socket_transport)
{
    if (socket_transport != nullptr) {
        c_api::to_transport(socket_transport)->disconnect();
    }
}

extern "C" SOCKET_HANDLE socket_transport_get_underlying_socket(SOCKET_TRANSPORT_HANDLE socket_transport)
{
    return socket_transport == nullptr ? backend::no_connection().socket
                                       : c_api::to_transport(socket_transport)->handle();
}

extern "C" bool socket_transport_is_valid_socket(SOCKET_TRANSPORT_HANDLE socket_transport_handle)
{
    return socket_transport_handle != nullptr && c_api::to_transport(socket_transport_handle)->is_open();
}

extern "C" int socket_transport_get_local_address(SOCKET_TRANSPORT_HANDLE socket_transport, char* hostname,
                                                  LOCAL_ADDRESS** local_address_list, uint32_t* address_count)
{
    if (socket_transport == nullptr || hostname == nullptr || local_address_list == nullptr ||
        address_count == nullptr) {
        LOG_ERROR("socket_transport_get_local_address: an argument is NULL");
        return 1;
    }
    return core::local_addresses(hostname, local_address_list, address_count) ? 0 : 1;
}
