// async_socket/reader.hpp
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceReader : public FaceTest {
protected:
    void send(std::string_view text) { ASSERT_TRUE(end_.far_end.send(text.data(), text.size())); }

    face_end end_{engine_};
    std::array<char, 16> room_{};
    as::reader in_{end_.stream, room_};
};

void expect_text(const as::text_read& read, std::string_view text)
{
    EXPECT_TRUE(read) << read.message().c_str();
    EXPECT_EQ(*read, text);
}

void expect_cut(const as::text_read& read, as::how how, std::string_view text)
{
    expect(read, how, text.size());
    EXPECT_EQ(*read, text);
}

TEST_F(FaceReader, LinesWithEitherEnd)
{
    send("one\ntwo\r\n\nthree");
    end_.far_end.shut_down_sending();
    expect_text(as::run(in_.line(as::within(deadline))), "one");
    expect_text(as::run(in_.line(as::within(deadline))), "two");
    expect_text(as::run(in_.line(as::within(deadline))), "");
    expect_cut(as::run(in_.line(as::within(deadline))), as::how::end_of_stream, "three");
    EXPECT_EQ(in_.rest(), "three");
}

TEST_F(FaceReader, MoreThanItHasRoomForOverall)
{
    for (int i = 0; i < 20; ++i) {
        send("0123456789ab\n");
    }
    for (int i = 0; i < 20; ++i) {
        expect_text(as::run(in_.line(as::within(deadline))), "0123456789ab");
    }
}

TEST_F(FaceReader, ADelimiterThatComesInParts)
{
    as::scope readers;
    const auto read = [](as::reader& in) -> as::task<> {
        expect_text(co_await in.until("END", as::within(deadline)), "aE");
    };
    readers.spawn(read(in_));
    const auto wait_until_received = [this](std::uint64_t bytes) {
        ASSERT_TRUE(becomes_true([&] { return end_.stream.statistics()->bytes_received == bytes; }));
    };
    send("aE");
    wait_until_received(2);
    send("EN");
    wait_until_received(4);
    send("Dx");
    readers.join();
    expect_text(as::run(in_.exactly(1, as::within(deadline))), "x");
}

TEST_F(FaceReader, CountsTheDelimiterAmongItsBytes)
{
    send("ab--");
    const as::text_read read = as::run(in_.until("--", as::within(deadline)));
    expect(read, as::how::done, 4);
    EXPECT_EQ(*read, "ab");
}

TEST_F(FaceReader, WhatDoesNotFitIsNoRoomAndStays)
{
    send("0123456789abcdefgh\n");
    expect_cut(as::run(in_.line(as::within(deadline))), as::how::no_room, "0123456789abcdef");
    expect_text(as::run(in_.exactly(10, as::within(deadline))), "0123456789");
    expect_text(as::run(in_.line(as::within(deadline))), "abcdefgh");
    EXPECT_EQ(as::run(in_.exactly(17)), as::how::no_room);
}

TEST_F(FaceReader, ExactlySoMany)
{
    send("abcdef");
    end_.far_end.shut_down_sending();
    expect_text(as::run(in_.exactly(0)), "");
    expect_text(as::run(in_.exactly(4, as::within(deadline))), "abcd");
    expect_cut(as::run(in_.exactly(4, as::within(deadline))), as::how::end_of_stream, "ef");
}

TEST_F(FaceReader, MessagesBehindTheirLength)
{
    send(std::string_view("\0\0\0\3abc\0\0\0\0", 11));
    expect_text(as::run(in_.length_prefixed(4, 100, as::within(deadline))), "abc");
    expect_text(as::run(in_.length_prefixed(4, 100, as::within(deadline))), "");
    send(std::string_view("\1x\0\2yz", 6));
    expect_text(as::run(in_.length_prefixed(1, 100, as::within(deadline))), "x");
    expect_text(as::run(in_.length_prefixed(2, 100, as::within(deadline))), "yz");
    send(std::string_view("\0\0\0\0\0\0\0\1q", 9));
    expect_text(as::run(in_.length_prefixed(8, 100, as::within(deadline))), "q");
    EXPECT_EQ(as::run(in_.length_prefixed(3)), as::how::invalid);
}

TEST_F(FaceReader, ALengthThatNobodyAllowsIsNoRoom)
{
    send(std::string_view("\377\377\377\377", 4));
    EXPECT_EQ(as::run(in_.length_prefixed(4, SIZE_MAX, as::within(deadline))), as::how::no_room);
    expect_text(as::run(in_.exactly(4, as::within(deadline))), "\377\377\377\377");
    send(std::string_view("\5abcde", 6));
    EXPECT_EQ(as::run(in_.length_prefixed(1, 4, as::within(deadline))), as::how::no_room);
}

TEST_F(FaceReader, NothingIsLostByADeadline)
{
    send("ab");
    expect_text(as::run(in_.exactly(1, as::within(deadline))), "a");
    expect_cut(as::run(in_.line(as::within(soon))), as::how::timed_out, "b");
    send("c\n");
    expect_text(as::run(in_.line(as::within(deadline))), "bc");
}

TEST_F(FaceReader, WithoutRoom)
{
    as::reader none(end_.stream, as::bytes());
    EXPECT_EQ(as::run(none.line()), as::how::no_room);
    EXPECT_EQ(as::run(none.length_prefixed()), as::how::no_room);
    EXPECT_EQ(as::run(none.until("")), as::how::invalid);
}

} // namespace
