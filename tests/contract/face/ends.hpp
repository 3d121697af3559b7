// What the tests of the C++ interface share: a stream on the near end of a connection, and what an operation is to
// have ended with.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "async_socket/async_socket.hpp"
#include "support/peer.hpp"
#include "support/signal.hpp"

namespace contract::face {

constexpr std::chrono::milliseconds soon{20};

[[nodiscard]] inline as::stream adopted(as::engine& on, SOCKET_HANDLE socket)
{
    as::result_of<as::stream> made = as::stream::adopt(on, as_socket(socket));
    EXPECT_TRUE(made) << made.message().c_str();
    return std::move(*made);
}

// A stream and the other end of its connection.
class face_end {
public:
    explicit face_end(as::engine& on) : face_end(on, connect_pair()) {}

    peer far_end;
    as::stream stream;

private:
    face_end(as::engine& on, loopback_pair pair) : far_end(std::move(pair.far_end)), stream(adopted(on, pair.near_end))
    {
    }
};

inline void expect(const as::result& ended, as::how how, std::size_t bytes = 0)
{
    EXPECT_EQ(static_cast<std::uint32_t>(ended.how()), static_cast<std::uint32_t>(how)) << ended.message().c_str();
    EXPECT_EQ(ended.bytes(), bytes);
}

[[nodiscard]] inline std::string_view text_of(const as::received& got)
{
    return {reinterpret_cast<const char*>(got.data().data()), got.data().size()};
}

// The engine of one test, and what it begins.
class FaceTest : public testing::Test {
protected:
    as::engine engine_;
};

} // namespace contract::face
