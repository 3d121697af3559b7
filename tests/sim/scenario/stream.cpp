// The library's own interface: engines, streams, operations that can be cancelled; callbacks in order.
#include "async_socket/stream.h"

#include <algorithm>
#include <array>

#include "async_end.hpp"
#include "issuer.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

// In the order of the calls; the bytes of each follow those of the one before it.
void require_received_in_order(const stream_end& end, const std::vector<const piece_of_work*>& receives)
{
    std::uint64_t position = 0;
    for (std::size_t i = 0; i < receives.size(); ++i) {
        const piece_of_work& each = *receives[i];
        require(each.place == i, "callbacks come in the order of the calls");
        require(is(each.outcome, AS_DONE) && each.outcome.bytes != 0, "it has bytes");
        for (std::uint64_t byte = 0; byte < each.outcome.bytes; ++byte, ++position) {
            require(each.bytes[byte] == peer_byte(end.peer->id, position), "bytes come in the order of the calls");
        }
    }
}

void receives_are_told_in_order()
{
    const own_engine pool(4);
    stream_end end(pool);
    std::vector<const piece_of_work*> receives;
    receives.reserve(6);
    for (int i = 0; i < 6; ++i) {
        receives.push_back(&end.receive(4));
    }
    peer_write(*end.peer, 24);
    end.wait_for_all();
    require_received_in_order(end, receives);
}

// One callback blocks: its direction waits, the other does not.
void a_callback_that_blocks_keeps_its_own_direction_only()
{
    const own_engine pool(4);
    stream_end end(pool);
    stream_end other(pool);
    bool may_return = false;
    bool is_inside = false;
    piece_of_work& first = end.receive(4);
    first.in_callback = [&] {
        is_inside = true;
        wait_until("it may return", [&] { return may_return; });
    };
    const piece_of_work& second = end.receive(4);
    const piece_of_work& elsewhere = other.receive(4);
    peer_write(*end.peer, 8);
    peer_write(*other.peer, 4);
    wait_until("it is inside", [&] { return is_inside; });
    const piece_of_work& sent = end.send(8);
    wait_until("the others end", [&] { return sent.has_ended && elsewhere.has_ended; });
    sleep_ms(1000);
    require(!second.has_ended, "the second has to wait");
    may_return = true;
    end.wait_for_all();
    require(second.place == 1, "in order");
}

// What a callback starts and is over at once waits for it on its thread, unless others of its direction are over.
void what_a_turn_keeps_does_not_keep_others_waiting()
{
    const own_engine pool(4);
    stream_end end(pool);
    stream_end other(pool);
    the_machine().how.pends_one_in = 0;
    bool may_return = false;
    bool has_sent = false;
    piece_of_work& first = end.receive(4);
    const piece_of_work* sent = nullptr;
    first.in_callback = [&] {
        (void)end.send(8);
        (void)other.receive(4);
        sent = &other.send(8);
        has_sent = true;
        wait_until("it may return", [&] { return may_return; });
    };
    peer_write(*other.peer, 4);
    peer_write(*end.peer, 4);
    wait_until("it has sent", [&] { return has_sent; });
    const piece_of_work& behind = other.send(8);
    wait_until("both sends are told", [&] { return sent->has_ended && behind.has_ended; });
    require(sent->place == 0 && behind.place == 1, "in order");
    may_return = true;
    end.wait_for_all();
    other.wait_for_all();
}

// A chain of callbacks that each start the next, on one thread, in order.
void what_callbacks_start_is_told_in_order()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    the_machine().how.pends_one_in = 0;
    the_machine().how.send_room = 4096;
    int left = 40;
    std::function<void()> send_two;
    send_two = [&] {
        if (left != 0) {
            --left;
            piece_of_work& work = end.make(4, 1, true);
            work.in_callback = send_two; // before it is told
            require(is(end.try_again(work), AS_DONE), "a send is accepted");
            (void)end.send(4);
        }
    };
    send_two();
    wait_until("all are started", [&] { return left == 0; });
    end.wait_for_all();
    std::size_t place = 0;
    for (const piece_of_work& each : end.all) {
        require(each.place == place++ && is(each.outcome, AS_DONE), "each in its place");
    }
}

// What is over behind it has to be told although the callback does not return before the close has.
void a_close_in_a_callback_does_not_wait_for_those_behind_it()
{
    const own_engine pool(2, 2);
    stream_end end(pool);
    end.closes_in_callback = true;
    piece_of_work& first = end.receive(4);
    (void)end.receive(4);
    (void)end.receive(4);
    (void)end.receive(4);
    bool is_closed = false;
    first.in_callback = [&] {
        sleep_ms(10);
        end.close();
        require(std::ranges::count_if(end.all, [](const auto& each) { return each.has_ended; }) == 3,
                "after the close the others have ended");
        is_closed = true;
    };
    peer_write(*end.peer, 12);
    wait_until("it is closed", [&] { return is_closed; });
    end.wait_for_all();
}

// Its callback closes a stream whose callback closes it.
void streams_that_close_each_other_end()
{
    const own_engine pool(2, 2);
    stream_end one(pool);
    stream_end other(pool);
    one.closes_in_callback = true;
    other.closes_in_callback = true;
    one.receive(4).in_callback = [&] { other.close(); };
    other.receive(4).in_callback = [&] { one.close(); };
    for (int i = 0; i < 3; ++i) {
        (void)one.receive(4);
        (void)other.receive(4);
    }
    peer_write(*one.peer, 8);
    peer_write(*other.peer, 8);
    one.wait_for_all();
    other.wait_for_all();
}

void a_close_ends_what_is_under_way()
{
    const own_engine pool(2);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    for (int i = 0; i < 3; ++i) {
        (void)end.send(300);
        (void)end.receive(8);
    }
    end.close();
    std::array<std::size_t, 2> places{};
    for (const piece_of_work& each : end.all) {
        require(each.has_ended && (is(each.outcome, AS_CLOSED_HERE) || is(each.outcome, AS_DONE)), "it was the close");
        require(each.place == places[each.is_send ? 0 : 1]++, "in order");
    }
}

