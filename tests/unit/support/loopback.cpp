#include "support/loopback.hpp"

#include <gtest/gtest.h>

namespace async_socket::test {

owned_transport new_client()
{
    return owned_transport(socket_transport_create_client());
}

owned_transport new_server()
{
    return owned_transport(socket_transport_create_server());
}

SOCKET_HANDLE socket_of(const owned_transport& transport)
{
    return socket_transport_get_underlying_socket(transport.get());
}

listening_transport::listening_transport() : server(new_server())
{
    EXPECT_EQ(socket_transport_listen(server.get(), 0), 0);
    port = port_of(socket_of(server));
    EXPECT_NE(port, 0);
}

connected_pair::connected_pair() : client(new_client())
{
    const listening_transport listener;
    EXPECT_EQ(socket_transport_connect(client.get(), "127.0.0.1", listener.port, 30000), 0);
    SOCKET_TRANSPORT_HANDLE other = nullptr;
    EXPECT_EQ(socket_transport_accept(listener.server.get(), &other, 30000), SOCKET_ACCEPT_OK);
    accepted = owned_transport(other);
}

silent_listener::silent_listener(family which, std::uint16_t port)
    : listener_(listen_loopback(which, port, 0)), port_(port_of(listener_.get()))
{
    for (plain_socket& filler : fillers_) {
        filler = begin_to_connect(which, port_);
        if (!is_answered(filler)) {
            return;
        }
    }
    ADD_FAILURE() << "the listener still answers";
}

} // namespace async_socket::test
