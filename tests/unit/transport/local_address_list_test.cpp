// core/transport/local_address_list.hpp: which addresses are told, and in which order.
#include "core/transport/local_address_list.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using async_socket::core::local_address_list;
using names = std::vector<std::string>;

// Adds what begins with "lo" as the loopback's, with room for one more.
names told_of(const names& added)
{
    local_address_list list;
    EXPECT_TRUE(list.reserve(static_cast<std::uint32_t>(added.size()) + 1));
    for (const std::string& each : added) {
        LOCAL_ADDRESS address{};
        (void)std::snprintf(address.address, sizeof address.address, "%s", each.c_str());
        list.add(address, each.starts_with("lo"));
    }
    std::uint32_t count = 77;
    LOCAL_ADDRESS* const entries = list.release(&count);
    EXPECT_NE(entries, nullptr);
    names told;
    for (std::uint32_t i = 0; i < count; ++i) {
        told.emplace_back(entries[i].address);
    }
    std::free(entries);
    return told;
}

TEST(LocalAddressList, TellsWhatOthersCanReachAndNotTheLoopback)
{
    EXPECT_EQ(told_of({"lo1", "a", "lo2", "b", "c"}), (names{"a", "b", "c"}));
}

TEST(LocalAddressList, TellsTheLoopbacksIfThereAreNoOthers)
{
    EXPECT_EQ(told_of({"lo1", "lo2", "lo3"}), (names{"lo1", "lo2", "lo3"}));
    EXPECT_EQ(told_of({"lo1"}), (names{"lo1"}));
}

TEST(LocalAddressList, IsAnArrayEvenWithoutAny)
{
    EXPECT_EQ(told_of({}), names{});
}

} // namespace