// Which of three pending receives is cancelled makes no difference to the others.
void a_cancelled_receive_leaves_the_others()
{
    for (const std::size_t which : {0U, 1U, 2U}) {
        const own_engine pool(3);
        stream_end end(pool);
        const bool may_miss = the_machine().how.wine && the_machine().how.wine_version == 10;
        the_machine().how.cancel_misses_one_in = may_miss ? 3 : 0;
        for (int i = 0; i < 3; ++i) {
            (void)end.receive(8);
        }
        piece_of_work& cancelled = end.all[which];
        as_operation_cancel(&cancelled.operation);
        wait_until("it is told at once", [&] { return cancelled.has_ended; });
        require(ended(cancelled, AS_CANCELLED, 0) && cancelled.place == 0, "nothing was received");
        peer_write(*end.peer, 4);
        std::vector<const piece_of_work*> others;
        for (const piece_of_work& each : end.all) {
            if (&each != &cancelled) {
                wait_until("the next one gets bytes", [&] { return each.has_ended; });
                require(ended(each, AS_DONE, 4), "the other one goes on");
                others.push_back(&each);
                peer_write(*end.peer, 4);
            }
        }
        require(others[0]->place < others[1]->place, "in order");
    }
}

// Whoever wins: bytes are told, and those that come after them are the next one's.
void a_cancel_races_with_what_arrives()
{
    const own_engine pool(3);
    stream_end end(pool);
    piece_of_work& first = end.receive(8);
    peer_write(*end.peer, 4);
    as_operation_cancel(&first.operation);
    as_operation_cancel(&first.operation);
    wait_until("it ends", [&] { return first.has_ended; });
    require(ended(first, AS_DONE, 4) || ended(first, AS_CANCELLED, 0), "one or the other");
    const piece_of_work& second = end.receive(8);
    peer_write(*end.peer, 4);
    wait_until("the next ends", [&] { return second.has_ended; });
    require(second.bytes[0] == peer_byte(end.peer->id, first.outcome.bytes), "no byte is lost");
}

void a_cancel_races_with_a_close()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    for (int i = 0; i < 2; ++i) {
        (void)end.send(300);
        (void)end.receive(8);
    }
    for (piece_of_work& each : end.all) {
        each.in_callback = [] { sleep_ms(1); };
    }
    bool has_cancelled = false;
    spawn_application_thread([&] {
        for (piece_of_work& each : end.all) {
            as_operation_cancel(&each.operation);
        }
        has_cancelled = true;
    });
    end.close();
    end.wait_for_all();
    wait_until("the cancels return", [&] { return has_cancelled; });
    for (const piece_of_work& each : end.all) {
        require(!is(each.outcome, AS_FAILED), "cancelled or closed");
    }
}

// It waits for the callback before it, which cancels it.
void what_is_over_is_told_as_what_it_was()
{
    const own_engine pool(3);
    stream_end end(pool);
    piece_of_work& first = end.receive(4);
    piece_of_work& second = end.receive(4);
    first.in_callback = [&] {
        sleep_ms(1000);
        as_operation_cancel(&second.operation);
    };
    peer_write(*end.peer, 8);
    end.wait_for_all();
    require_received_in_order(end, {&first, &second});
}

// In the middle of its bytes: it tells how many went out, and nothing follows.
void a_send_that_is_cut_is_the_last()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    piece_of_work& first = end.send(600);
    const piece_of_work& second = end.send(8);
    const piece_of_work& third = end.send(8);
    as_operation_cancel(&first.operation);
    end.wait_for_all();
    require(ended(first, AS_CANCELLED, 256), "so many went out");
    require(ended(second, AS_CANCELLED, 0) && ended(third, AS_CANCELLED, 0), "no other does");
    require(first.place == 0 && second.place == 1 && third.place == 2, "in order");
    require(end.peer->sent.size() == 256, "that is what the peer gets");
    require(is(end.try_again(end.make(8, 1, true)), AS_CANCELLED), "and the reason is kept");
    end.all.pop_back();
}

void a_send_in_line_leaves_it()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& first = end.send(600);
    piece_of_work& second = end.send(8);
    const piece_of_work& third = end.send(8);
    as_operation_cancel(&second.operation);
    wait_until("it ends", [&] { return second.has_ended; });
    require(ended(second, AS_CANCELLED, 0) && !first.has_ended && !third.has_ended, "alone");
    peer_stall(*end.peer, false);
    end.wait_for_all();
    require(ended(first, AS_DONE, 600) && ended(third, AS_DONE, 8), "the others go on");
    require(end.peer->sent.size() == 608, "and nothing of it went out");
}

// While a callback of its direction runs, behind which it is told.
void a_send_in_line_leaves_it_during_a_callback()
{
    const own_engine pool(3);
    stream_end end(pool);
    piece_of_work& first = end.send(8);
    bool has_cancelled = false;
    first.in_callback = [&] {
        peer_stall(*end.peer, true);
        (void)end.send(600);
        piece_of_work& third = end.send(8);
        as_operation_cancel(&third.operation);
        has_cancelled = true;
        sleep_ms(1000);
        require(!third.has_ended, "not inside the callback before it");
    };
    wait_until("it is cancelled", [&] { return has_cancelled; });
    wait_until("it ends", [&] { return end.all[2].has_ended; });
    require(ended(end.all[2], AS_CANCELLED, 0) && end.all[2].place == 1, "in the order in which they are over");
    peer_stall(*end.peer, false);
    end.wait_for_all();
    require(ended(end.all[1], AS_DONE, 600), "the other goes on");
}

// Whoever wins: what is told as done is done, and nothing else is missing.
void a_cancel_races_with_what_goes_out()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    piece_of_work& sent = end.send(600);
    spawn_application_thread([&] { peer_stall(*end.peer, false); });
    as_operation_cancel(&sent.operation);
    end.wait_for_all();
    require(ended(sent, AS_DONE, 600) || is(sent.outcome, AS_CANCELLED), "one or the other");
    require(end.peer->sent.size() == sent.outcome.bytes || !is(sent.outcome, AS_DONE), "all of it went out");
}

