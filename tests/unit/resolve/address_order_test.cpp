// core/connect/address_order.hpp
#include "core/connect/address_order.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace async_socket;

// "664" are two addresses of IPv6 and one of IPv4; "u" is a local one. In which order they are tried, by their places.
std::string order_of(const std::string& families)
{
    std::vector<as_address> addresses;
    for (const char family : families) {
        as_address each{};
        if (family == 'u') {
            (void)as_address_unix(&each, "/a", 2);
        } else {
            (void)as_address_loopback(&each, family == '6' ? AS_IPV6 : AS_IPV4, 1);
        }
        addresses.push_back(each);
    }
    std::vector<std::uint32_t> order(addresses.size());
    core::interleave(addresses, order);
    std::string places;
    for (const std::uint32_t place : order) {
        places += std::to_string(place);
    }
    return places;
}

TEST(AddressOrder, TakesTheFamiliesByTurnsAndIPv6First)
{
    EXPECT_EQ(order_of(""), "");
    EXPECT_EQ(order_of("4"), "0");
    EXPECT_EQ(order_of("6"), "0");
    EXPECT_EQ(order_of("46"), "10");
    EXPECT_EQ(order_of("64"), "01");
    EXPECT_EQ(order_of("4466"), "2031");
    EXPECT_EQ(order_of("464646"), "103254");
}

TEST(AddressOrder, GoesOnWithOneWhenTheOtherIsOver)
{
    EXPECT_EQ(order_of("444"), "012");
    EXPECT_EQ(order_of("666"), "012");
    EXPECT_EQ(order_of("4446"), "3012");
    EXPECT_EQ(order_of("66664"), "04123");
}

#ifndef _WIN32
TEST(AddressOrder, CountsALocalOneWithIPv4)
{
    EXPECT_EQ(order_of("u46"), "201");
}
#endif

} // namespace
