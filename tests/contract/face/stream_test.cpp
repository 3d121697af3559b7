// async_socket/stream.hpp: what a coroutine is told, on either platform.
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "face/ends.hpp"

// What is no memory for a peer's bytes: descriptions of other memory, and pointers.
static_assert(!std::is_constructible_v<as::bytes, as_buffer (&)[2]> &&
              !std::is_constructible_v<as::bytes, char* (&)[2]>);
static_assert(std::is_constructible_v<as::bytes, std::uint32_t (&)[2]>);

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceStream : public FaceTest {
protected:
    face_end end_{engine_};
};

TEST_F(FaceStream, ReceivesWhatThePeerHasSent)
{
    const auto receive = [](as::stream& from) -> as::task<std::string> {
        std::array<char, 100> room;
        const auto got = co_await from.receive(room, as::within(deadline));
        expect(got, as::how::done, 5);
        co_return std::string(text_of(got));
    };
    ASSERT_TRUE(end_.far_end.send("hello", 5));
    EXPECT_EQ(as::run(receive(end_.stream)), "hello");
}

TEST_F(FaceStream, GoesOnOnAThreadOfTheEngine)
{
    const auto receive = [](as::stream& from) -> as::task<std::thread::id> {
        char room[1];
        expect(co_await from.receive(room, as::within(deadline)), as::how::done, 1);
        co_return std::this_thread::get_id();
    };
    ASSERT_TRUE(end_.far_end.send("x", 1));
    EXPECT_NE(as::run(receive(end_.stream)), std::this_thread::get_id());
}

TEST_F(FaceStream, SendsAllOfSeveralPieces)
{
    const auto send = [](as::stream& to) -> as::task<as::result> {
        const std::string head = "head ";
        const std::vector<char> body{'b', 'o', 'd', 'y'};
        co_return co_await to.send(as::gather(head, body, " tail"), as::within(deadline));
    };
    expect(as::run(send(end_.stream)), as::how::done, 14);
    EXPECT_EQ(end_.far_end.receive(14), bytes({'h', 'e', 'a', 'd', ' ', 'b', 'o', 'd', 'y', ' ', 't', 'a', 'i', 'l'}));
}

TEST_F(FaceStream, SendsAndReceivesByTheCallersDescriptions)
{
    const auto work = [](as::stream& on) -> as::task<as::result> {
        std::vector<char> rooms[2] = {std::vector<char>(2), std::vector<char>(2)};
        const std::vector<as_buffer> described{as_buffer_of(rooms[0].data(), 2), as_buffer_of(rooms[1].data(), 2)};
        const auto got = co_await on.receive_exactly(std::span<const as_buffer>(described), as::within(deadline));
        expect(got, as::how::done, 4);
        co_return co_await on.send(std::span<const as_buffer>(described), as::within(deadline));
    };
    ASSERT_TRUE(end_.far_end.send("abcd", 4));
    expect(as::run(work(end_.stream)), as::how::done, 4);
    EXPECT_EQ(end_.far_end.receive(4), bytes({'a', 'b', 'c', 'd'}));
}

TEST_F(FaceStream, PiecesOfNoBytesAreLeftOut)
{
    const auto send = [](as::stream& to) -> as::task<> {
        expect(co_await to.send(as::gather("a", "", "b", std::string())), as::how::done, 2);
        expect(co_await to.send(std::string()), as::how::done, 0);
        expect(co_await to.send(as::gather("", "")), as::how::done, 0);
        expect(co_await to.send_some(as::gather("c", "d")), as::how::done, 2);
        char tag[2] = {'e', 'f'};
        const char part[2] = {'g', 'h'};
        expect(co_await to.send(as::gather(tag, part)), as::how::done, 4);
        std::vector<as_buffer> described{as_buffer_of(tag, 2), as_buffer_of(part, 2)};
        expect(co_await to.send(described), as::how::done, 4);
    };
    as::run(send(end_.stream));
    EXPECT_EQ(end_.far_end.receive(12), bytes({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'e', 'f', 'g', 'h'}));
}

TEST_F(FaceStream, WhatWasDescribedBeforeACloseFindsNone)
{
    const auto work = [](as::stream& on) -> as::task<> {
        char room[1];
        auto described = on.receive(room);
        on.close();
        expect(co_await described, as::how::invalid);
    };
    as::run(work(end_.stream));
}

