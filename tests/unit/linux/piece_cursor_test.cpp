// The place in a caller's array of pieces.
#include <sys/uio.h>

#include <climits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/piece_cursor.hpp"

namespace {

using async_socket::core::piece_cursor;

class PieceCursor : public testing::Test {
protected:
    // "abc", "", "d", "efghi", ""
    std::string text_ = "abcdefghi";
    std::vector<SOCKET_BUFFER> pieces_{{3, at(0)}, {0, nullptr}, {1, at(3)}, {5, at(4)}, {0, at(9)}};

    unsigned char* at(std::size_t offset) { return reinterpret_cast<unsigned char*>(text_.data()) + offset; }
    piece_cursor whole() { return {pieces_.data(), static_cast<std::uint32_t>(pieces_.size())}; }

    static std::string rest(const piece_cursor& cursor)
    {
        iovec parts[IOV_MAX];
        const std::size_t count = cursor.describe(parts);
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_NE(parts[i].iov_len, 0U);
            text.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
        }
        return text;
    }
};

TEST_F(PieceCursor, DescribesWhatIsLeftFromEveryPlace)
{
    for (std::size_t offset = 0; offset <= text_.size(); ++offset) {
        piece_cursor cursor = whole();
        cursor.advance(offset);
        EXPECT_EQ(rest(cursor), text_.substr(offset));
        EXPECT_EQ(cursor.length(), text_.size() - offset);
        EXPECT_EQ(cursor.at_end(), offset == text_.size());
    }
}

TEST_F(PieceCursor, AdvancesStepByStep)
{
    for (std::size_t step = 1; step <= text_.size(); ++step) {
        piece_cursor cursor = whole();
        for (std::size_t done = 0; done + step <= text_.size(); done += step) {
            EXPECT_EQ(rest(cursor), text_.substr(done));
            cursor.advance(step);
        }
    }
}

TEST_F(PieceCursor, OfEmptyPiecesIsAtItsEnd)
{
    const SOCKET_BUFFER empty[]{{0, nullptr}, {0, nullptr}};
    EXPECT_TRUE(piece_cursor(empty, 2).at_end());
    EXPECT_EQ(rest(piece_cursor(empty, 2)), "");
}

TEST_F(PieceCursor, DescribesNoMoreThanOneSystemCallTakes)
{
    const std::vector<SOCKET_BUFFER> many(IOV_MAX + 10, SOCKET_BUFFER{1, at(0)});
    piece_cursor cursor(many.data(), static_cast<std::uint32_t>(many.size()));
    EXPECT_EQ(rest(cursor), std::string(IOV_MAX, 'a'));
    cursor.advance(IOV_MAX);
    EXPECT_EQ(rest(cursor), std::string(10, 'a'));
}

} // namespace
