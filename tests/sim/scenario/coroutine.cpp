// The C++ interface: coroutines on simulated threads. What they do with shared words, and when they are stopped, is the
// schedule's choice here (include/async_socket/detail/shared_word.hpp).
#include <array>
#include <cstdint>
#include <tuple>
#include <utility>

#include "async_socket/async_socket.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

as::deadline in_ms(std::uint64_t ms)
{
    return as::deadline(as_in_ms(ms));
}

// A stream with its peer.
class coroutine_end {
public:
    explicit coroutine_end(as::engine& engine)
    {
        const SOCKET socket = connect_pair(&peer);
        as::result_of<as::stream> made = as::stream::adopt(engine, socket);
        require(static_cast<bool>(made), "a stream");
        stream = std::move(*made);
    }

    connection* peer = nullptr;
    as::stream stream;
};

as::engine make_engine(std::uint32_t threads = 3)
{
    as::result_of<as::engine> made = as::engine::create({.callbacks = 0, .threads = threads});
    require(static_cast<bool>(made), "an engine");
    return std::move(*made);
}

as::task<> receive_once(as::stream& from, as::result& ended, std::size_t size = 4)
{
    std::array<unsigned char, 16> room;
    ended = (co_await from.receive_exactly(as::bytes(room.data(), size))).outcome();
}

void a_stop_meets_a_receive_at_any_moment()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    as::scope tasks;
    as::result first;
    as::result second;
    bool has_stopped = false;
    spawn_application_thread([&] {
        peer_write(*end.peer, 4);
        tasks.stop();
        has_stopped = true;
    });
    tasks.spawn(receive_once(end.stream, first));
    tasks.spawn(receive_once(end.stream, second));
    tasks.join();
    wait_until("the stop returns", [&] { return has_stopped; });
    require(first == as::how::done || first == as::how::cancelled, "the one or the other");
    require(second == as::how::done || second == as::how::cancelled, "the one or the other");
    require(!(first && second), "there is one word");
    if (!first && !second) {
        as::scope rest;
        as::result last;
        rest.spawn(receive_once(end.stream, last));
        rest.join();
        require(static_cast<bool>(last), "no byte is lost");
    }
}

as::task<int> child(as::engine& engine, int value)
{
    if (value % 2 == 0) {
        (void)co_await as::on(engine);
    }
    co_return value;
}

as::task<> sum_of_children(as::engine& engine, int& sum)
{
    for (int i = 1; i <= 6; ++i) {
        sum += co_await child(engine, i);
    }
}

void a_task_ends_while_it_is_begun_or_later()
{
    as::engine engine = make_engine();
    as::scope tasks;
    int sum = 0;
    tasks.spawn(sum_of_children(engine, sum));
    tasks.join();
    require(sum == 21, "each has told its value");
}

as::task<> all_and_any(as::engine& engine, as::stream& from, std::uint32_t& seen)
{
    const auto [one, other] = co_await as::when_all(child(engine, 2), child(engine, 4));
    require(one == 2 && other == 4, "both values");
    std::array<unsigned char, 4> room;
    const auto [first, results] =
        co_await as::when_any(from.receive(room), as::timer(engine, in_ms(5)), as::timer(engine, as::never));
    require(first < 3, "one is first");
    const as::result& received = std::get<0>(results);
    require(received == as::how::done || received == as::how::cancelled, "it has bytes, or was stopped");
    const as::result& time = std::get<1>(results);
    require(time == as::how::done || time == as::how::cancelled, "the time has come, or it was stopped");
    require(std::get<2>(results) == as::how::cancelled, "the others are stopped");
    require(first != 0 || received, "the first was not stopped");
    seen = static_cast<std::uint32_t>(received.bytes());
}

void groups_end_once()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    as::scope tasks;
    std::uint32_t seen = 0;
    tasks.spawn(all_and_any(engine, end.stream, seen));
    sleep_ms(4);
    peer_write(*end.peer, 4);
    tasks.join();
    as::result rest;
    if (seen == 0) {
        tasks.spawn(receive_once(end.stream, rest));
        tasks.join();
        require(static_cast<bool>(rest), "no byte of one that has lost is lost");
    }
}

void a_stop_meets_a_group_at_any_moment()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    as::scope tasks;
    bool has_ended = false;
    const auto work = [](as::engine& on, as::stream& from, bool& over) -> as::task<> {
        std::array<unsigned char, 4> room;
        const auto [received, time] = co_await as::when_all(from.receive(room), as::timer(on, as::never));
        require(received == as::how::cancelled && time == as::how::cancelled, "both are stopped");
        over = true;
    };
    spawn_application_thread([&] { tasks.stop(); });
    tasks.spawn(work(engine, end.stream, has_ended));
    tasks.join();
    require(has_ended, "it went on");
}