// The system says that it was cancelled, and that it has moved everything.
void what_is_cancelled_with_all_its_bytes_is_done()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().false_bytes = {8};
    piece_of_work& received = end.receive(8);
    as_operation_cancel(&received.operation);
    end.wait_for_all();
    require(ended(received, AS_DONE, 8), "nothing of it is missing");
    peer_stall(*end.peer, true);
    piece_of_work& sent = end.send(600);
    the_machine().false_bytes = {600 - 256};
    as_operation_cancel(&sent.operation);
    end.wait_for_all();
    // Nobody has measured what such a count of Windows' own is worth.
    require(ended(sent, the_machine().how.wine ? AS_DONE : AS_CANCELLED, 600), "nor of this one, on Wine");
}

// On Wine the end of a thread cuts its receives one after the other. What arrives meanwhile is told by those that go on
// while others still wait.
void bytes_arrive_while_receives_wait_to_go_on()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().how.cancels_later = true;
    the_machine().how.pends_one_in = 0;
    issuer dies([&] {
        for (int i = 0; i < 3; ++i) {
            (void)end.receive(8);
        }
    });
    spawn_application_thread([&] { peer_write(*end.peer, 4); });
    dies.end();
    wait_until("the first ends", [&] { return end.all[0].has_ended; });
    peer_write(*end.peer, 4);
    wait_until("the second ends", [&] { return end.all[1].has_ended; });
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require_received_in_order(end, {&end.all[0], &end.all[1], &end.all[2]});
}

// The thread that started them ends, which on Wine ends its operations; then one of them is cancelled.
void a_cancel_races_with_the_end_of_a_thread()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    piece_of_work* sent = nullptr;
    piece_of_work* received = nullptr;
    bool has_cancelled = false;
    issuer dies([&] {
        sent = &end.send(600);
        received = &end.receive(8);
        (void)end.send(8);
    });
    spawn_application_thread([&] {
        as_operation_cancel(&received->operation);
        as_operation_cancel(&sent->operation);
        has_cancelled = true;
    });
    dies.end();
    wait_until("the cancels return", [&] { return has_cancelled; });
    wait_until("both end", [&] { return sent->has_ended && received->has_ended; });
    require(ended(*received, AS_CANCELLED, 0), "nothing came");
    require(is(sent->outcome, AS_CANCELLED) || is(sent->outcome, AS_FAILED), "it was cut");
    end.wait_for_all();
}

// On Wine those of a thread that has ended wait for each other before they go on.
void a_cancel_meets_what_waits_to_go_on()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().how.cancels_later = true;
    issuer dies([&] {
        for (int i = 0; i < 4; ++i) {
            (void)end.receive(8);
        }
    });
    spawn_application_thread([&] {
        as_operation_cancel(&end.all[2].operation);
        as_operation_cancel(&end.all[0].operation);
    });
    dies.end();
    for (const std::size_t which : {2U, 0U}) {
        const piece_of_work& cancelled = end.all[which];
        wait_until("it ends", [&] { return cancelled.has_ended; });
        require(ended(cancelled, AS_CANCELLED, 0), "nothing came");
    }
    peer_write(*end.peer, 4);
    wait_until("the second ends", [&] { return end.all[1].has_ended; });
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(end.all[1], AS_DONE, 4) && ended(end.all[3], AS_DONE, 4), "the others go on");
    require(end.all[1].place == 2 && end.all[3].place == 3, "in order");
}

// On Wine it waits for those of another thread.
void a_receive_in_line_leaves_it()
{
    const own_engine pool(3);
    stream_end end(pool);
    const piece_of_work& first = end.receive(8);
    issuer another([&] { (void)end.receive(8); });
    as_operation_cancel(&end.all[1].operation);
    wait_until("it ends", [&] { return end.all[1].has_ended; });
    require(ended(end.all[1], AS_CANCELLED, 0) && !first.has_ended, "alone");
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(first, AS_DONE, 4), "the other goes on");
}

void a_long_send_goes_out_whole()
{
    const own_engine pool(3);
    stream_end end(pool);
    const piece_of_work& first = end.send(3000, 3000);
    const piece_of_work& second = end.send(40);
    end.wait_for_all();
    require(ended(first, AS_DONE, 3000) && ended(second, AS_DONE, 40), "both are done");
    std::vector<unsigned char> both = first.bytes;
    both.insert(both.end(), second.bytes.begin(), second.bytes.end());
    require(end.peer->sent == both, "one behind the other");
}

// Between two of its rounds, or in one.
void a_long_send_is_cancelled()
{
    const own_engine pool(3);
    stream_end end(pool);
    piece_of_work& first = end.send(3000, 3000);
    const piece_of_work& second = end.send(40);
    as_operation_cancel(&first.operation);
    end.wait_for_all();
    if (is(first.outcome, AS_DONE)) {
        require(ended(first, AS_DONE, 3000) && ended(second, AS_DONE, 40), "it was faster");
        return;
    }
    require(is(first.outcome, AS_CANCELLED), "cancelled");
    require(end.peer->sent.size() >= first.outcome.bytes, "what it tells went out");
    const bool may_follow = first.outcome.bytes == 0;
    require(is(second.outcome, AS_CANCELLED) || (may_follow && is(second.outcome, AS_DONE)), "no hole");
}

// The system says that it has sent fewer bytes than it was given. (Wine means it; see
// a_peer_that_ends_still_gets_what_is_under_way.)
void a_short_send_is_not_done()
{
    the_machine().how.wine = false;
    const own_engine pool;
    stream_end end(pool);
    the_machine().false_bytes = {-1};
    const piece_of_work& sent = end.send(8);
    end.wait_for_all();
    require(ended(sent, AS_FAILED, 7), "as many as it says");
    require(is(end.try_again(end.make(8, 1, true)), AS_FAILED), "and none follows");
    end.all.pop_back();
}

