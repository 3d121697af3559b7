// core/resolve/address_list.hpp, and the answer that it is a part of (name_lookup.hpp): a copy of the system's list.
#include "core/resolve/name_lookup.hpp"

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

std::string text_of(const as_address& address)
{
    return {reinterpret_cast<const char*>(address.system), address.size};
}

TEST(AddressList, KeepsTheOrder)
{
    const info third{"ccc", 3, nullptr};
    const info second{"a", 1, &third};
    const info first{"bb", 2, &second};
    const name_answer answer = answer_of(&first);
    const unique_addresses& copy = answer.addresses;
    EXPECT_EQ(answer.outcome.how, ending::done);
    ASSERT_TRUE(copy);
    std::vector<std::string> texts;
    for (const as_address& each : *copy.get()) {
        texts.push_back(text_of(each));
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"bb", "a", "ccc"}));
}

TEST(AddressList, LeavesOutWhatHasNoRoom)
{
    const std::string large(sizeof(as_address::system) + 1, 'x');
    const std::string largest(sizeof(as_address::system), 'y');
    const info third{largest.c_str(), largest.size(), nullptr};
    const info second{large.c_str(), large.size(), &third};
    const info first{"a", 1, &second};
    const name_answer answer = answer_of(&first);
    const unique_addresses& copy = answer.addresses;
    EXPECT_EQ(answer.outcome.how, ending::done);
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
        const name_answer answer = answer_of(infos.data());
        const unique_addresses& copy = answer.addresses;
        ASSERT_EQ(copy.get()->count(), address_list::most);
        EXPECT_EQ(text_of(*(copy.get()->end() - 1)), std::to_string(address_list::most - 1));
    }
}

TEST(AddressList, WithoutAnAddressThereIsNoSuchName)
{
    const info nothing{"", 0, nullptr};
    for (const info* const list : {&nothing, static_cast<const info*>(nullptr)}) {
        const name_answer answer = answer_of(list);
        EXPECT_EQ(answer.outcome.how, ending::no_such_name);
        EXPECT_FALSE(answer.addresses);
    }
}

} // namespace
