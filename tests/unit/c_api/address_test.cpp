// async_socket/address.h: what is the same on every system.
#include "async_socket/address.h"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace {

struct spelling {
    const char* text;
    as_family family;
    const char* printed; // null: as it is
};

constexpr spelling good_texts[] = {
    {"0.0.0.0", AS_IPV4, nullptr},
    {"127.0.0.1", AS_IPV4, nullptr},
    {"192.0.2.1", AS_IPV4, nullptr},
    {"255.255.255.255", AS_IPV4, nullptr},
    {"::", AS_IPV6, nullptr},
    {"::1", AS_IPV6, nullptr},
    {"[::1]", AS_IPV6, "::1"},
    {"[::]", AS_IPV6, "::"},
    {"2001:db8::1", AS_IPV6, nullptr},
    {"2001:DB8::A", AS_IPV6, "2001:db8::a"},
    {"2001:0db8:0000:0000:0000:0000:0000:0001", AS_IPV6, "2001:db8::1"},
    {"0:0:0:0:0:0:0:1", AS_IPV6, "::1"},
    {"1:2:3:4:5:6:7:8", AS_IPV6, nullptr},
    {"1::8", AS_IPV6, nullptr},
    {"1::", AS_IPV6, nullptr},
    {"1:0:0:4:5:0:0:8", AS_IPV6, "1::4:5:0:0:8"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AS_IPV6, nullptr},
    {"1:2:3:4:5:6:7::", AS_IPV6, "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", AS_IPV6, "0:2:3:4:5:6:7:8"},
    {"::192.0.2.1", AS_IPV6, nullptr},
    {"::ffff:192.0.2.1", AS_IPV6, nullptr},
    {"::ffff:c000:201", AS_IPV6, "::ffff:192.0.2.1"},
    {"1:2:3:4:5:6:192.0.2.1", AS_IPV6, "1:2:3:4:5:6:c000:201"},
    {"64:ff9b::192.0.2.33", AS_IPV6, "64:ff9b::c000:221"},
    {"fe80::1%3", AS_IPV6, nullptr},
    {"[fe80::1%3]", AS_IPV6, "fe80::1%3"},
    {"fe80::1%0", AS_IPV6, "fe80::1"},
    {"fe80::1%4294967295", AS_IPV6, nullptr},
    {"2001:db8::1%7", AS_IPV6, nullptr},
};

constexpr const char* bad_texts[] = {
    "",
    " ",
    "localhost",
    "example.com",
    "1",
    "127.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4.",
    ".1.2.3.4",
    "1..3.4",
    "1.2.3.",
    "256.0.0.1",
    "1.2.3.256",
    "1.2.3.1000",
    "1.2.3.4294967297",
    "010.0.0.1",
    "1.2.3.04",
    "00.0.0.0",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "+1.2.3.4",
    "-1.2.3.4",
    "1.2.3.-4",
    " 1.2.3.4",
    "1.2.3.4 ",
    "1.2.3. 4",
    "1.2.3.4\n",
    "1.2.3.4%3",
    "1.2.3.4:80",
    "1,2,3,4",
    "a.b.c.d",
    "[1.2.3.4]",
    "[]",
    "[",
    "]",
    "[::1",
    "::1]",
    "[[::1]]",
    "[::1]]",
    "[::1] ",
    "[::1]:80",
    ":",
    ":::",
    "1:::2",
    "::1::",
    "1::2::3",
    ":1::2",
    "1::2:",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "00001::",
    "::12345",
    "g::",
    "::g",
    "0x1::",
    "::-1",
    "::+1",
    ":: 1",
    " ::1",
    "::1 ",
    "::1\t",
    "::1/64",
    "::1.2.3",
    "::1.2.3.4.5",
    "::1.2.3.256",
    "::1.2.3.04",
    "::0x1.2.3.4",
    "::127.1",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1.2.3.4::1.2.3.4",
    "::ffff:1.2.3.4.",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1%",
    "[::1%]",
    "%3",
    "%",
    "::1%%3",
    "::1%3%4",
    "::1% 3",
    "::1%3 ",
    "::1%03",
    "::1%4294967296",
    "::1%99999999999999999999",
    "::1%[",
    "::1%a]",
    "::1%\x7f",
    "::1%a\x01",
    "1%3::1",
    "%::1",
    "1.2.3.4%::1",
    "[1.2.3.4%::1]",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "0000:0000:0000:0000:0000:0000:0000:0000000000000000000000000000000000001",
};