// It says that it has moved more than it was given: that is no success, and the caller is not to look behind his
// buffer.
void a_count_that_is_too_long_is_not_done()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().false_bytes = {5};
    const piece_of_work& received = end.receive(8);
    peer_write(*end.peer, 8);
    end.wait_for_all();
    require(ended(received, AS_FAILED, 8), "as many as there is room for");
    the_machine().false_bytes = {5};
    const piece_of_work& sent = end.send(8);
    end.wait_for_all();
    require(ended(sent, AS_FAILED, 8), "all, and no more");
}

void a_shutdown_comes_behind_the_sends()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& first = end.send(600);
    const piece_of_work& shutdown = end.shut_down_send();
    const piece_of_work& behind = end.send(8);
    sleep_ms(1000);
    require(!shutdown.has_ended && !end.peer->own_end, "not before the send");
    peer_stall(*end.peer, false);
    end.wait_for_all();
    require(ended(first, AS_DONE, 600) && ended(shutdown, AS_DONE, 0), "both happen");
    require(end.peer->sent.size() == 600 && end.peer->own_end, "in order");
    require(ended(behind, AS_CLOSED_HERE, 0), "nothing goes out behind it");
    require(is(end.try_again(end.make(8, 1, true)), AS_CLOSED_HERE), "nor later");
    end.all.pop_back();
    (void)end.receive(4);
    peer_write(*end.peer, 4);
    end.wait_for_all();
    require(ended(end.all.back(), AS_DONE, 4), "the other direction goes on");
}

void buffers_that_make_no_sense_are_refused()
{
    const own_engine pool;
    stream_end end(pool);
    for (const std::uint32_t count : {1U, 2U, 3U}) {
        piece_of_work& work = end.make(12, count, true);
        work.buffers.back().data = nullptr;
        require(is(end.try_again(work), AS_INVALID), "the last one is none");
        end.all.pop_back();
    }
    const piece_of_work& sent = end.send(12, 3);
    end.wait_for_all();
    require(ended(sent, AS_DONE, 12), "as if nothing had been");
}

// What the first has room for behind its first call is for the one that waits in line.
void a_receive_of_more_than_one_call_leaves_the_rest_to_the_next()
{
    const own_engine pool(2);
    stream_end end(pool);
    peer_write(*end.peer, 1036);
    wait_until("all has come", [&] { return end.peer->arrived == 1036; });
    const piece_of_work& first = end.receive(1030, 1030);
    bool is_started = false;
    spawn_application_thread([&] {
        (void)end.receive(8);
        is_started = true;
        wait_until("it has some", [&] { return end.all.back().has_ended; }); // on Wine it would end with its thread
    });
    wait_until("the second has started", [&] { return is_started; });
    end.wait_for_all();
    const piece_of_work& second = end.all.back();
    require(is(first.outcome, AS_DONE) && is(second.outcome, AS_DONE), "both have some");
    require_received_in_order(end, {&first, &second});
}

// The same if the next one was with the system, which on Wine has cut it when their thread ended. Nobody is told before
// that of the first one, and then two threads are at once.
void a_receive_of_more_than_one_call_leaves_the_rest_to_one_that_was_cut()
{
    const own_engine pool(2);
    stream_end end(pool);
    stream_end one(pool);
    stream_end other(pool);
    std::size_t busy = 0;
    bool go_on = false;
    for (stream_end* const each : {&one, &other}) {
        each->receive(4).in_callback = [&] {
            ++busy;
            wait_until("the others may be told", [&] { return go_on; });
        };
        peer_write(*each->peer, 4);
    }
    wait_until("both threads are busy", [&] { return busy == 2; });
    peer_write(*end.peer, 1024);
    wait_until("all has come", [&] { return end.peer->arrived == 1024; });
    bool are_started = false;
    spawn_application_thread([&] {
        (void)end.receive(1030, 1030);
        (void)end.receive(8);
        are_started = true;
    });
    wait_until("both have started", [&] { return are_started; });
    sleep_ms(1); // and their thread has ended
    go_on = true;
    const piece_of_work& first = end.all.front();
    wait_until("the first has ended", [&] { return first.has_ended; });
    peer_write(*end.peer, 8);
    end.wait_for_all();
    const piece_of_work& second = end.all.back();
    require(is(first.outcome, AS_DONE) && is(second.outcome, AS_DONE), "both have some");
    require_received_in_order(end, {&first, &second});
}

void a_shutdown_is_refused_or_fails()
{
    const own_engine pool(3);
    stream_end end(pool);
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "shutdown";
    const as_outcome refused = end.try_again(end.make_shutdown());
    end.all.pop_back();
    require(!is(refused, AS_DONE) && refused.code != 0, "the system's reason");
    require(is(as_stream_shutdown_send(nullptr, nullptr, AS_NEVER), AS_INVALID), "nothing to do");
    require(is(as_stream_shutdown_send(end.handle, nullptr, AS_NEVER), AS_INVALID), "no operation");
    the_machine().faults = {};
    peer_stall(*end.peer, true);
    (void)end.send(600);
    const piece_of_work& in_line = end.shut_down_send();
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "shutdown";
    peer_stall(*end.peer, false);
    wait_until("it ends", [&] { return in_line.has_ended; });
    the_machine().faults = {};
    require(!is(in_line.outcome, AS_DONE) && in_line.outcome.code != 0, "the system's reason");
    end.wait_for_all();
}

void a_receive_of_exactly_so_many_bytes()
{
    const own_engine pool(3);
    stream_end end(pool);
    const piece_of_work& first = end.receive_exactly(24, 3);
    const piece_of_work& second = end.receive(8);
    const piece_of_work& third = end.receive_exactly(12);
    for (int i = 0; i < 11; ++i) {
        peer_write(*end.peer, 4);
        sleep_ms(1);
    }
    wait_until("the first two end", [&] { return first.has_ended && second.has_ended; });
    while (!third.has_ended) {
        peer_write(*end.peer, 4);
        sleep_ms(1);
    }
    require(ended(first, AS_DONE, 24) && ended(third, AS_DONE, 12), "all of it");
    require_received_in_order(end, {&first, &second, &third});
}

