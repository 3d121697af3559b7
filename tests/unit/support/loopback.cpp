#include "support/loopback.hpp"

#include <gtest/gtest.h>

#include "core/platform/last_error.hpp"

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

SOCKET_BUFFER buffer_over(std::string& text)
{
    return {static_cast<std::uint32_t>(text.size()), reinterpret_cast<unsigned char*>(text.data())};
}

void send_text(const owned_transport& from, std::string text)
{
    const SOCKET_BUFFER buffer = buffer_over(text);
    std::uint32_t sent = 0;
    ASSERT_EQ(socket_transport_send(from.get(), &buffer, 1, &sent, 0, nullptr), SOCKET_SEND_OK);
    ASSERT_EQ(sent, text.size());
}

std::string receive_text(const owned_transport& to, std::size_t length)
{
    std::string text(length, '\0');
    std::size_t done = 0;
    while (done < length) {
        SOCKET_BUFFER rest{static_cast<std::uint32_t>(length - done),
                           reinterpret_cast<unsigned char*>(text.data()) + done};
        std::uint32_t received = 0;
        if (socket_transport_receive(to.get(), &rest, 1, &received, 0, nullptr) != SOCKET_RECEIVE_OK || received == 0) {
            ADD_FAILURE() << "the connection ended, error " << backend::last_error();
            break;
        }
        done += received;
    }
    return text;
}

} // namespace async_socket::test
