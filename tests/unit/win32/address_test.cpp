// async_socket/address.h: what the system has to do with it.
#include "async_socket/address.h"

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "win32/system/win.hpp"

namespace {

TEST(AddressOnWindows, IsTheSystemsOwnForm)
{
    as_address address{};
    ASSERT_EQ(as_address_parse(&address, "192.0.2.1", 0x1234).how, std::uint32_t{AS_DONE});
    std::size_t size = 0;
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, as_address_system(&address, &size), sizeof ipv4);
    EXPECT_EQ(size, sizeof ipv4);
    EXPECT_EQ(ipv4.sin_family, AF_INET);
    EXPECT_EQ(ipv4.sin_port, htons(0x1234));
    const unsigned char bytes[] = {192, 0, 2, 1};
    EXPECT_EQ(std::memcmp(&ipv4.sin_addr, bytes, sizeof bytes), 0);

    ASSERT_EQ(as_address_parse(&address, "fe80::1%7", 0x1234).how, std::uint32_t{AS_DONE});
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, as_address_system(&address, &size), sizeof ipv6);
    EXPECT_EQ(size, sizeof ipv6);
    EXPECT_EQ(ipv6.sin6_family, AF_INET6);
    EXPECT_EQ(ipv6.sin6_port, htons(0x1234));
    EXPECT_EQ(ipv6.sin6_scope_id, 7U);
}

TEST(AddressOnWindows, LeavesOutWhatIsNoPartOfIt)
{
    sockaddr_in6 form{};
    form.sin6_family = AF_INET6;
    form.sin6_flowinfo = 0x12345;
    form.sin6_port = htons(80);
    as_address address{};
    ASSERT_EQ(as_address_from_system(&address, &form, sizeof form).how, std::uint32_t{AS_DONE});
    as_address any{};
    ASSERT_EQ(as_address_any(&any, AS_IPV6, 80).how, std::uint32_t{AS_DONE});
    EXPECT_TRUE(as_address_equal(&address, &any));
}

TEST(AddressOnWindows, IsNoneOfThisMachineAlone)
{
    as_address address{};
    EXPECT_EQ(as_address_unix(&address, "path", 4).how, std::uint32_t{AS_NOT_AVAILABLE});
    const std::uint16_t family = 1; // AF_UNIX
    std::uint64_t system[16] = {};
    std::memcpy(system, &family, sizeof family);
    EXPECT_EQ(as_address_from_system(&address, system, sizeof system).how, std::uint32_t{AS_NOT_AVAILABLE});
    EXPECT_EQ(as_address_family(&address), AS_NO_FAMILY);
}

} // namespace