// Each way to end with some of its bytes.
void a_receive_of_exactly_so_many_is_cut()
{
    for (const as_how how : {AS_END_OF_STREAM, AS_CANCELLED, AS_CLOSED_HERE, AS_RESET}) {
        const own_engine pool(3);
        stream_end end(pool);
        piece_of_work& cut = end.receive_exactly(24);
        (void)end.receive(8);
        peer_write(*end.peer, 8);
        wait_until("they are taken", [&] { return end.peer->consumed == 8; });
        switch (how) {
        case AS_END_OF_STREAM:
            peer_end(*end.peer);
            break;
        case AS_CANCELLED:
            as_operation_cancel(&cut.operation);
            break;
        case AS_RESET:
            peer_reset(*end.peer);
            break;
        default:
            end.close();
            break;
        }
        wait_until("it ends", [&] { return cut.has_ended; });
        require(ended(cut, how, 8) || (how == AS_RESET && cut.outcome.bytes == 8), "with what it has");
        require(cut.bytes[7] == peer_byte(end.peer->id, 7), "which is in its buffers");
        peer_end(*end.peer);
        end.wait_for_all();
    }
}

// Its thread ends while it waits for the rest, which on Wine cuts it.
void a_receive_of_exactly_so_many_survives_its_thread()
{
    const own_engine pool(3);
    stream_end end(pool);
    issuer dies([&] {
        (void)end.receive_exactly(16);
        (void)end.receive_exactly(8);
    });
    peer_write(*end.peer, 8);
    dies.end();
    peer_write(*end.peer, 16);
    end.wait_for_all();
    require(ended(end.all[0], AS_DONE, 16) && ended(end.all[1], AS_DONE, 8), "all of it");
    require_received_in_order(end, {&end.all[0], &end.all[1]});
}

void some_bytes_are_enough()
{
    const own_engine pool(3);
    stream_end end(pool);
    const piece_of_work& long_one = end.send_some(3000, 3000);
    const piece_of_work& behind = end.send(8);
    end.wait_for_all();
    require(is(long_one.outcome, AS_DONE) && long_one.outcome.bytes != 0, "some");
    require(ended(behind, AS_DONE, 8), "and the next follows");
    require(end.peer->sent.size() == long_one.outcome.bytes + 8, "nothing else went out");
    peer_stall(*end.peer, true);
    piece_of_work& cut = end.send_some(600);
    as_operation_cancel(&cut.operation);
    end.wait_for_all();
    if (the_machine().how.wine) {
        require(is(cut.outcome, AS_DONE) && cut.outcome.bytes != 0, "what went is what it wanted");
        peer_stall(*end.peer, false);
        require(is(end.try_again(end.make(8, 1, true)), AS_DONE), "and more may follow");
        end.wait_for_all();
    } else {
        require(is(cut.outcome, AS_CANCELLED), "nobody knows for sure");
    }
}

void the_end_of_a_stream_is_told()
{
    const own_engine pool;
    stream_end end(pool);
    const piece_of_work& first = end.receive(8);
    const piece_of_work& second = end.receive(8);
    peer_end(*end.peer);
    end.wait_for_all();
    require(ended(first, AS_END_OF_STREAM, 0) && ended(second, AS_END_OF_STREAM, 0), "no bytes, and no failure");
}

// Wine has an end of the stream from then on, Windows says it again.
void a_reset_is_never_told_as_an_end()
{
    const own_engine pool;
    stream_end end(pool);
    const piece_of_work& first = end.receive(8);
    peer_reset(*end.peer);
    wait_until("it ends", [&] { return first.has_ended; });
    require(is(first.outcome, AS_RESET) && first.outcome.code != 0, "reset");
    const as_outcome again = end.try_again(end.make(8, 1, false));
    if (is(again, AS_DONE)) {
        end.wait_for_all();
        require(is(end.all.back().outcome, AS_RESET) && end.all.back().outcome.code != 0, "still");
    } else {
        require(is(again, AS_RESET), "refused as what it is");
        end.all.pop_back();
    }
}

// Nor if nobody receives when it comes.
void a_reset_that_comes_before_the_receive_is_told_as_one()
{
    const own_engine pool;
    stream_end end(pool);
    peer_reset(*end.peer);
    for (int i = 0; i < 2; ++i) {
        piece_of_work& receive = end.make(8, 1, false);
        const as_outcome answer = end.try_again(receive);
        receive.has_ended = !is(answer, AS_DONE); // refused
        end.wait_for_all();
        require(is(answer, AS_RESET) || is(receive.outcome, AS_RESET), "no end");
    }
    const as_outcome shutdown = end.try_again(end.make_shutdown());
    end.all.pop_back();
    require(is(shutdown, AS_RESET) && shutdown.code != 0, "nor can this side end it any more");
}

void an_end_that_nobody_can_be_asked_about_is_one()
{
    const own_engine pool;
    stream_end end(pool);
    peer_end(*end.peer);
    the_machine().faults = {1, true, 0, 0, 0, "WSAPoll"};
    const piece_of_work& received = end.receive(8);
    end.wait_for_all();
    the_machine().faults = {};
    require(ended(received, AS_END_OF_STREAM, 0), "as the system says");
}

// Wine cuts what is going out when a receive finds the end, and calls it done.
void a_peer_that_ends_still_gets_what_is_under_way()
{
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& received = end.receive(8);
    const piece_of_work& sent = end.send(600);
    const piece_of_work& some = end.send_some(600);
    peer_end(*end.peer);
    wait_until("the end is told", [&] { return received.has_ended; });
    sleep_ms(1);
    require(!sent.has_ended, "the peer does not read");
    peer_stall(*end.peer, false);
    end.wait_for_all();
    require(ended(sent, AS_DONE, 600) && is(some.outcome, AS_DONE), "all of it");
}

