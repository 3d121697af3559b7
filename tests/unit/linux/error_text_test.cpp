// core/error_text.hpp: errno in words.
#include "core/error_text.hpp"

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

TEST(ErrorText, IsCutToTheRoom)
{
    EXPECT_EQ(words_for(ECONNREFUSED, 5), "Conn");
    EXPECT_EQ(words_for(ECONNREFUSED, 1), "");
}

TEST(ErrorText, OfNoErrorIsEmpty)
{
    EXPECT_EQ(words_for(99999), "");
    EXPECT_EQ(words_for(-1), "");
}

} // namespace