constexpr const char* bad_texts_with_port[] = {
    "",
    ":",
    ":80",
    "80",
    "1.2.3.4",
    "1.2.3.4:",
    "1.2.3.4: 80",
    "1.2.3.4 :80",
    "1.2.3.4:80 ",
    " 1.2.3.4:80",
    "1.2.3.4:+80",
    "1.2.3.4:-1",
    "1.2.3.4:080",
    "1.2.3.4:00",
    "1.2.3.4:65536",
    "1.2.3.4:70000",
    "1.2.3.4:4294967376",
    "1.2.3.4:18446744073709551696",
    "1.2.3.4:0x50",
    "1.2.3.4:http",
    "1.2.3.4:80:80",
    "1.2.3:80",
    "localhost:80",
    "[1.2.3.4]:80",
    "::1",
    "::1:80",
    "2001:db8::1:80",
    "[::1]",
    "[::1]:",
    "[::1]:65536",
    "[::1]:080",
    "[::1] :80",
    "[::1]80",
    "[::1:80",
    "::1]:80",
    "[]:80",
    "[:80",
    "]:80",
    "[[::1]]:80",
    "[::1]]:80",
    "[::1%]:80",
    "[::1%a]b]:80",
    "fe80::1%3:80",
};

as_address untouched()
{
    as_address address;
    std::memset(&address, 0x5a, sizeof address);
    return address;
}

// A failure writes nothing.
void expect_untouched(const as_address& address, const std::string& why)
{
    const as_address before = untouched();
    EXPECT_EQ(std::memcmp(&address, &before, sizeof address), 0) << why;
}

as_address parsed(const char* text, std::uint16_t port = 80)
{
    as_address address = untouched();
    const as_outcome outcome = as_address_parse(&address, text, port);
    EXPECT_EQ(outcome.how, std::uint32_t{AS_DONE}) << text;
    EXPECT_EQ(outcome.bytes, 0U) << text;
    EXPECT_EQ(outcome.code, 0U) << text;
    return address;
}

std::string text_of(const as_address& address, std::size_t size = AS_ADDRESS_TEXT_SIZE)
{
    std::string room(size + 1, '?');
    const std::size_t length = as_address_text(&address, room.data(), size);
    EXPECT_LT(length, size);
    EXPECT_EQ(room[length], '\0');
    EXPECT_EQ(room[size], '?') << "written behind the room";
    room.resize(length);
    return room;
}

std::string text_with_port_of(const as_address& address)
{
    char room[AS_ADDRESS_TEXT_SIZE];
    const std::size_t length = as_address_text_with_port(&address, room, sizeof room);
    return {room, length};
}

// What it prints is read again as the same, in both forms.
void expect_round_trip(const as_address& address)
{
    as_address again = untouched();
    const std::string text = text_of(address);
    EXPECT_EQ(as_address_parse(&again, text.c_str(), as_address_port(&address)).how, std::uint32_t{AS_DONE}) << text;
    EXPECT_TRUE(as_address_equal(&again, &address)) << text;
    EXPECT_EQ(text_of(again), text);

    as_address with_port = untouched();
    const std::string longer = text_with_port_of(address);
    EXPECT_EQ(as_address_parse_with_port(&with_port, longer.c_str()).how, std::uint32_t{AS_DONE}) << longer;
    EXPECT_TRUE(as_address_equal(&with_port, &address)) << longer;
}

TEST(AddressParse, ReadsEveryFormOfAnAddress)
{
    for (const spelling& each : good_texts) {
        const as_address address = parsed(each.text, 4711);
        EXPECT_EQ(as_address_family(&address), each.family) << each.text;
        EXPECT_EQ(as_address_port(&address), 4711) << each.text;
        EXPECT_EQ(text_of(address), each.printed != nullptr ? each.printed : each.text);
        expect_round_trip(address);
    }
}