// Of the rest of such a one Wine may not say how much has gone: then it is not done with what had gone before, and the
// reason that the sends behind it are told is none of success.
void a_cut_send_of_some_bytes_whose_rest_is_lost_is_the_last()
{
    constexpr std::uint32_t lost = 5; // among the codes of a completion
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& received = end.receive(8);
    const piece_of_work& some = end.send_some(600);
    const piece_of_work& behind = end.send(8);
    the_machine().faults = {1, true, lost, 0, 0, "send completes"};
    peer_end(*end.peer);
    wait_until("the end is told", [&] { return received.has_ended; });
    sleep_ms(1);
    if (!the_machine().how.wine) {
        the_machine().faults = {};
    }
    peer_stall(*end.peer, false);
    end.wait_for_all();
    the_machine().faults = {};
    if (!the_machine().how.wine) {
        require(is(some.outcome, AS_DONE) && ended(behind, AS_DONE, 8), "nothing cuts it");
        return;
    }
    require(is(some.outcome, AS_FAILED) && some.outcome.code != 0, "more may have gone than is known");
    require(ended(behind, AS_FAILED, 0) && behind.outcome.code == some.outcome.code, "the same reason");
    require(is(end.try_again(end.make(8, 1, true)), AS_FAILED), "nor a later one");
    end.all.pop_back();
}

// What it has cut without any of its bytes, while it is cancelled, is cancelled, and no failure that nobody can
// explain.
void a_send_of_some_bytes_that_is_cut_while_it_is_cancelled()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& fills = end.send(the_machine().how.send_room);
    wait_until("there is no room", [&] { return fills.has_ended; });
    (void)end.receive(8);
    piece_of_work& some = end.send_some(100);
    peer_end(*end.peer); // cuts it
    as_operation_cancel(&some.operation);
    peer_stall(*end.peer, false);
    end.wait_for_all();
    const bool has_gone = is(some.outcome, AS_DONE) && some.outcome.bytes != 0;
    require(has_gone || (is(some.outcome, AS_CANCELLED) && some.outcome.bytes == 0 && some.outcome.code != 0),
            "as its caller wants");
}

// The same of what the system has given up: a peer that is silent, a way that is not there.
void a_loss_is_never_told_as_an_end()
{
    struct loss {
        std::uint32_t choice; // among the codes of a completion
        as_how how;
    };
    constexpr loss aborted{2, AS_RESET}; // nobody has closed it here
    constexpr loss sem_timeout{6, AS_TIMED_OUT};
    constexpr loss host_unreachable{7, AS_UNREACHABLE};
    for (const auto& [choice, how] : {aborted, sem_timeout, host_unreachable}) {
        const own_engine pool;
        stream_end end(pool);
        the_machine().faults = {1, true, choice, 0, 0, "receive completes"};
        const piece_of_work& lost = end.receive(8);
        wait_until("it ends", [&] { return lost.has_ended; });
        const as_outcome told = lost.outcome;
        require(is(told, how) && told.code != 0, "by the system");
        // A shutdown is told that nothing is connected.
        the_machine().faults = {1, true, 0, 0, 0, "shutdown"};
        const as_outcome refused = end.try_again(end.make_shutdown());
        the_machine().faults = {};
        end.all.pop_back();
        require(refused.how == told.how && refused.code == told.code, "not closed here");
        const piece_of_work& next = end.receive(8);
        peer_end(*end.peer);
        end.wait_for_all();
        require(next.outcome.how == told.how && next.outcome.code == told.code, "still");
    }
}

// Of the call that the system refuses, too.
void a_refusal_may_tell_of_a_loss()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().faults = {1, true, 0, 0, 0, "WSARecv"};
    const as_outcome told = end.try_again(end.make(8, 1, false));
    the_machine().faults = {};
    end.all.pop_back();
    require(is(told, AS_RESET) && told.code == WSAECONNRESET, "reset");
    const piece_of_work& next = end.receive(8);
    peer_end(*end.peer);
    end.wait_for_all();
    require(is(next.outcome, AS_RESET) && next.outcome.code == WSAECONNRESET, "still");
}

// But a deadline is not the system's, whether the system has the receive or it waits in line.
void a_deadline_is_no_loss()
{
    const own_engine pool;
    stream_end end(pool);
    const piece_of_work& late = end.receive(8, 1, as_in_ms(1));
    wait_until("it ends", [&] { return late.has_ended; });
    const piece_of_work& whole = end.receive_exactly(8);
    const piece_of_work& late_in_line = end.receive(8, 1, as_in_ms(1));
    wait_until("it ends", [&] { return late_in_line.has_ended; });
    require(ended(late, AS_TIMED_OUT, 0) && ended(late_in_line, AS_TIMED_OUT, 0), "nothing came");
    peer_end(*end.peer);
    end.wait_for_all();
    require(ended(whole, AS_END_OF_STREAM, 0), "the stream is whole");
}

// Nor that of a send which tears its stream, with others in line behind it.
void a_send_that_was_late_is_no_loss()
{
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    (void)end.send(6000, 1, as_in_ms(1));
    (void)end.send(8);
    end.wait_for_all();
    const piece_of_work& received = end.receive(8);
    peer_end(*end.peer);
    end.wait_for_all();
    require(ended(received, AS_END_OF_STREAM, 0), "the other direction is whole");
}

// An operation is used again inside its callback.
void an_operation_is_used_again()
{
    const own_engine pool;
    stream_end end(pool);
    piece_of_work& work = end.receive(4);
    int left = 3;
    work.in_callback = [&] {
        if (left-- != 0) {
            require(is(end.try_again(work), AS_DONE), "it starts again");
        }
    };
    peer_write(*end.peer, 16);
    wait_until("it has ended often enough", [&] { return end.ended[1] == 4 && end.running[1] == 0; });
}

// ---- refusals -------------------------------------------------------------------------------------

