// Streams that may be idle for so long.
#include <array>
#include <string_view>

#include "async_socket/deadline.h"
#include "requirement.hpp"
#include "scenario.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

constexpr std::uint64_t idle_ms = 50;
constexpr std::uint64_t far_ms = 3'600'000;
constexpr std::uint64_t in_a_ms = 1'000'000;

void set_idle_time(const stream_end& end, std::uint64_t ms = idle_ms)
{
    require(is(as_stream_set_idle_time(end.handle, ms), AS_DONE), "an idle time is set");
}

void require_idle(const piece_of_work& work, as_deadline since, std::uint64_t bytes = 0)
{
    wait_until("it ends", [&] { return work.has_ended; });
    require(ended(work, AS_TIMED_OUT, bytes) && work.outcome.code != 0, "by the idle time");
    require(as_now() >= since + idle_ms * in_a_ms, "not before");
}

void an_idle_receive_ends_and_loses_nothing()
{
    const own_engine pool;
    stream_end end(pool);
    set_idle_time(end);
    const as_deadline began = as_now();
    require_idle(end.receive(8), began);
    sleep_ms(2 * idle_ms); // while nothing is pending
    const as_deadline again = as_now();
    require_idle(end.receive(8), again);
    const piece_of_work& next = end.receive(8);
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(next, AS_DONE, 4) && next.bytes[0] == peer_byte(end.peer->id, 0), "the next one gets them");
}

void an_idle_time_that_never_comes_is_none()
{
    const own_engine pool;
    stream_end end(pool);
    set_idle_time(end, UINT64_MAX);
    const piece_of_work& received = end.receive(8);
    sleep_ms(far_ms);
    require(!received.has_ended, "it waits");
    end.close();
    require(ended(received, AS_CLOSED_HERE, 0), "until the close");
}

void everything_that_is_pending_on_an_idle_stream_ends()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().how.send_room = 0;
    const as_deadline began = as_now();
    const piece_of_work& first = end.receive(8);
    const piece_of_work& second = end.receive(8, 1, as_in_ms(far_ms));
    const piece_of_work& sent = end.send(8);
    const piece_of_work& in_line = end.send(8);
    set_idle_time(end);
    for (const piece_of_work* const each : {&first, &second, &sent, &in_line}) {
        require_idle(*each, began);
    }
    set_idle_time(end, 0);
    const piece_of_work& next = end.receive(4);
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(next, AS_DONE, 4), "and the stream goes on");
}

void a_send_that_the_idle_time_cuts_is_the_last()
{
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    set_idle_time(end);
    const as_deadline began = as_now();
    const piece_of_work& cut = end.send(600);
    piece_of_work& behind = end.make(8, 1, true);
    const bool is_accepted = is(end.try_again(behind), AS_DONE);
    require_idle(cut, began, 256);
    if (is_accepted) {
        require_idle(behind, began);
        require(behind.place == 1 || behind.place == 0, "either may be told first");
    } else {
        end.all.pop_back();
    }
    require(is(end.try_again(end.make(8, 1, true)), AS_TIMED_OUT), "the reason is kept");
    end.all.pop_back();
    require(end.peer->sent.size() == 256, "that is what the peer gets");
}

void part_of_what_has_to_come_is_told()
{
    const own_engine pool;
    stream_end end(pool);
    const piece_of_work& received = end.receive_exactly(8);
    peer_write(*end.peer, 4);
    sleep_ms(1);
    const as_deadline began = as_now();
    set_idle_time(end);
    require_idle(received, began, 4);
}

// Here time may pass at any moment: a byte has come in time for sure if no idle time can have been over by then.
void bytes_of_either_direction_keep_a_stream()
{
    const own_engine pool;
    stream_end end(pool);
    const as_deadline began = as_now();
    set_idle_time(end);
    const piece_of_work& first = end.receive(40);
    piece_of_work& all = end.receive_exactly(40);
    as_deadline ended_at = 0;
    all.in_callback = [&] { ended_at = as_now(); };
    as_deadline kept_until = began + idle_ms * in_a_ms;
    for (int i = 0; i < 3; ++i) {
        sleep_ms(idle_ms / 4);
        const as_deadline before = as_now();
        const piece_of_work& sent = end.send(8);
        wait_until("it is sent", [&] { return sent.has_ended; });
        require(ended(sent, AS_DONE, 8), "each of them");
        kept_until = as_now() < began + idle_ms * in_a_ms ? before + idle_ms * in_a_ms : kept_until;
    }
    for (int i = 0; i < 3; ++i) {
        sleep_ms(idle_ms / 4);
        peer_write(*end.peer, 4);
    }
    end.wait_for_all();
    require(ended_at >= kept_until, "not before");
    require(ended(first, AS_DONE, first.outcome.bytes) || ended(first, AS_TIMED_OUT, 0), "one or the other");
    require(ended(all, AS_TIMED_OUT, all.outcome.bytes) && all.outcome.bytes < 12, "with what has come");
}

