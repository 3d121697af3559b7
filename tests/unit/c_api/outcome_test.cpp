// async_socket/outcome.h: how something ended, in words.
#include "async_socket/outcome.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

#ifdef _WIN32
constexpr std::uint32_t known_code = 64; // ERROR_NETNAME_DELETED
constexpr std::uint32_t unknown_code = 0xfffffff0;
#else
constexpr std::uint32_t known_code = 111; // ECONNREFUSED
constexpr std::uint32_t unknown_code = 99999;
#endif

std::string text_of_code(std::uint32_t code, std::size_t size = 300)
{
    std::string room(size + 1, '?');
    const std::size_t length = as_code_text(code, room.data(), size);
    EXPECT_LT(length, size);
    EXPECT_EQ(room[length], '\0');
    EXPECT_EQ(room[size], '?') << "written behind the room";
    room.resize(length);
    return room;
}

TEST(HowText, IsAPhraseOfItsOwnForEach)
{
    std::set<std::string> texts;
    for (std::uint32_t how = AS_DONE; how <= AS_FAILED; ++how) {
        const std::string text = as_how_text(how);
        EXPECT_FALSE(text.empty());
        EXPECT_NE(text.back(), '.');
        texts.insert(text);
    }
    EXPECT_EQ(texts.size(), AS_FAILED + 1U);
}

TEST(HowText, SaysWhatTheNumberMeans)
{
    EXPECT_STREQ(as_how_text(AS_DONE), "done");
    EXPECT_STREQ(as_how_text(AS_END_OF_STREAM), "end of stream");
    EXPECT_STREQ(as_how_text(AS_TIMED_OUT), "timed out");
    EXPECT_STREQ(as_how_text(AS_UNREACHABLE), "unreachable");
    EXPECT_STREQ(as_how_text(AS_NO_SUCH_NAME), "no such name");
    EXPECT_STREQ(as_how_text(AS_INVALID), "invalid");
    EXPECT_STREQ(as_how_text(AS_FAILED), "failed");
}

TEST(HowText, OfAnUnknownNumberIsFailed)
{
    for (const std::uint32_t how : {AS_FAILED + 1U, 1000U, UINT32_MAX}) {
        EXPECT_STREQ(as_how_text(how), "failed") << how;
    }
}

TEST(CodeText, IsOneLineOfTheSystem)
{
    const std::string text = text_of_code(known_code);
    EXPECT_GE(text.size(), 5U);
    EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos) << text;
    EXPECT_NE(text.back(), '.');
}

TEST(CodeText, IsCutToTheRoom)
{
    const std::string whole = text_of_code(known_code);
    for (std::size_t size = 1; size <= whole.size() + 1; ++size) {
        EXPECT_EQ(text_of_code(known_code, size), whole.substr(0, size - 1));
    }
}

TEST(CodeText, OfNoErrorIsEmpty)
{
    EXPECT_EQ(text_of_code(0), "");
    EXPECT_EQ(text_of_code(unknown_code), "");
}

TEST(CodeText, WithoutRoomWritesNothing)
{
    char byte = '?';
    EXPECT_EQ(as_code_text(known_code, &byte, 0), 0U);
    EXPECT_EQ(byte, '?');
    EXPECT_EQ(as_code_text(known_code, nullptr, 0), 0U);
    EXPECT_EQ(as_code_text(known_code, nullptr, 10), 0U);
}

} // namespace
