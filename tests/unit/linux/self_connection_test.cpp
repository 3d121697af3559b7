// A socket that is connected to itself.
#include "linux/transport/self_connection.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "support/loopback.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;

TEST(SelfConnection, IsFound)
{
    for (const family which : {family::ipv4, family::ipv6}) {
        const plain_socket socket = bind_loopback(which);
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        auto* const name = reinterpret_cast<sockaddr*>(&own);
        ASSERT_EQ(getsockname(socket.get(), name, &size), 0);
        ASSERT_EQ(connect(socket.get(), name, size), 0);
        EXPECT_TRUE(linux_os::is_connected_to_itself(socket.get()));
    }
}

TEST(SelfConnection, IsNotSeenInOthers)
{
    const connected_pair pair;
    EXPECT_FALSE(linux_os::is_connected_to_itself(socket_of(pair.client)));
    EXPECT_FALSE(linux_os::is_connected_to_itself(socket_of(pair.accepted)));
    EXPECT_FALSE(linux_os::is_connected_to_itself(bind_loopback(family::ipv4).get())); // not connected
}

} // namespace