void engines_that_make_no_sense_are_refused()
{
    as_engine* made = nullptr;
    as_engine_options options = AS_ENGINE_OPTIONS;
    require(is(as_engine_create(&options, nullptr), AS_INVALID), "nowhere to put it");
    options.size = 1;
    require(is(as_engine_create(&options, &made), AS_INVALID), "of another size");
    options = AS_ENGINE_OPTIONS;
    options.reserved = 1;
    require(is(as_engine_create(&options, &made), AS_INVALID), "what is reserved is 0");
    options = AS_ENGINE_OPTIONS;
    options.threads = 3;
    options.callbacks = 2;
    require(is(as_engine_create(&options, &made), AS_INVALID), "more threads than callbacks");
    as_engine_end(nullptr);
    require(is(as_engine_end_and_wait(nullptr), AS_INVALID), "no engine");
    require(*as_engine_backend(nullptr) == '\0', "of none");
    require(made == nullptr && the_machine().pools.empty(), "nothing was made");
}

void an_engine_has_the_threads_that_were_asked_for()
{
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.callbacks = 2;
    as_engine* made = nullptr;
    require(is(as_engine_create(&options, &made), AS_DONE), "an engine");
    require(the_machine().pools.back()->minimum == 2 && the_machine().pools.back()->maximum == 2, "not more than 2");
    require(*as_engine_backend(made) != '\0', "it has a name");
    require(is(as_engine_end_and_wait(made), AS_DONE), "nothing runs");
    require(is(as_engine_create(nullptr, &made), AS_DONE), "an engine");
    require(the_machine().pools.back()->maximum == 0, "no limit");
    as_engine_end(made);
}

void an_engine_with_a_stream_cannot_be_waited_for()
{
    as_engine* made = nullptr;
    require(is(as_engine_create(nullptr, &made), AS_DONE), "an engine");
    connection* peer = nullptr;
    as_stream* stream = nullptr;
    require(is(as_stream_adopt(made, connect_pair(&peer), &stream), AS_DONE), "a stream");
    require(is(as_engine_end_and_wait(made), AS_INVALID), "it is in use");
    as_stream_close(stream);
    require(is(as_engine_end_and_wait(made), AS_DONE), "now it is not");
}

void streams_that_make_no_sense_are_refused()
{
    const own_engine pool;
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    as_stream* stream = nullptr;
    require(is(as_stream_adopt(nullptr, socket, &stream), AS_INVALID), "no engine");
    require(is(as_stream_adopt(pool.handle(), socket, nullptr), AS_INVALID), "nowhere to put it");
    require(is(as_stream_adopt(pool.handle(), INVALID_SOCKET, &stream), AS_INVALID), "no socket");
    require(is(as_stream_adopt(pool.handle(), 0, &stream), AS_INVALID), "no socket, either");
    constexpr as_socket number_of_nothing = 4000;
    const as_outcome of_nothing = as_stream_adopt(pool.handle(), number_of_nothing, &stream);
    require(is(of_nothing, AS_INVALID) && of_nothing.code == WSAENOTSOCK, "no socket, says the system");
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "getsockopt";
    const as_outcome unknown = as_stream_adopt(pool.handle(), socket, &stream);
    require(is(unknown, AS_FAILED) && unknown.code == WSAENETDOWN, "nobody has said that it is none");
    the_machine().faults.call = "CreateThreadpoolIo";
    require(!is(as_stream_adopt(pool.handle(), socket, &stream), AS_DONE), "the system cannot");
    the_machine().faults.call = "malloc";
    require(is(as_stream_adopt(pool.handle(), socket, &stream), AS_NO_ROOM), "out of memory");
    the_machine().faults = {};
    require(stream == nullptr, "none was made");
    as_stream_close(nullptr);
    (void)closesocket(socket); // still ours
}

void operations_that_make_no_sense_are_refused()
{
    const own_engine pool;
    stream_end end(pool);
    unsigned char byte = 0;
    as_operation operation{[](as_operation*, as_outcome) { require(false, "it was refused"); }, nullptr, {}};
    as_operation without_callback{};
    const as_buffer good = as_buffer_of(&byte, 1);
    const as_buffer empty = as_buffer_of(&byte, 0);
    const as_buffer nowhere = as_buffer_of(nullptr, 1);
    for (const auto start : {as_stream_send, as_stream_receive}) {
        require(is(start(nullptr, &operation, &good, 1, AS_NEVER), AS_INVALID), "no stream");
        require(is(start(end.handle, nullptr, &good, 1, AS_NEVER), AS_INVALID), "no operation");
        require(is(start(end.handle, &without_callback, &good, 1, AS_NEVER), AS_INVALID), "no callback");
        require(is(start(end.handle, &operation, nullptr, 1, AS_NEVER), AS_INVALID), "no buffers");
        require(is(start(end.handle, &operation, &good, 0, AS_NEVER), AS_INVALID), "no buffer");
        require(is(start(end.handle, &operation, &empty, 1, AS_NEVER), AS_INVALID), "an empty buffer");
        require(is(start(end.handle, &operation, &nowhere, 1, AS_NEVER), AS_INVALID), "a buffer that is nowhere");
    }
    as_operation_cancel(nullptr);
}

// In a callback, while its stream is being closed elsewhere.
void a_stream_that_is_closing_refuses()
{
    const own_engine pool(2);
    stream_end end(pool);
    bool is_inside = false;
    as_stream* const handle = end.handle;
    piece_of_work& first = end.receive(4);
    first.in_callback = [&] {
        is_inside = true;
        as_outcome started{};
        while (is(started, AS_DONE)) { // the close has not begun
            piece_of_work& work = end.make(4, 1, false);
            ++work.under_way;
            started = as_stream_receive(handle, &work.operation, work.buffers.data(), 1, AS_NEVER);
            sleep_ms(1);
        }
        end.all.pop_back();
        require(is(started, AS_CLOSED_HERE), "closed");
    };
    peer_write(*end.peer, 4);
    wait_until("it is inside", [&] { return is_inside; });
    end.close();
}

