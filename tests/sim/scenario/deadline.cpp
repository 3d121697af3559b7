// Deadlines: alarms and the wheel that they lie in, operations of streams that have one, timers.
#include "async_socket/deadline.h"

#include <array>
#include <deque>

#include "async_socket/timer.h"
#include "core/time/alarm_clock.hpp"
#include "core/time/timing_wheel.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

using async_socket::core::alarm;
using async_socket::core::timing_wheel;

constexpr std::uint64_t tick = timing_wheel::tick_ns;

void alarms_come_out_in_order()
{
    timing_wheel wheel;
    std::array<alarm, 4> alarms;
    require(wheel.next() == AS_NEVER && wheel.advance(100 * tick) == 0, "nothing is armed");
    wheel.arm(alarms[3], 5000 * tick); // several levels up
    wheel.arm(alarms[1], 200 * tick);
    wheel.arm(alarms[2], 200 * tick);
    wheel.arm(alarms[0], 1); // that was over before
    require(wheel.next() == 0, "one is over");
    require(wheel.advance(99 * tick) == 0, "the past gives out nothing");
    (void)wheel.advance(100 * tick);
    require(wheel.take_due() == &alarms[0] && wheel.take_due() == nullptr, "the late one first");
    require(wheel.next() > 100 * tick && wheel.next() < 201 * tick, "the next one is in the future");
    (void)wheel.advance(201 * tick - 1);
    require(wheel.take_due() == &alarms[1], "both of the tick, in order: the first");
    require(wheel.take_due() == &alarms[2], "the second");
    (void)wheel.advance(4096 * tick); // to where its bucket begins
    (void)wheel.advance(5000 * tick); // to where its tick does
    require(wheel.take_due() == nullptr, "not before that is over");
    (void)wheel.advance(AS_NEVER);
    require(wheel.take_due() == &alarms[3], "all at the end of time");
}

void what_is_disarmed_does_not_come_out()
{
    timing_wheel wheel;
    std::array<alarm, 3> alarms;
    for (alarm& each : alarms) {
        wheel.arm(each, 7 * tick);
    }
    wheel.disarm(alarms[1]);
    wheel.disarm(alarms[1]);
    wheel.disarm(alarms[0]);
    wheel.arm(alarms[0], 9 * tick);
    wheel.arm(alarms[0], AS_NEVER);
    (void)wheel.advance(20 * tick);
    require(wheel.take_due() == &alarms[2] && wheel.take_due() == nullptr, "only that one");
}

void a_clock_without_alarms_has_nothing_to_do()
{
    async_socket::core::alarm_clock clock;
    clock.ring(1);
    require(clock.next() == AS_NEVER && clock.look() == AS_NEVER, "nothing is armed");
}

// ---- of streams

constexpr std::uint64_t soon_ms = 50;
constexpr std::uint64_t late_ms = 3'600'000;

void require_timed_out(const piece_of_work& work, as_deadline deadline, std::uint64_t bytes = 0)
{
    wait_until("it ends", [&] { return work.has_ended; });
    require(ended(work, AS_TIMED_OUT, bytes) && work.outcome.code == ERROR_TIMEOUT, "by its deadline");
    require(as_now() >= deadline, "not before");
}

// Null if the deadline of one before it has cut that already.
piece_of_work* send_behind(stream_end& end, std::uint32_t bytes, as_deadline deadline)
{
    piece_of_work& work = end.make(bytes, 1, true);
    const as_outcome started = end.try_again(work, deadline);
    if (is(started, AS_DONE)) {
        return &work;
    }
    require(is(started, AS_TIMED_OUT), "refused for that reason");
    end.all.pop_back();
    return nullptr;
}

void a_receive_that_times_out_loses_nothing()
{
    const own_engine pool(3);
    stream_end end(pool);
    const as_deadline deadline = as_in_ms(soon_ms);
    require_timed_out(end.receive(8, 1, deadline), deadline);
    const piece_of_work& next = end.receive(8, 1, as_in_ms(late_ms));
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(next, AS_DONE, 4) && next.bytes[0] == peer_byte(end.peer->id, 0), "the next one gets them");
}

