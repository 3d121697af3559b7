// core/platform/error_text.hpp: errno in words.
#include "core/platform/error_text.hpp"

#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace {

std::string words_for(int code, std::size_t room_size = 200)
{
    std::string room(room_size, '?');
    async_socket::backend::describe_error(static_cast<std::uint32_t>(code), room.data(), room.size());
    room.resize(std::strlen(room.c_str()));
    return room;
}

TEST(ErrorText, IsWhatTheSystemSays)
{
    EXPECT_EQ(words_for(ECONNREFUSED), "Connection refused");
    EXPECT_EQ(words_for(EMFILE), "Too many open files");
}

// Whose words may be in the program's language.
TEST(ErrorText, IsWhatTheResolverSays)
{
    for (const int code : {EAI_NONAME, EAI_AGAIN, EAI_NODATA, EAI_OVERFLOW}) {
        EXPECT_EQ(words_for(code), gai_strerror(code)) << code;
    }
}

TEST(ErrorText, IsCutToTheRoom)
{
    EXPECT_EQ(words_for(ECONNREFUSED, 5), "Conn");
    EXPECT_EQ(words_for(ECONNREFUSED, 1), "");
}

TEST(ErrorText, OfNoErrorIsEmpty)
{
    EXPECT_EQ(words_for(99999), "");
    EXPECT_EQ(words_for(-1), "");
    EXPECT_EQ(words_for(EAI_OVERFLOW - 1), "");
}

} // namespace