TEST_F(FaceStream, ReceivesIntoSeveralRooms)
{
    const auto receive = [](as::stream& from) -> as::task<std::string> {
        char first[2];
        char second[3];
        const auto got = co_await from.receive_exactly(as::scatter(first, second), as::within(deadline));
        expect(got, as::how::done, 5);
        EXPECT_EQ(got.data().size(), 2U) << "what is in the first";
        co_return std::string(first, 2) + "|" + std::string(second, 3);
    };
    ASSERT_TRUE(end_.far_end.send("12345", 5));
    EXPECT_EQ(as::run(receive(end_.stream)), "12|345");
}

TEST_F(FaceStream, WhatWasCutIsThere)
{
    const auto receive = [](as::stream& from) -> as::task<std::string> {
        std::array<char, 10> room;
        const auto got = co_await from.receive_exactly(room, as::within(deadline));
        expect(got, as::how::end_of_stream, 3);
        co_return std::string(text_of(got));
    };
    ASSERT_TRUE(end_.far_end.send("abc", 3));
    end_.far_end.shut_down_sending();
    EXPECT_EQ(as::run(receive(end_.stream)), "abc");
}

TEST_F(FaceStream, ADeadlineEndsAReceive)
{
    const auto receive = [](as::stream& from) -> as::task<as::result> {
        char room[1];
        co_return (co_await from.receive(room, as::within(soon))).outcome();
    };
    expect(as::run(receive(end_.stream)), as::how::timed_out);
}

TEST_F(FaceStream, EndsItsDirectionBehindItsSends)
{
    const auto say = [](as::stream& to) -> as::task<as::result> {
        expect(co_await to.send("bye", as::within(deadline)), as::how::done, 3);
        expect(co_await to.send_some("!", as::within(deadline)), as::how::done, 1);
        co_return co_await to.shutdown_send(as::within(deadline));
    };
    expect(as::run(say(end_.stream)), as::how::done);
    EXPECT_EQ(end_.far_end.receive_to_end(), bytes({'b', 'y', 'e', '!'}));
}

TEST_F(FaceStream, DrainsAndHasNoStreamThen)
{
    const auto drain = [](as::stream& closed) -> as::task<as::result> {
        expect(co_await closed.send("last", as::within(deadline)), as::how::done, 4);
        co_return co_await closed.drain_and_close(as::within(deadline));
    };
    std::thread reader([this] {
        EXPECT_EQ(end_.far_end.receive_to_end(), bytes({'l', 'a', 's', 't'}));
        end_.far_end.close();
    });
    expect(as::run(drain(end_.stream)), as::how::done);
    EXPECT_FALSE(end_.stream);
    reader.join();
}

TEST_F(FaceStream, ADrainThatIsRefusedLeavesTheStream)
{
    const auto drain = [](as::stream& closed) -> as::task<as::result> {
        co_return co_await closed.drain_and_close(as::never);
    };
    end_.stream.close();
    expect(as::run(drain(end_.stream)), as::how::invalid);
}

TEST_F(FaceStream, OfNoStreamEverythingIsInvalid)
{
    as::stream none;
    EXPECT_FALSE(none);
    const auto all = [](as::stream& on) -> as::task<> {
        char room[1];
        expect(co_await on.receive(room), as::how::invalid);
        expect(co_await on.receive_exactly(room), as::how::invalid);
        expect(co_await on.send("x"), as::how::invalid);
        expect(co_await on.send_some("x"), as::how::invalid);
        expect(co_await on.shutdown_send(), as::how::invalid);
        expect(co_await on.drain_and_close(as::never), as::how::invalid);
    };
    as::run(all(none));
    EXPECT_EQ(none.set(as::option::no_delay, 1), as::how::invalid);
    EXPECT_EQ(none.get(as::option::no_delay), as::how::invalid);
    EXPECT_EQ(none.local_address(), as::how::invalid);
    EXPECT_EQ(none.remote_address(), as::how::invalid);
    EXPECT_EQ(none.release(), as::how::invalid);
    EXPECT_EQ(none.set_idle_time(1s), as::how::invalid);
    EXPECT_EQ(none.statistics(), as::how::invalid);
    EXPECT_EQ(none.bytes_to_receive(), as::how::invalid);
    none.close();
    none.reset();
}

TEST_F(FaceStream, NoMemoryIsInvalid)
{
    const auto receive = [](as::stream& from) -> as::task<as::result> {
        co_return (co_await from.receive(as::bytes())).outcome();
    };
    expect(as::run(receive(end_.stream)), as::how::invalid);
}

