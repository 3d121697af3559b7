// socket_transport_get_local_address
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/loopback.hpp"
#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_resolver.hpp"

namespace {

using namespace async_socket::test;

// Success, the name, and at least one address, all of them well formed.
void expect_name_and_addresses(const std::string& expected_name)
{
    const owned_transport client = new_client();
    char name[MAX_GET_HOST_NAME_LEN] = "";
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    ASSERT_EQ(socket_transport_get_local_address(client.get(), name, &list, &count), 0);
    const std::unique_ptr<LOCAL_ADDRESS, void (*)(void*)> owner(list, std::free);
    EXPECT_EQ(name, expected_name);
    EXPECT_GE(count, 1U);
    for (std::uint32_t i = 0; i < count; ++i) {
        const LOCAL_ADDRESS& entry = list[i];
        ASSERT_TRUE(entry.address_type == ADDRESS_INET || entry.address_type == ADDRESS_INET_6);
        ASSERT_LT(std::strlen(entry.address), sizeof entry.address);
        EXPECT_TRUE(is_numeric_address(entry.address_type, entry.address)) << entry.address;
    }
}

TEST(TransportLocalAddress, GivesTheHostNameAndTheAddressesOfTheMachine)
{
    expect_name_and_addresses(host_name());
}

TEST(TransportLocalAddress, DoesNotNeedANameThatResolves)
{
    const nameless_machine here;
    expect_name_and_addresses(nameless_machine::name);
}

} // namespace
