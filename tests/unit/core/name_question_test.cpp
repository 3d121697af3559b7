// core/resolve/name_question.hpp: what makes sense to ask.
#include "core/resolve/name_question.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::core;

TEST(NameQuestion, APortIsANumberThatFits)
{
    for (const char* const service : {"0", "1", "80", "00080", "65535"}) {
        EXPECT_EQ(kind_of_service(service), service_kind::port) << service;
    }
    const std::string zeros(name_question::longest_service, '0');
    EXPECT_EQ(kind_of_service(zeros.c_str()), service_kind::port);
    for (const char* const service : {"65536", "70000", "99999", "4294967296", "4294967376", "18446744073709551696"}) {
        EXPECT_EQ(kind_of_service(service), service_kind::nonsense) << service;
    }
}

// The system would take these as numbers.
TEST(NameQuestion, ANumberHasDigitsAndNothingElse)
{
    for (const char* const service : {"-1", "+80", " 80", "80 ", "\t80", "80\n", "8 0", "-", "80.", "-65456", "8_0"}) {
        EXPECT_EQ(kind_of_service(service), service_kind::nonsense) << service;
    }
}

// Which the system knows, or does not.
TEST(NameQuestion, AServiceThatHasALetterIsAName)
{
    for (const char* const service : {"http", "80x", "0x50", "9pfs", "z39-50", "whois++", "A", "Z"}) {
        EXPECT_EQ(kind_of_service(service), service_kind::name) << service;
    }
    EXPECT_EQ(kind_of_service(nullptr), service_kind::none);
    EXPECT_EQ(kind_of_service(""), service_kind::nonsense);
    const std::string longest(name_question::longest_service, 'a');
    EXPECT_EQ(kind_of_service(longest.c_str()), service_kind::name);
    EXPECT_EQ(kind_of_service((longest + 'a').c_str()), service_kind::nonsense);
}

TEST(NameQuestion, AHostIsOneWord)
{
    for (const char* const host : {"a", "localhost", "127.0.0.1", "fe80::1%eth0",
                                   "b\xC3\xBC"
                                   "cher.test",
                                   "."}) {
        EXPECT_TRUE(makes_sense({host, "80"})) << host;
    }
    for (const char* const host : {"", " ", "a b", " a", "a ", "a\n", "\x01", "a\x7F"}) {
        EXPECT_FALSE(makes_sense({host, "80"})) << host;
    }
    const std::string longest(name_question::longest_host, 'a');
    EXPECT_TRUE(makes_sense({longest.c_str(), "80"}));
    EXPECT_FALSE(makes_sense({(longest + 'a').c_str(), "80"}));
}

TEST(NameQuestion, AFamilyIsOneOfTheInternetOrAny)
{
    for (const as_family family : {AS_NO_FAMILY, AS_IPV4, AS_IPV6}) {
        EXPECT_TRUE(makes_sense({"a", "80", family})) << family;
    }
    EXPECT_FALSE(makes_sense({"a", "80", AS_UNIX}));
}

TEST(NameQuestion, OnlyWhoListensNeedsNoHost)
{
    EXPECT_FALSE(makes_sense({nullptr, "80"}));
    EXPECT_TRUE(makes_sense({nullptr, "80", AS_NO_FAMILY, true}));
    EXPECT_TRUE(makes_sense({nullptr, nullptr, AS_NO_FAMILY, true}));
    EXPECT_FALSE(makes_sense({"", "80", AS_NO_FAMILY, true}));
    EXPECT_FALSE(makes_sense({"a", "", AS_NO_FAMILY, true}));
    EXPECT_FALSE(makes_sense({"", ""}));
    EXPECT_TRUE(makes_sense({"a", nullptr}));
}

} // namespace