TEST(AddressParse, RefusesWhatIsNoAddressAndWritesNothing)
{
    for (const char* const text : bad_texts) {
        as_address address = untouched();
        const as_outcome outcome = as_address_parse(&address, text, 80);
        EXPECT_EQ(outcome.how, std::uint32_t{AS_INVALID}) << '"' << text << '"';
        EXPECT_EQ(outcome.bytes + outcome.code, 0U) << '"' << text << '"';
        expect_untouched(address, text);
    }
}

TEST(AddressParse, RefusesAnInterfaceThatIsNotThere)
{
    for (const char* const text : {"fe80::1%nosuch0", "[fe80::1%nosuch0]", "fe80::1%3x", "fe80::1%-3",
                                   "fe80::1%a-name-that-is-longer-than-any-of-an-interface"}) {
        as_address address = untouched();
        EXPECT_EQ(as_address_parse(&address, text, 80).how, std::uint32_t{AS_UNREACHABLE}) << text;
        expect_untouched(address, text);
    }
    as_address address = untouched();
    EXPECT_EQ(as_address_parse_with_port(&address, "[fe80::1%nosuch0]:80").how, std::uint32_t{AS_UNREACHABLE});
    expect_untouched(address, "with a port");
}

TEST(AddressParse, TakesEveryPort)
{
    for (const std::uint32_t port : {0U, 1U, 80U, 255U, 256U, 32768U, 65535U}) {
        for (const char* const host : {"192.0.2.1", "[2001:db8::1%5]"}) {
            const as_address one = parsed(host, static_cast<std::uint16_t>(port));
            as_address other = untouched();
            const std::string text = std::string(host) + ":" + std::to_string(port);
            EXPECT_EQ(as_address_parse_with_port(&other, text.c_str()).how, std::uint32_t{AS_DONE}) << text;
            EXPECT_TRUE(as_address_equal(&one, &other)) << text;
            EXPECT_EQ(as_address_port(&one), port);
            EXPECT_EQ(text_with_port_of(one), text);
        }
    }
}

TEST(AddressParse, RefusesWhatHasNoPortOrNoGoodOne)
{
    for (const char* const text : bad_texts_with_port) {
        as_address address = untouched();
        const as_outcome outcome = as_address_parse_with_port(&address, text);
        EXPECT_EQ(outcome.how, std::uint32_t{AS_INVALID}) << '"' << text << '"';
        expect_untouched(address, text);
    }
}

TEST(AddressParse, WithoutArgumentsIsInvalid)
{
    as_address address = untouched();
    EXPECT_EQ(as_address_parse(nullptr, "::1", 1).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_parse(&address, nullptr, 1).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_parse_with_port(nullptr, "[::1]:1").how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_parse_with_port(&address, nullptr).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_unix(nullptr, "path", 4).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_unix(&address, nullptr, 4).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_unix(&address, "path", 0).how, std::uint32_t{AS_INVALID});
    expect_untouched(address, "refused");
}

TEST(AddressText, ThatDoesNotFitIsLeftOut)
{
    for (const char* const host : {"192.0.2.1", "fe80::1%12"}) {
        const as_address address = parsed(host);
        const std::size_t length = std::strlen(host);
        for (std::size_t size = 1; size <= length; ++size) {
            EXPECT_EQ(text_of(address, size), "");
        }
        EXPECT_EQ(text_of(address, length + 1), host);
    }
    char byte = '?';
    const as_address address = parsed("::1");
    EXPECT_EQ(as_address_text(&address, &byte, 0), 0U);
    EXPECT_EQ(byte, '?');
    EXPECT_EQ(as_address_text(&address, nullptr, 0), 0U);
    EXPECT_EQ(as_address_text(&address, nullptr, 10), 0U);
    EXPECT_EQ(as_address_text_with_port(&address, nullptr, 10), 0U);
}