void what_the_system_refuses_has_its_reason()
{
    const own_engine pool;
    stream_end end(pool);
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "WSASend";
    const as_outcome refused = end.try_again(end.make(8, 1, true));
    the_machine().faults = {};
    require(!is(refused, AS_DONE) && refused.code != 0, "the system's");
    end.all.pop_back();
}

} // namespace

const std::vector<scenario> stream_scenarios = {
    {"receives_are_told_in_order", receives_are_told_in_order},
    {"a_callback_that_blocks_keeps_its_own_direction_only", a_callback_that_blocks_keeps_its_own_direction_only},
    {"what_a_turn_keeps_does_not_keep_others_waiting", what_a_turn_keeps_does_not_keep_others_waiting},
    {"what_callbacks_start_is_told_in_order", what_callbacks_start_is_told_in_order},
    {"a_close_in_a_callback_does_not_wait_for_those_behind_it",
     a_close_in_a_callback_does_not_wait_for_those_behind_it},
    {"streams_that_close_each_other_end", streams_that_close_each_other_end},
    {"a_close_ends_what_is_under_way", a_close_ends_what_is_under_way},
    {"a_cancelled_receive_leaves_the_others", a_cancelled_receive_leaves_the_others},
    {"a_cancel_races_with_what_arrives", a_cancel_races_with_what_arrives},
    {"a_cancel_races_with_a_close", a_cancel_races_with_a_close},
    {"what_is_over_is_told_as_what_it_was", what_is_over_is_told_as_what_it_was},
    {"a_send_that_is_cut_is_the_last", a_send_that_is_cut_is_the_last},
    {"a_send_in_line_leaves_it", a_send_in_line_leaves_it},
    {"a_send_in_line_leaves_it_during_a_callback", a_send_in_line_leaves_it_during_a_callback},
    {"a_cancel_races_with_what_goes_out", a_cancel_races_with_what_goes_out},
    {"what_is_cancelled_with_all_its_bytes_is_done", what_is_cancelled_with_all_its_bytes_is_done},
    {"bytes_arrive_while_receives_wait_to_go_on", bytes_arrive_while_receives_wait_to_go_on},
    {"a_cancel_races_with_the_end_of_a_thread", a_cancel_races_with_the_end_of_a_thread},
    {"a_cancel_meets_what_waits_to_go_on", a_cancel_meets_what_waits_to_go_on},
    {"a_receive_in_line_leaves_it", a_receive_in_line_leaves_it},
    {"a_long_send_goes_out_whole", a_long_send_goes_out_whole},
    {"a_long_send_is_cancelled", a_long_send_is_cancelled},
    {"a_short_send_is_not_done", a_short_send_is_not_done},
    {"a_count_that_is_too_long_is_not_done", a_count_that_is_too_long_is_not_done},
    {"a_shutdown_comes_behind_the_sends", a_shutdown_comes_behind_the_sends},
    {"buffers_that_make_no_sense_are_refused", buffers_that_make_no_sense_are_refused},
    {"a_receive_of_more_than_one_call_leaves_the_rest_to_the_next",
     a_receive_of_more_than_one_call_leaves_the_rest_to_the_next},
    {"a_receive_of_more_than_one_call_leaves_the_rest_to_one_that_was_cut",
     a_receive_of_more_than_one_call_leaves_the_rest_to_one_that_was_cut},
    {"a_shutdown_is_refused_or_fails", a_shutdown_is_refused_or_fails},
    {"a_receive_of_exactly_so_many_bytes", a_receive_of_exactly_so_many_bytes},
    {"a_receive_of_exactly_so_many_is_cut", a_receive_of_exactly_so_many_is_cut},
    {"a_receive_of_exactly_so_many_survives_its_thread", a_receive_of_exactly_so_many_survives_its_thread},
    {"some_bytes_are_enough", some_bytes_are_enough},
    {"the_end_of_a_stream_is_told", the_end_of_a_stream_is_told},
    {"a_reset_is_never_told_as_an_end", a_reset_is_never_told_as_an_end},
    {"a_reset_that_comes_before_the_receive_is_told_as_one", a_reset_that_comes_before_the_receive_is_told_as_one},
    {"an_end_that_nobody_can_be_asked_about_is_one", an_end_that_nobody_can_be_asked_about_is_one},
    {"a_cut_send_of_some_bytes_whose_rest_is_lost_is_the_last",
     a_cut_send_of_some_bytes_whose_rest_is_lost_is_the_last},
    {"a_send_of_some_bytes_that_is_cut_while_it_is_cancelled", a_send_of_some_bytes_that_is_cut_while_it_is_cancelled},
    {"a_peer_that_ends_still_gets_what_is_under_way", a_peer_that_ends_still_gets_what_is_under_way},
    {"a_loss_is_never_told_as_an_end", a_loss_is_never_told_as_an_end},
    {"a_refusal_may_tell_of_a_loss", a_refusal_may_tell_of_a_loss},
    {"a_deadline_is_no_loss", a_deadline_is_no_loss},
    {"a_send_that_was_late_is_no_loss", a_send_that_was_late_is_no_loss},
    {"an_operation_is_used_again", an_operation_is_used_again},
    {"engines_that_make_no_sense_are_refused", engines_that_make_no_sense_are_refused},
    {"an_engine_has_the_threads_that_were_asked_for", an_engine_has_the_threads_that_were_asked_for},
    {"an_engine_with_a_stream_cannot_be_waited_for", an_engine_with_a_stream_cannot_be_waited_for},
    {"streams_that_make_no_sense_are_refused", streams_that_make_no_sense_are_refused},
    {"operations_that_make_no_sense_are_refused", operations_that_make_no_sense_are_refused},
    {"a_stream_that_is_closing_refuses", a_stream_that_is_closing_refuses},
    {"what_the_system_refuses_has_its_reason", what_the_system_refuses_has_its_reason},
};

} // namespace sim
