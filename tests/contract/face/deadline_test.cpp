// async_socket/deadline.hpp, bytes.hpp and address.hpp: what needs no engine.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async_socket/address.hpp"
#include "async_socket/bytes.hpp"
#include "async_socket/deadline.hpp"

namespace {

using namespace std::chrono_literals;

static_assert(as::ns_of(30s) == 30'000'000'000U);
static_assert(as::ns_of(7ns) == 7U);
static_assert(as::ns_of(-1s) == 0U);
static_assert(as::ns_of(0s) == 0U);
static_assert(as::ns_of(std::chrono::duration<std::int64_t, std::pico>(1)) == 1U, "never early");
static_assert(as::ns_of(std::chrono::duration<int, std::ratio<1, 3>>(1)) == 333'333'334U);
static_assert(as::ns_of(std::chrono::duration<int, std::ratio<1, 3>>(3)) == 1'000'000'000U);
static_assert(as::ns_of(std::chrono::hours::max()) == AS_NEVER);
static_assert(as::ns_of(1.5s) == 1'500'000'000U);
static_assert(as::ns_of(std::chrono::duration<double>(1e300)) == AS_NEVER);
static_assert(as::ns_of(std::chrono::duration<float>(-1.0F)) == 0U);
static_assert(as::deadline() == as::never);
static_assert(earlier(as::never, as::deadline(5)) == as::deadline(5));

TEST(FaceDeadline, IsAPointInTime)
{
    EXPECT_FALSE(as::never.is_over());
    EXPECT_FALSE(as::within(1h).is_over());
    EXPECT_TRUE(as::within(0s).is_over());
    EXPECT_TRUE(as::within(-1h).is_over());
    EXPECT_EQ(as::within(std::chrono::hours::max()), as::never);
    EXPECT_GT(as::within(1h).ns(), as_now());
}

std::string_view text_of(as::const_bytes bytes)
{
    return {static_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(FaceBytes, AreMadeOfWhateverHasThem)
{
    const std::string string = "string";
    std::vector<int> numbers{1, 2, 3};
    const std::array<std::byte, 5> fixed{};
    char array[4] = {'a', 'b', 'c', 0};
    EXPECT_EQ(text_of("literal"), "literal") << "without the 0 behind it";
    EXPECT_EQ(text_of(string), "string");
    EXPECT_EQ(text_of(std::string_view("view")), "view");
    EXPECT_EQ(as::const_bytes(numbers).size(), 3 * sizeof(int));
    EXPECT_EQ(as::const_bytes(fixed).size(), 5U);
    EXPECT_EQ(as::const_bytes(std::span(fixed).first(2)).size(), 2U);
    EXPECT_EQ(text_of(array), std::string_view("abc\0", 4)) << "what can be written is memory, not a text";
    EXPECT_EQ(as::bytes(array).size(), 4U);
    EXPECT_EQ(as::bytes(numbers).data(), numbers.data());
    EXPECT_EQ(as::bytes(std::span(numbers).subspan(1)).data(), &numbers[1]);
    static_assert(!std::is_constructible_v<as::bytes, const std::string&>);
    static_assert(!std::is_constructible_v<as::bytes, const char(&)[4]>);
    static_assert(!std::is_constructible_v<as::const_bytes, const std::vector<std::string>&>);
}

TEST(FaceAddress, IsParsedAndPrinted)
{
    const auto parsed = as::address::parse_with_port("[::1]:80");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->family(), as::family::ipv6);
    EXPECT_EQ(parsed->port(), 80);
    EXPECT_STREQ(parsed->text().c_str(), "[::1]:80");
    EXPECT_STREQ(parsed->text_without_port().c_str(), "::1");
    EXPECT_EQ(*parsed, *as::address::parse(std::string("::1"), 80));
    EXPECT_EQ(as::address::parse("no address", 1), as::how::invalid);
    as::address any = as::address::any(as::family::ipv4, 0);
    EXPECT_TRUE(any.set_port(7));
    EXPECT_STREQ(any.text().c_str(), "0.0.0.0:7");
    EXPECT_EQ(as::address().family(), as::family::none);
    EXPECT_EQ(as::address::any(as::family::unix_domain, 1), as::address());
}

} // namespace