void further_operations_do_not_keep_a_stream()
{
    const own_engine pool;
    stream_end end(pool);
    set_idle_time(end);
    const as_deadline began = as_now();
    const piece_of_work& first = end.receive(4);
    while (!first.has_ended) {
        const piece_of_work& next = end.receive(4, 1, as_in_ms(1));
        wait_until("it ends", [&] { return next.has_ended; });
    }
    require_idle(first, began);
}

void an_idle_time_is_set_again_and_again()
{
    const own_engine pool;
    stream_end end(pool);
    for (const std::uint64_t ms : {std::uint64_t{0}, far_ms, std::uint64_t{1}, std::uint64_t{AS_NEVER}}) {
        set_idle_time(end, ms);
    }
    const piece_of_work& first = end.receive(4);
    sleep_ms(2 * idle_ms);
    require(!first.has_ended, "for ever");
    const as_deadline began = as_now();
    set_idle_time(end, far_ms);
    set_idle_time(end);
    require_idle(first, began);
}

// The first of a stream and of its engine, on two threads, and in the callbacks.
void idle_times_are_set_side_by_side()
{
    const own_engine pool;
    stream_end end(pool);
    bool has_set = false;
    spawn_application_thread([&] {
        set_idle_time(end, idle_ms + 10);
        has_set = true;
    });
    set_idle_time(end);
    const as_deadline began = as_now();
    piece_of_work& first = end.receive(4);
    first.in_callback = [&] { set_idle_time(end, 0); };
    wait_until("both have set it", [&] { return has_set; });
    require_idle(first, began);
}

void an_idle_time_races_with_what_arrives()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().how.timers_are_late_ms = 0;
    set_idle_time(end, 2);
    const piece_of_work& first = end.receive(8);
    sleep_ms(3);
    peer_write(*end.peer, 4);
    wait_until("it ends", [&] { return first.has_ended; });
    require(ended(first, AS_DONE, 4) || ended(first, AS_TIMED_OUT, 0), "one or the other");
    set_idle_time(end, 0);
    const piece_of_work& second = end.receive(8);
    peer_write(*end.peer, 4);
    wait_until("the next ends", [&] { return second.has_ended; });
    require(second.bytes[0] == peer_byte(end.peer->id, first.outcome.bytes), "no byte is lost");
}

void an_idle_time_races_with_cancels()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().how.timers_are_late_ms = 0;
    the_machine().how.wine = true; // whose version 10 misses some
    the_machine().how.wine_version = 10;
    the_machine().how.cancel_misses_one_in = 3;
    peer_stall(*end.peer, true);
    set_idle_time(end, 2);
    (void)end.receive(8);
    (void)end.send(600);
    sleep_ms(3);
    for (piece_of_work& each : end.all) {
        as_operation_cancel(&each.operation);
    }
    end.wait_for_all();
    for (const piece_of_work& each : end.all) {
        const std::uint64_t bytes = each.is_send ? 256 : 0;
        require(ended(each, AS_CANCELLED, bytes) || ended(each, AS_TIMED_OUT, bytes), "one or the other");
    }
}

void an_idle_time_races_with_a_close()
{
    const own_engine pool;
    for (const bool is_reset : {false, true}) {
        stream_end end(pool);
        the_machine().how.timers_are_late_ms = 0;
        peer_stall(*end.peer, true);
        set_idle_time(end, 2);
        (void)end.receive(8);
        (void)end.send(600);
        (void)end.receive(8);
        sleep_ms(3);
        if (is_reset) {
            as_stream_reset(std::exchange(end.handle, nullptr));
        } else {
            end.close();
        }
        for (const piece_of_work& each : end.all) {
            require(each.has_ended && !is(each.outcome, AS_FAILED), "it was one of the two");
        }
    }
}

// As a server does; the engine has one thread.
void whoever_is_told_closes_the_idle_stream()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    end.closes_in_callback = true;
    set_idle_time(end);
    piece_of_work& first = end.receive(8);
    first.in_callback = [&] { end.close(); };
    const piece_of_work& second = end.receive(8);
    end.wait_for_all();
    require(ended(first, AS_TIMED_OUT, 0), "idle");
    require(ended(second, AS_TIMED_OUT, 0), "all of it, and not by the close");
}