void the_others_go_on_after_a_deadline()
{
    for (const std::size_t which : {0U, 1U, 2U}) {
        const own_engine pool(3);
        stream_end end(pool);
        const as_deadline deadline = as_in_ms(soon_ms);
        for (std::size_t i = 0; i < 3; ++i) {
            (void)end.receive(8, 1, i == which ? deadline : as_in_ms(late_ms));
        }
        require_timed_out(end.all[which], deadline);
        require(end.all[which].place == 0, "it overtakes");
        for (const piece_of_work& each : end.all) {
            if (&each != &end.all[which]) {
                peer_write(*end.peer, 4);
                wait_until("the next one gets bytes", [&] { return each.has_ended; });
                require(ended(each, AS_DONE, 4), "the other one goes on");
            }
        }
    }
}

void a_send_that_its_deadline_cuts_is_the_last()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const as_deadline deadline = as_in_ms(soon_ms);
    const piece_of_work& first = end.send(600, 1, deadline);
    const piece_of_work* const second = send_behind(end, 8, AS_NEVER);
    const piece_of_work* const third = send_behind(end, 8, as_in_ms(late_ms));
    require_timed_out(first, deadline, 256);
    end.wait_for_all();
    require(second == nullptr || (ended(*second, AS_TIMED_OUT, 0) && second->place == 1), "no other goes out");
    require(third == nullptr || (ended(*third, AS_TIMED_OUT, 0) && third->place + 1 == end.all.size()), "in order");
    require(end.peer->sent.size() == 256, "that is what the peer gets");
    require(is(end.try_again(end.make(8, 1, true)), AS_TIMED_OUT), "and the reason is kept");
    end.all.pop_back();
}

void a_send_in_line_leaves_it_at_its_deadline()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const as_deadline deadline = as_in_ms(soon_ms);
    const piece_of_work& first = end.send(600);
    const piece_of_work& second = end.send(8, 1, deadline);
    const piece_of_work& third = end.send(8);
    require_timed_out(second, deadline);
    require(!first.has_ended && !third.has_ended, "alone");
    peer_stall(*end.peer, false);
    end.wait_for_all();
    require(ended(first, AS_DONE, 600) && ended(third, AS_DONE, 8), "the others go on");
    require(end.peer->sent.size() == 608, "and nothing of it went out");
}

void a_long_send_times_out()
{
    const own_engine pool(3);
    stream_end end(pool);
    const piece_of_work& first = end.send(3000, 3000, as_in_ms(1));
    end.wait_for_all();
    require(ended(first, AS_DONE, 3000) || is(first.outcome, AS_TIMED_OUT), "one or the other");
    require(end.peer->sent.size() >= first.outcome.bytes, "what it tells went out");
}

void what_is_over_from_the_start()
{
    const own_engine pool(3);
    stream_end end(pool);
    require_timed_out(end.receive(8, 1, 0), 0);
    require_timed_out(end.receive(8, 1, as_now()), 0);
    the_machine().how.pends_one_in = 0;
    const piece_of_work& sent = end.send(8, 1, 0);
    end.wait_for_all();
    require(ended(sent, AS_DONE, 8), "what can be done at once is done");
}

// Whoever wins: bytes are told, and those that come after them are the next one's.
void a_deadline_races_with_what_arrives()
{
    const own_engine pool(3);
    stream_end end(pool);
    piece_of_work& first = end.receive(8, 1, as_in_ms(1));
    sleep_ms(1);
    peer_write(*end.peer, 4);
    wait_until("it ends", [&] { return first.has_ended; });
    require(ended(first, AS_DONE, 4) || ended(first, AS_TIMED_OUT, 0), "one or the other");
    const piece_of_work& second = end.receive(8, 1, as_in_ms(late_ms));
    peer_write(*end.peer, 4);
    wait_until("the next ends", [&] { return second.has_ended; });
    require(second.bytes[0] == peer_byte(end.peer->id, first.outcome.bytes), "no byte is lost");
}