TEST_F(FaceStream, TellsAndTakesOptions)
{
    EXPECT_TRUE(end_.stream.set(as::option::no_delay, 1));
    const auto told = end_.stream.get(as::option::no_delay);
    ASSERT_TRUE(told);
    EXPECT_EQ(*told, 1U);
    EXPECT_EQ(end_.stream.set(as::option::no_delay, 2), as::how::invalid);
}

TEST_F(FaceStream, TellsAddressesAndWhatItHasMoved)
{
    const auto local = end_.stream.local_address();
    const auto remote = end_.stream.remote_address();
    ASSERT_TRUE(local && remote);
    EXPECT_EQ(local->family(), as::family::ipv4);
    EXPECT_NE(local->port(), remote->port());
    const auto send = [](as::stream& to) -> as::task<as::result> { co_return co_await to.send("12345"); };
    expect(as::run(send(end_.stream)), as::how::done, 5);
    const auto told = end_.stream.statistics();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->bytes_sent, 5U);
}

TEST_F(FaceStream, AnIdleTimeEndsWhatWaits)
{
    EXPECT_TRUE(end_.stream.set_idle_time(soon));
    const auto receive = [](as::stream& from) -> as::task<as::result> {
        char room[1];
        co_return (co_await from.receive(room)).outcome();
    };
    expect(as::run(receive(end_.stream)), as::how::timed_out);
    EXPECT_TRUE(end_.stream.set_idle_time(std::chrono::hours::max())) << "for ever";
}

TEST_F(FaceStream, MayBeMovedWhileItReceives)
{
    as::scope readers;
    bool is_over = false;
    const auto receive = [](as::stream& from, bool& noted) -> as::task<> {
        char room[4];
        expect(co_await from.receive_exactly(room, as::within(deadline)), as::how::done, 4);
        noted = true;
    };
    readers.spawn(receive(end_.stream, is_over));
    as::stream moved = std::move(end_.stream);
    EXPECT_FALSE(end_.stream);
    ASSERT_TRUE(end_.far_end.send("1234", 4));
    readers.join();
    EXPECT_TRUE(is_over);
}

TEST_F(FaceStream, ItsCloseEndsWhatWaitsInACoroutine)
{
    as::scope readers;
    const auto receive = [](as::stream& from) -> as::task<> {
        char room[1];
        expect(co_await from.receive(room), as::how::closed_here);
    };
    readers.spawn(receive(end_.stream));
    end_.stream.close();
    readers.join();
}

TEST_F(FaceStream, IsClosedByACoroutineThatOwnsIt)
{
    const auto hang_up = [](as::stream owned) -> as::task<> {
        char room[1];
        expect(co_await owned.receive(room, as::within(deadline)), as::how::done, 1);
    };
    ASSERT_TRUE(end_.far_end.send("x", 1));
    as::run(hang_up(std::move(end_.stream)));
    EXPECT_TRUE(end_.far_end.sees_end());
}

TEST_F(FaceStream, GivesItsSocketBack)
{
    const auto given = end_.stream.release();
    ASSERT_TRUE(given);
    EXPECT_FALSE(end_.stream);
    peer plain{SOCKET_HANDLE(*given)};
    EXPECT_TRUE(plain.send("x", 1));
    EXPECT_EQ(end_.far_end.receive(1), bytes({'x'}));
}

TEST_F(FaceStream, BothDirectionsAtOnce)
{
    static constexpr std::size_t size = 4 * mib;
    const auto send = [](as::stream& to, const bytes& data) -> as::task<> {
        expect(co_await to.send(data, as::within(deadline)), as::how::done, size);
        expect(co_await to.shutdown_send(as::within(deadline)), as::how::done);
    };
    const auto receive = [](as::stream& from, bytes& all) -> as::task<> {
        bytes room(64 * kib);
        for (;;) {
            const auto got = co_await from.receive(room, as::within(deadline));
            if (!got) {
                expect(got, as::how::end_of_stream);
                co_return;
            }
            all.insert(all.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got.bytes()));
        }
    };
    const bytes out = pattern(size, 1);
    const bytes in = pattern(size, 2);
    bytes received;
    as::scope both;
    both.spawn(send(end_.stream, out));
    both.spawn(receive(end_.stream, received));
    std::thread far_reader([&] { EXPECT_EQ(end_.far_end.receive_to_end(), out); });
    EXPECT_TRUE(end_.far_end.send(in));
    end_.far_end.shut_down_sending();
    both.join();
    far_reader.join();
    EXPECT_EQ(received, in);
}

} // namespace
