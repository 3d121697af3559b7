// c_pal/socket_transport.h: what is refused for its arguments or its state.
#include <cstdint>

#include <gtest/gtest.h>

#include "c_pal/socket_transport.h"
#include "core/platform/last_error.hpp"
#include "support/loopback.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

SOCKET_TRANSPORT_HANDLE garbage()
{
    return reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(std::uintptr_t{0x55});
}

TEST(TransportArguments, NullHandles)
{
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    SOCKET_TRANSPORT_HANDLE accepted = garbage();
    char name[MAX_GET_HOST_NAME_LEN];
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    EXPECT_NE(socket_transport_connect(nullptr, "127.0.0.1", 1, 1000), 0);
    EXPECT_NE(socket_transport_listen(nullptr, 0), 0);
    EXPECT_EQ(socket_transport_accept(nullptr, &accepted, 0), SOCKET_ACCEPT_ERROR);
    EXPECT_EQ(accepted, nullptr);
    EXPECT_EQ(socket_transport_send(nullptr, &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_INVALID_ARG);
    EXPECT_EQ(socket_transport_receive(nullptr, &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_INVALID_ARG);
    socket_transport_disconnect(nullptr);
    socket_transport_destroy(nullptr);
    EXPECT_EQ(socket_transport_get_underlying_socket(nullptr), no_socket());
    EXPECT_FALSE(socket_transport_is_valid_socket(nullptr));
    EXPECT_NE(socket_transport_get_local_address(nullptr, name, &list, &count), 0);
}

TEST(TransportArguments, ANewHandleIsNotOpen)
{
    const owned_transport client = new_client();
    const owned_transport server = new_server();
    for (SOCKET_TRANSPORT_HANDLE transport : {client.get(), server.get()}) {
        ASSERT_NE(transport, nullptr);
        EXPECT_FALSE(socket_transport_is_valid_socket(transport));
        EXPECT_EQ(socket_transport_get_underlying_socket(transport), no_socket());
        socket_transport_disconnect(transport); // only returns
    }
}

TEST(TransportArguments, ConnectNeedsAHostAndAPort)
{
    const owned_transport client = new_client();
    EXPECT_NE(socket_transport_connect(client.get(), nullptr, 1, 1000), 0);
    EXPECT_NE(socket_transport_connect(client.get(), "127.0.0.1", 0, 1000), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
}

// Not to this machine, which some resolvers take it for.
TEST(TransportArguments, AnEmptyHostIsRefused)
{
    const listening_transport listener;
    const owned_transport client = new_client();
    EXPECT_NE(socket_transport_connect(client.get(), "", listener.port, 1000), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
}

TEST(TransportArguments, AServerCannotConnect)
{
    const listening_transport listener;
    const owned_transport server = new_server();
    EXPECT_NE(socket_transport_connect(server.get(), "127.0.0.1", listener.port, 1000), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(server.get()));
}

TEST(TransportArguments, AClientCanNeitherListenNorAccept)
{
    const owned_transport client = new_client();
    EXPECT_NE(socket_transport_listen(client.get(), 0), 0);
    EXPECT_FALSE(socket_transport_is_valid_socket(client.get()));
    SOCKET_TRANSPORT_HANDLE accepted = garbage();
    EXPECT_EQ(socket_transport_accept(client.get(), &accepted, 0), SOCKET_ACCEPT_ERROR);
    EXPECT_EQ(accepted, nullptr);
    const connected_pair pair;
    accepted = garbage();
    EXPECT_EQ(socket_transport_accept(pair.client.get(), &accepted, 0), SOCKET_ACCEPT_ERROR);
    EXPECT_EQ(accepted, nullptr);
}

TEST(TransportArguments, AcceptNeedsAPlaceForTheResultAndAListeningServer)
{
    const listening_transport listener;
    EXPECT_EQ(socket_transport_accept(listener.server.get(), nullptr, 0), SOCKET_ACCEPT_ERROR);
    const owned_transport server = new_server();
    SOCKET_TRANSPORT_HANDLE accepted = garbage();
    EXPECT_EQ(socket_transport_accept(server.get(), &accepted, 0), SOCKET_ACCEPT_ERROR);
    EXPECT_EQ(accepted, nullptr);
}

TEST(TransportArguments, SendAndReceiveNeedAPayload)
{
    const connected_pair pair;
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    EXPECT_EQ(socket_transport_send(pair.client.get(), nullptr, 1, nullptr, 0, nullptr), SOCKET_SEND_INVALID_ARG);
    EXPECT_EQ(socket_transport_send(pair.client.get(), &buffer, 0, nullptr, 0, nullptr), SOCKET_SEND_INVALID_ARG);
    EXPECT_EQ(socket_transport_receive(pair.client.get(), nullptr, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_INVALID_ARG);
    EXPECT_EQ(socket_transport_receive(pair.client.get(), &buffer, 0, nullptr, 0, nullptr), SOCKET_RECEIVE_INVALID_ARG);
    EXPECT_TRUE(socket_transport_is_valid_socket(pair.client.get()));
}

// 01_099, 01_106: an old "in progress" would look like an operation on its way.
TEST(TransportArguments, SendAndReceiveOnAHandleThatIsNotOpenLeaveAFreshError)
{
    const owned_transport client = new_client();
    unsigned char byte = 0;
    SOCKET_BUFFER buffer{1, &byte};
    backend::set_last_error(errors.in_progress);
    EXPECT_EQ(socket_transport_send(client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_SEND_ERROR);
    EXPECT_EQ(backend::last_error(), errors.not_connected);
    backend::set_last_error(errors.in_progress);
    EXPECT_EQ(socket_transport_receive(client.get(), &buffer, 1, nullptr, 0, nullptr), SOCKET_RECEIVE_ERROR);
    EXPECT_EQ(backend::last_error(), errors.not_connected);
}

TEST(TransportArguments, CreateFromSocketNeedsASocket)
{
    for (const SOCKET_HANDLE invalid : invalid_handles()) {
        EXPECT_EQ(socket_transport_create_from_socket(invalid), nullptr);
    }
}

TEST(TransportArguments, LocalAddressNeedsEveryPlaceForItsResults)
{
    const owned_transport client = new_client();
    char name[MAX_GET_HOST_NAME_LEN];
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    EXPECT_NE(socket_transport_get_local_address(client.get(), nullptr, &list, &count), 0);
    EXPECT_NE(socket_transport_get_local_address(client.get(), name, nullptr, &count), 0);
    EXPECT_NE(socket_transport_get_local_address(client.get(), name, &list, nullptr), 0);
}

} // namespace