void a_deadline_races_with_a_cancel()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().how.timers_are_late_ms = 0;
    peer_stall(*end.peer, true);
    const as_deadline deadline = as_in_ms(2);
    piece_of_work& received = end.receive(8, 1, deadline);
    piece_of_work& sent = end.send(600, 1, deadline);
    piece_of_work* const in_line = send_behind(end, 8, deadline);
    sleep_ms(3);
    for (piece_of_work& each : end.all) {
        as_operation_cancel(&each.operation);
    }
    end.wait_for_all();
    require(ended(received, AS_CANCELLED, 0) || ended(received, AS_TIMED_OUT, 0), "one or the other");
    require(ended(sent, AS_CANCELLED, 256) || ended(sent, AS_TIMED_OUT, 256), "one or the other");
    require(in_line == nullptr || ended(*in_line, AS_CANCELLED, 0) || ended(*in_line, AS_TIMED_OUT, 0),
            "one or the other");
}

void a_deadline_races_with_a_close()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().how.timers_are_late_ms = 0;
    peer_stall(*end.peer, true);
    const as_deadline deadline = as_in_ms(2);
    for (int i = 0; i < 2; ++i) {
        (void)end.receive(8, 1, deadline);
        (void)send_behind(end, 300, deadline);
    }
    sleep_ms(3);
    end.close();
    for (const piece_of_work& each : end.all) {
        require(each.has_ended && !is(each.outcome, AS_FAILED), "it was one of the two");
    }
}

// It is told behind the callback of its direction, as what it was, and others are not held up.
void a_deadline_comes_while_a_callback_blocks()
{
    const own_engine pool(4);
    stream_end end(pool);
    stream_end other(pool);
    bool may_return = false;
    bool is_inside = false;
    end.receive(4).in_callback = [&] {
        is_inside = true;
        wait_until("it may return", [&] { return may_return; });
    };
    peer_write(*end.peer, 4);
    wait_until("it is inside", [&] { return is_inside; });
    const as_deadline deadline = as_in_ms(soon_ms);
    const piece_of_work& behind = end.receive(4, 1, deadline);
    require_timed_out(other.receive(4, 1, deadline), deadline);
    require(!behind.has_ended, "it waits for the one before it");
    may_return = true;
    require_timed_out(behind, deadline);
    end.wait_for_all();
}

// One thread, in a callback.
void a_deadline_of_a_busy_engine_is_not_lost()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    stream_end other(pool);
    const piece_of_work* timed = nullptr;
    end.receive(4).in_callback = [&] {
        timed = &other.receive(4, 1, as_in_ms(1));
        sleep_ms(1000);
        require(!timed->has_ended, "a callback needs a thread");
    };
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require_timed_out(*timed, 0);
}

void a_system_without_timers_refuses_deadlines()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "CreateThreadpoolWork";
    as_operation timer{[](as_operation*, as_outcome) { require(false, "it was refused"); }, nullptr, {}};
    require(is(as_timer_start(pool.handle(), &timer, 0), AS_NO_ROOM), "no room for its callback");
    as_operation_cancel(&timer);
    the_machine().faults.call = "CreateThreadpoolTimer";
    require(is(as_timer_start(pool.handle(), &timer, 0), AS_NO_ROOM), "nor for it");
    as_operation_cancel(&timer);
    require(is(end.try_again(end.make(8, 1, false), as_in_ms(1)), AS_NO_ROOM), "nor for a receive's deadline");
    end.all.pop_back();
    the_machine().faults = {};
    require_timed_out(end.receive(8, 1, 0), 0);
}

// ---- timers

// One after the other, in the same memory.
struct timer_end {
    as_outcome start(as_engine* on, as_deadline until)
    {
        deadline = until;
        ++under_way;
        const as_outcome started = as_timer_start(on, &operation, until);
        under_way -= is(started, AS_DONE) ? 0 : 1;
        return started;
    }
    void begin(const own_engine& on, as_deadline until)
    {
        require(is(start(on.handle(), until), AS_DONE), "a timer starts");
    }
    void wait() const
    {
        wait_until("the timer ends", [this] { return under_way == 0; });
    }