void a_stream_that_is_being_closed_has_no_idle_time()
{
    const own_engine pool;
    stream_end end(pool);
    bool may_return = false;
    bool is_inside = false;
    end.receive(4).in_callback = [&] {
        is_inside = true;
        wait_until("it may return", [&] { return may_return; });
        require(is(as_stream_set_idle_time(end.handle, 1), AS_CLOSED_HERE), "it is being closed");
    };
    const piece_of_work& second = end.receive(4);
    set_idle_time(end);
    peer_write(*end.peer, 4);
    wait_until("it is inside", [&] { return is_inside; });
    bool has_closed = false;
    spawn_application_thread([&] {
        as_stream_close(end.handle); // which stays written down for the callback
        has_closed = true;
    });
    sleep_ms(2 * idle_ms);
    may_return = true;
    wait_until("it is closed", [&] { return has_closed; });
    end.handle = nullptr;
    require(second.has_ended, "with all that was pending");
}

void an_idle_stream_ends_its_drain()
{
    const own_engine pool;
    stream_end end(pool);
    set_idle_time(end);
    const as_deadline began = as_now();
    struct drain_told {
        as_outcome outcome{};
        bool has_ended = false;
    } told;
    as_operation drain{[](as_operation* operation, as_outcome outcome) {
                           *static_cast<drain_told*>(operation->context) = {outcome, true};
                       },
                       &told,
                       {}};
    const as_outcome started = as_stream_drain_and_close(std::exchange(end.handle, nullptr), &drain, AS_NEVER);
    require(is(started, AS_DONE), "a drain starts");
    wait_until("it ends", [&] { return told.has_ended; });
    require(is(told.outcome, AS_TIMED_OUT) && as_now() >= began + idle_ms * in_a_ms, "a silent peer");
}

void an_idle_time_that_cannot_be_is_refused()
{
    const own_engine pool;
    stream_end end(pool);
    require(is(as_stream_set_idle_time(nullptr, 1), AS_INVALID), "no stream");
    const piece_of_work& first = end.receive(4);
    for (const char* const call : {"CreateThreadpoolTimer", "malloc"}) {
        the_machine().faults.one_in = 1;
        the_machine().faults.call = call;
        require(is(as_stream_set_idle_time(end.handle, 1), AS_NO_ROOM), "no room");
        the_machine().faults = {};
        if (std::string_view(call) == "CreateThreadpoolTimer") {
            require(is(as_stream_set_idle_time(end.handle, 0), AS_DONE), "none needs none");
            stream_end other(pool); // so that there is a timer
            set_idle_time(other);
        }
    }
    sleep_ms(2 * idle_ms);
    require(!first.has_ended, "and nothing has changed");
}

} // namespace

const std::vector<scenario> idle_time_scenarios = {
    {"an_idle_receive_ends_and_loses_nothing", an_idle_receive_ends_and_loses_nothing},
    {"an_idle_time_that_never_comes_is_none", an_idle_time_that_never_comes_is_none},
    {"everything_that_is_pending_on_an_idle_stream_ends", everything_that_is_pending_on_an_idle_stream_ends},
    {"a_send_that_the_idle_time_cuts_is_the_last", a_send_that_the_idle_time_cuts_is_the_last},
    {"part_of_what_has_to_come_is_told", part_of_what_has_to_come_is_told},
    {"bytes_of_either_direction_keep_a_stream", bytes_of_either_direction_keep_a_stream},
    {"further_operations_do_not_keep_a_stream", further_operations_do_not_keep_a_stream},
    {"an_idle_time_is_set_again_and_again", an_idle_time_is_set_again_and_again},
    {"idle_times_are_set_side_by_side", idle_times_are_set_side_by_side},
    {"an_idle_time_races_with_what_arrives", an_idle_time_races_with_what_arrives},
    {"an_idle_time_races_with_cancels", an_idle_time_races_with_cancels},
    {"an_idle_time_races_with_a_close", an_idle_time_races_with_a_close},
    {"whoever_is_told_closes_the_idle_stream", whoever_is_told_closes_the_idle_stream},
    {"a_stream_that_is_being_closed_has_no_idle_time", a_stream_that_is_being_closed_has_no_idle_time},
    {"an_idle_stream_ends_its_drain", an_idle_stream_ends_its_drain},
    {"an_idle_time_that_cannot_be_is_refused", an_idle_time_that_cannot_be_is_refused},
};

} // namespace sim