void a_member_closes_what_another_receives_from()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    as::scope tasks;
    const auto receive = [](as::stream& from) -> as::task<as::result> {
        std::array<unsigned char, 4> room;
        co_return (co_await from.receive(room)).outcome();
    };
    const auto close = [](as::stream& closed) -> as::task<> {
        closed.close(); // waits for the callback that the other may be in
        co_return;
    };
    const auto work = [](as::stream& on, auto receiving, auto closing) -> as::task<> {
        const auto [received, closed] = co_await as::when_all(receiving(on), closing(on));
        require(received == as::how::done || received == as::how::closed_here, "it has bytes, or was closed");
    };
    peer_write(*end.peer, 4);
    tasks.spawn(work(end.stream, receive, close));
    tasks.join();
}

as::task<> wait_for_ever(as::engine& engine, std::uint32_t& count)
{
    require((co_await as::timer(engine, as::never)) == as::how::cancelled, "it is stopped");
    const model_lock lock;
    ++count;
}

void a_scope_in_a_task_is_stopped_and_joined()
{
    as::engine engine = make_engine();
    as::scope outer;
    std::uint32_t count = 0;
    const auto work = [](as::engine& on, std::uint32_t& ended) -> as::task<> {
        as::scope inner;
        inner.spawn(wait_for_ever(on, ended));
        inner.spawn(wait_for_ever(on, ended));
        co_await inner.joined();
        require(ended == 2, "all have ended");
    };
    spawn_application_thread([&] { outer.stop(); });
    outer.spawn(work(engine, count));
    outer.join();
    require(count == 2, "all have ended");
}

void several_join_a_scope_that_goes_with_the_first()
{
    as::engine engine = make_engine();
    as::scope joiners;
    auto* tasks = new as::scope();
    std::uint32_t joined = 0;
    const auto end_soon = [](as::engine& on) -> as::task<> { (void)co_await as::timer(on, in_ms(1)); };
    const auto join = [](as::scope*& shared, std::uint32_t& count) -> as::task<> {
        co_await shared->joined();
        as::scope* last = nullptr;
        {
            const model_lock lock;
            ++count;
            last = std::exchange(shared, nullptr);
        }
        delete last;
    };
    tasks->spawn(end_soon(engine));
    joiners.spawn(join(tasks, joined));
    const bool is_there = joined == 0; // otherwise the first has taken it away
    if (is_there) {
        joiners.spawn(end_soon(engine));
    }
    bool has_stopped = false;
    spawn_application_thread([&] {
        joiners.stop();
        has_stopped = true;
    });
    joiners.join();
    wait_until("the stop returns", [&] { return has_stopped; });
    require(joined == 1 && tasks == nullptr, "it has gone");
}

as::task<> echo(as::stream peer)
{
    std::array<unsigned char, 8> room;
    while (const auto got = co_await peer.receive(room)) {
        if (!co_await peer.send(got.data())) {
            co_return;
        }
    }
}

void a_coroutine_owns_its_stream()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    connection& peer = *end.peer;
    as::scope tasks;
    tasks.spawn(echo(std::move(end.stream)));
    peer_write(peer, 4);
    wait_until("the echo", [&] { return peer.sent.size() == 4; });
    peer_end(peer);
    tasks.join();
}

void a_drain_tells_of_all()
{
    as::engine engine = make_engine();
    coroutine_end end(engine);
    as::scope tasks;
    as::result ended;
    std::uint32_t count = 0;
    tasks.spawn(receive_once(end.stream, ended));
    tasks.spawn(wait_for_ever(engine, count));
    peer_write(*end.peer, 4);
    const as::tally told = tasks.drain(in_ms(60'000));
    // The first may have ended before.
    require(ended && told.ended <= 1 && told.cancelled == 1 && told.cut_off == 0, "one of each");
}

} // namespace

const std::vector<scenario> coroutine_scenarios = {
    {"a_stop_meets_a_receive_at_any_moment", a_stop_meets_a_receive_at_any_moment},
    {"a_task_ends_while_it_is_begun_or_later", a_task_ends_while_it_is_begun_or_later},
    {"groups_end_once", groups_end_once},
    {"a_stop_meets_a_group_at_any_moment", a_stop_meets_a_group_at_any_moment},
    {"a_member_closes_what_another_receives_from", a_member_closes_what_another_receives_from},
    {"a_scope_in_a_task_is_stopped_and_joined", a_scope_in_a_task_is_stopped_and_joined},
    {"several_join_a_scope_that_goes_with_the_first", several_join_a_scope_that_goes_with_the_first},
    {"a_coroutine_owns_its_stream", a_coroutine_owns_its_stream},
    {"a_drain_tells_of_all", a_drain_tells_of_all},
};

} // namespace sim