    as_operation operation{on_end, this, {}};
    as_deadline deadline = 0;
    std::function<void()> in_callback;
    as_outcome outcome{};
    int under_way = 0;
    int ends = 0;

private:
    static void on_end(as_operation* operation, as_outcome told)
    {
        auto& own = *static_cast<timer_end*>(operation->context);
        own.outcome = told;
        require(!is(told, AS_DONE) || as_now() >= own.deadline, "not before its time");
        require(told.bytes == 0 && (told.code == 0) == is(told, AS_DONE), "with the reason if it was stopped");
        ++own.ends;
        if (own.in_callback) {
            own.in_callback();
        }
        --own.under_way;
    }
};

void a_timer_comes_and_is_started_again()
{
    const own_engine pool(2);
    timer_end timer;
    int left = 5;
    timer.in_callback = [&] {
        if (--left != 0) {
            timer.begin(pool, as_in_ms(static_cast<std::uint64_t>(left) * 10));
        }
    };
    timer.begin(pool, 0);
    timer.wait();
    require(timer.ends == 5 && is(timer.outcome, AS_DONE), "each time");
}

void a_timer_is_cancelled()
{
    const own_engine pool(2);
    for (const as_deadline until : {as_in_ms(late_ms), AS_NEVER}) {
        timer_end timer;
        timer.begin(pool, until);
        as_operation_cancel(&timer.operation);
        as_operation_cancel(&timer.operation);
        timer.wait();
        require(timer.ends == 1 && is(timer.outcome, AS_CANCELLED), "once");
        as_operation_cancel(&timer.operation);
    }
}

void a_timer_races_with_a_cancel()
{
    const own_engine pool(2);
    the_machine().how.timers_are_late_ms = 0;
    timer_end timer;
    timer.begin(pool, as_in_ms(2));
    sleep_ms(3);
    as_operation_cancel(&timer.operation);
    timer.wait();
    require(timer.ends == 1 && (is(timer.outcome, AS_CANCELLED) || is(timer.outcome, AS_DONE)), "one or the other");
}

// More than come out in one callback of the system's timer; and one that blocks.
void timers_do_not_hold_each_other_up()
{
    const own_engine pool(4);
    bool may_return = false;
    timer_end blocks;
    blocks.in_callback = [&] { wait_until("it may return", [&] { return may_return; }); };
    std::deque<timer_end> timers(70);
    const as_deadline until = as_in_ms(soon_ms);
    blocks.begin(pool, until);
    for (timer_end& each : timers) {
        each.begin(pool, until);
    }
    for (const timer_end& each : timers) {
        each.wait();
    }
    require(blocks.under_way == 1, "it blocks");
    may_return = true;
    blocks.wait();
}

// The first of an engine, by two threads at once; the second has an earlier time.
void timers_are_started_side_by_side()
{
    const own_engine pool(2);
    timer_end one;
    timer_end other;
    bool has_started = false;
    spawn_application_thread([&] {
        one.begin(pool, as_in_ms(1000));
        has_started = true;
    });
    other.begin(pool, as_in_ms(10));
    wait_until("both are started", [&] { return has_started; });
    other.wait();
    require(one.ends == 0, "each at its own time");
    one.wait();
}

void a_timer_keeps_its_engine()
{
    as_engine* engine = nullptr;
    require(is(as_engine_create(nullptr, &engine), AS_DONE), "an engine");
    timer_end timer;
    bool may_return = false;
    bool is_inside = false;
    timer.in_callback = [&] {
        is_inside = true;
        require(is(as_engine_end_and_wait(engine), AS_INVALID), "not in a callback");
        wait_until("it may return", [&] { return may_return; });
    };
    require(is(timer.start(engine, AS_NEVER), AS_DONE), "a timer starts");
    require(is(as_engine_end_and_wait(engine), AS_INVALID), "it is in use");
    as_operation_cancel(&timer.operation);
    wait_until("it is inside", [&] { return is_inside; });
    spawn_application_thread([&] { may_return = true; });
    require(is(as_engine_end_and_wait(engine), AS_DONE), "it is not any more");
    require(timer.under_way == 0, "and its callback has returned");
}