TEST(AddressText, OfTheLongestFitsItsRoom)
{
    const as_address address = parsed("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295", 65535);
    EXPECT_EQ(text_with_port_of(address), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
}

TEST(AddressOfNoFamily, IsWhatZerosAre)
{
    const as_address none{};
    EXPECT_EQ(as_address_family(&none), AS_NO_FAMILY);
    EXPECT_EQ(as_address_port(&none), 0);
    EXPECT_EQ(text_of(none), "");
    EXPECT_EQ(text_with_port_of(none), "");
    std::size_t size = 7;
    EXPECT_EQ(as_address_system(&none, &size), nullptr);
    EXPECT_EQ(size, 0U);
    as_address changed = none;
    EXPECT_EQ(as_address_set_port(&changed, 1).how, std::uint32_t{AS_INVALID});
    EXPECT_TRUE(as_address_equal(&changed, &none));
}

TEST(AddressOfNoFamily, IsWhatNullIs)
{
    const as_address none{};
    const as_address some = parsed("::1");
    EXPECT_EQ(as_address_family(nullptr), AS_NO_FAMILY);
    EXPECT_EQ(as_address_port(nullptr), 0);
    EXPECT_EQ(as_address_set_port(nullptr, 1).how, std::uint32_t{AS_INVALID});
    EXPECT_TRUE(as_address_equal(nullptr, nullptr));
    EXPECT_TRUE(as_address_equal(&none, nullptr));
    EXPECT_FALSE(as_address_equal(nullptr, &some));
    EXPECT_FALSE(as_address_equal(&some, nullptr));
    char byte = '?';
    EXPECT_EQ(as_address_text(nullptr, &byte, 1), 0U);
    EXPECT_EQ(byte, '\0');
    std::size_t size = 7;
    EXPECT_EQ(as_address_system(nullptr, &size), nullptr);
    EXPECT_EQ(size, 0U);
    EXPECT_EQ(as_address_system(nullptr, nullptr), nullptr);
}

TEST(AddressAny, IsThatOfEachFamily)
{
    as_address address = untouched();
    EXPECT_EQ(as_address_any(&address, AS_IPV4, 1).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(text_with_port_of(address), "0.0.0.0:1");
    EXPECT_EQ(as_address_any(&address, AS_IPV6, 2).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(text_with_port_of(address), "[::]:2");
    EXPECT_EQ(as_address_loopback(&address, AS_IPV4, 3).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(text_with_port_of(address), "127.0.0.1:3");
    EXPECT_EQ(as_address_loopback(&address, AS_IPV6, 4).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(text_with_port_of(address), "[::1]:4");
}

TEST(AddressAny, IsInvalidForOtherFamilies)
{
    as_address address = untouched();
    for (const as_family family : {AS_NO_FAMILY, AS_UNIX}) {
        EXPECT_EQ(as_address_any(&address, family, 1).how, std::uint32_t{AS_INVALID});
        EXPECT_EQ(as_address_loopback(&address, family, 1).how, std::uint32_t{AS_INVALID});
    }
    EXPECT_EQ(as_address_any(nullptr, AS_IPV4, 1).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_loopback(nullptr, AS_IPV6, 1).how, std::uint32_t{AS_INVALID});
    expect_untouched(address, "refused");
}

TEST(AddressPort, CanBeChangedAndNothingElseChanges)
{
    for (const char* const text : {"192.0.2.1", "fe80::1%3"}) {
        as_address address = parsed(text, 1);
        EXPECT_EQ(as_address_set_port(&address, 65535).how, std::uint32_t{AS_DONE});
        const as_address expected = parsed(text, 65535);
        EXPECT_TRUE(as_address_equal(&address, &expected));
        EXPECT_EQ(as_address_port(&address), 65535);
    }
}

TEST(AddressEqual, LooksAtFamilyAddressPortAndScope)
{
    const as_address all[] = {parsed("192.0.2.1", 80), parsed("192.0.2.1", 81),   parsed("192.0.2.2", 80),
                              parsed("fe80::1", 80),   parsed("fe80::1", 81),     parsed("fe80::2", 80),
                              parsed("fe80::1%1", 80), parsed("fe80::1%257", 80), parsed("::ffff:192.0.2.1", 80)};
    for (const as_address& one : all) {
        for (const as_address& other : all) {
            EXPECT_EQ(as_address_equal(&one, &other), &one == &other) << text_of(one) << ' ' << text_of(other);
        }
    }
}

TEST(AddressSystem, IsTakenBackAsTheSame)
{
    for (const spelling& each : good_texts) {
        const as_address address = parsed(each.text, 80);
        std::size_t size = 0;
        const void* const system = as_address_system(&address, &size);
        ASSERT_NE(system, nullptr);
        EXPECT_EQ(as_address_system(&address, nullptr), system);
        as_address again = untouched();
        EXPECT_EQ(as_address_from_system(&again, system, size).how, std::uint32_t{AS_DONE}) << each.text;
        EXPECT_EQ(std::memcmp(&again, &address, sizeof again), 0) << each.text;
        // A longer one, as in a struct sockaddr_storage.
        EXPECT_EQ(as_address_from_system(&again, address.system, sizeof address.system).how, std::uint32_t{AS_DONE});
        EXPECT_EQ(std::memcmp(&again, &address, sizeof again), 0) << each.text;
    }
}

TEST(AddressSystem, ThatIsTooShortIsInvalid)
{
    for (const char* const text : {"192.0.2.1", "fe80::1"}) {
        const as_address address = parsed(text);
        std::size_t whole = 0;
        const void* const system = as_address_system(&address, &whole);
        for (std::size_t size = 0; size < whole; ++size) {
            as_address taken = untouched();
            EXPECT_EQ(as_address_from_system(&taken, system, size).how, std::uint32_t{AS_INVALID}) << size;
            expect_untouched(taken, text);
        }
    }
    as_address taken = untouched();
    EXPECT_EQ(as_address_from_system(&taken, nullptr, 16).how, std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_from_system(nullptr, &taken, 16).how, std::uint32_t{AS_INVALID});
    expect_untouched(taken, "refused");
}

TEST(AddressSystem, OfAnotherFamilyIsNotAvailable)
{
    constexpr unsigned char families[] = {0, 99}; // AF_UNSPEC, and one that nobody has
    for (const unsigned char family : families) {
        std::uint64_t system[16] = {};
        std::memcpy(system, &family, 1);
        as_address taken = untouched();
        EXPECT_EQ(as_address_from_system(&taken, system, sizeof system).how, std::uint32_t{AS_NOT_AVAILABLE});
        expect_untouched(taken, "refused");
    }
}

// Whatever it looks like, the parser refuses it or reads it; what it reads is printed and read again.
void expect_property(const std::string& text)
{
    as_address address = untouched();
    if (as_address_parse(&address, text.c_str(), 80).how == AS_DONE) {
        expect_round_trip(address);
    } else {
        expect_untouched(address, text);
    }
    address = untouched();
    if (as_address_parse_with_port(&address, text.c_str()).how == AS_DONE) {
        expect_round_trip(address);
    } else {
        expect_untouched(address, text);
    }
}

TEST(AddressRoundTrip, HoldsForAnyBytes)
{
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        // Zeros are frequent, so that many forms of the short text come up.
        std::uint8_t bytes[16];
        for (std::uint8_t& byte : bytes) {
            byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
        }
        std::string text;
        for (int group = 0; group < 8; ++group) {
            char part[8];
            (void)std::snprintf(part, sizeof part, "%s%x", group == 0 ? "" : ":", // no short form
                                static_cast<unsigned>(bytes[2 * group] << 8 | bytes[2 * group + 1]));
            text += part;
        }
        as_address address = parsed(text.c_str(), static_cast<std::uint16_t>(random()));
        expect_round_trip(address);
        std::size_t size = 0;
        const void* const system = as_address_system(&address, &size);
        ASSERT_EQ(size, 28U);
        EXPECT_EQ(std::memcmp(static_cast<const char*>(system) + 8, bytes, sizeof bytes), 0) << text;

        (void)std::snprintf(text.data(), text.size() + 1, "%u.%u.%u.%u", unsigned{bytes[0]}, unsigned{bytes[1]},
                            unsigned{bytes[2]}, unsigned{bytes[3]});
        address = parsed(text.c_str(), static_cast<std::uint16_t>(random()));
        expect_round_trip(address);
    }
}

TEST(AddressRoundTrip, HoldsForWhateverIsRead)
{
    std::mt19937 random(2);
    constexpr char letters[] = "0123456789abcdefABCDEF:::::....[]%% x-+";
    for (int i = 0; i < 20000; ++i) {
        // A good text with up to three letters changed, left out or put in.
        std::string text = good_texts[random() % std::size(good_texts)].text;
        if (random() % 2 == 0) {
            text += ":80";
        }
        for (unsigned change = random() % 4; change > 0; --change) {
            const std::size_t place = random() % (text.size() + 1);
            text.replace(place, random() % 2, random() % 2, letters[random() % (sizeof letters - 1)]);
        }
        expect_property(text);
    }
}

} // namespace
