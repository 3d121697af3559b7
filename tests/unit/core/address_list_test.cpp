// core/resolve/address_list.hpp: a copy of the system's list.
#include "core/resolve/address_list.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::core;

// As the system has them.
struct info {
    const char* ai_addr;
    std::size_t ai_addrlen;
    const info* ai_next;
};

std::string text_of(const address& address)
{
    return {reinterpret_cast<const char*>(address.bytes), address.size};
}

TEST(AddressList, KeepsTheOrder)
{
    const info third{"ccc", 3, nullptr};
    const info second{"a", 1, &third};
    const info first{"bb", 2, &second};
    const unique_addresses copy = copy_addresses(&first);
    ASSERT_TRUE(copy);
    std::vector<std::string> texts;
    for (const address& each : *copy.get()) {
        texts.push_back(text_of(each));
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"bb", "a", "ccc"}));
}

TEST(AddressList, LeavesOutWhatHasNoRoom)
{
    const std::string large(address::room + 1, 'x');
    const std::string largest(address::room, 'y');
    const info third{largest.c_str(), largest.size(), nullptr};
    const info second{large.c_str(), large.size(), &third};
    const info first{"a", 1, &second};
    const unique_addresses copy = copy_addresses(&first);
    ASSERT_EQ(copy.get()->count(), 2U);
    EXPECT_EQ(text_of(*(copy.get()->begin() + 1)), largest);
}

TEST(AddressList, HasTheFirstOfMany)
{
    for (const std::size_t count :
         {std::size_t{address_list::most}, std::size_t{address_list::most} + 1, std::size_t{1000}}) {
        std::vector<std::string> texts(count);
        std::vector<info> infos(count);
        for (std::size_t i = count; i-- > 0;) {
            texts[i] = std::to_string(i);
            infos[i] = {texts[i].c_str(), texts[i].size(), i + 1 < count ? &infos[i + 1] : nullptr};
        }
        const unique_addresses copy = copy_addresses(infos.data());
        ASSERT_EQ(copy.get()->count(), address_list::most);
        EXPECT_EQ(text_of(*(copy.get()->end() - 1)), std::to_string(address_list::most - 1));
    }
}

TEST(AddressList, MayBeEmpty)
{
    const unique_addresses copy = copy_addresses(static_cast<const info*>(nullptr));
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy.get()->begin(), copy.get()->end());
}

} // namespace