void an_engine_goes_on_for_its_timers()
{
    timer_end timer;
    timer_end ends_it;
    {
        const own_engine pool(1, 1);
        timer.begin(pool, as_in_ms(soon_ms));
        ends_it.begin(pool, 0);
    }
    timer.wait();
    ends_it.wait();
    require(is(timer.outcome, AS_DONE) && is(ends_it.outcome, AS_DONE), "both come");
}

// While the call that has started it is still on its way out; and a stream is closed in it.
void a_timer_ends_its_engine()
{
    as_engine* engine = nullptr;
    require(is(as_engine_create(nullptr, &engine), AS_DONE), "an engine");
    timer_end timer;
    timer.in_callback = [&] { as_engine_end(engine); };
    require(is(timer.start(engine, 0), AS_DONE), "a timer starts");
    timer.wait();
}

void a_timer_closes_a_stream()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    const piece_of_work& received = end.receive(4, 1, as_in_ms(late_ms));
    timer_end timer;
    timer.in_callback = [&] { end.close(); };
    timer.begin(pool, as_in_ms(1));
    timer.wait();
    require(ended(received, AS_CLOSED_HERE, 0), "closed");
}

void timers_that_make_no_sense_are_refused()
{
    const own_engine pool;
    as_operation without_callback{};
    timer_end timer;
    require(is(timer.start(nullptr, 0), AS_INVALID), "no engine");
    require(is(as_timer_start(pool.handle(), nullptr, 0), AS_INVALID), "no operation");
    require(is(as_timer_start(pool.handle(), &without_callback, 0), AS_INVALID), "no callback");
}

} // namespace

const std::vector<scenario> deadline_scenarios = {
    {"alarms_come_out_in_order", alarms_come_out_in_order},
    {"what_is_disarmed_does_not_come_out", what_is_disarmed_does_not_come_out},
    {"a_clock_without_alarms_has_nothing_to_do", a_clock_without_alarms_has_nothing_to_do},
    {"a_receive_that_times_out_loses_nothing", a_receive_that_times_out_loses_nothing},
    {"the_others_go_on_after_a_deadline", the_others_go_on_after_a_deadline},
    {"a_send_that_its_deadline_cuts_is_the_last", a_send_that_its_deadline_cuts_is_the_last},
    {"a_send_in_line_leaves_it_at_its_deadline", a_send_in_line_leaves_it_at_its_deadline},
    {"a_long_send_times_out", a_long_send_times_out},
    {"what_is_over_from_the_start", what_is_over_from_the_start},
    {"a_deadline_races_with_what_arrives", a_deadline_races_with_what_arrives},
    {"a_deadline_races_with_a_cancel", a_deadline_races_with_a_cancel},
    {"a_deadline_races_with_a_close", a_deadline_races_with_a_close},
    {"a_deadline_comes_while_a_callback_blocks", a_deadline_comes_while_a_callback_blocks},
    {"a_deadline_of_a_busy_engine_is_not_lost", a_deadline_of_a_busy_engine_is_not_lost},
    {"a_system_without_timers_refuses_deadlines", a_system_without_timers_refuses_deadlines},
    {"a_timer_comes_and_is_started_again", a_timer_comes_and_is_started_again},
    {"a_timer_is_cancelled", a_timer_is_cancelled},
    {"a_timer_races_with_a_cancel", a_timer_races_with_a_cancel},
    {"timers_do_not_hold_each_other_up", timers_do_not_hold_each_other_up},
    {"timers_are_started_side_by_side", timers_are_started_side_by_side},
    {"a_timer_keeps_its_engine", a_timer_keeps_its_engine},
    {"an_engine_goes_on_for_its_timers", an_engine_goes_on_for_its_timers},
    {"a_timer_ends_its_engine", a_timer_ends_its_engine},
    {"a_timer_closes_a_stream", a_timer_closes_a_stream},
    {"timers_that_make_no_sense_are_refused", timers_that_make_no_sense_are_refused},
};

} // namespace sim
