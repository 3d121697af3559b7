// core/platform/error_text.hpp: an error of Windows in words.
#include "core/platform/error_text.hpp"

#include <cctype>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "win32/system/win.hpp"

namespace {

std::string words_for(DWORD code, std::size_t room_size = 200)
{
    std::string room(room_size, '?');
    async_socket::backend::describe_error(code, room.data(), room.size());
    room.resize(std::strlen(room.c_str()));
    return room;
}

// Which words is the system's business; Wine has fewer.
TEST(ErrorText, IsOneLineWithoutAFullStop)
{
    for (const DWORD code : {DWORD{ERROR_ACCESS_DENIED}, DWORD{ERROR_OPERATION_ABORTED}, DWORD{WSAECONNREFUSED},
                             DWORD{WSAECONNRESET}, DWORD{WSAHOST_NOT_FOUND}}) {
        const std::string words = words_for(code);
        ASSERT_GE(words.size(), 5U) << code;
        EXPECT_EQ(words.find_first_of("\r\n"), std::string::npos) << words;
        EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(words.back()))) << words;
    }
}

TEST(ErrorText, ThatDoesNotFitIsLeftOut)
{
    EXPECT_EQ(words_for(WSAECONNREFUSED, 5), "");
    EXPECT_EQ(words_for(WSAECONNREFUSED, 1), "");
}

TEST(ErrorText, OfNoErrorIsEmpty)
{
    EXPECT_EQ(words_for(0xfffffff0), "");
}

} // namespace
