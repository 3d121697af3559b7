// The order of the bytes when the threads that issued operations end.
#include <algorithm>
#include <numeric>
#include <string_view>

#include "async_end.hpp"
#include "issuer.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// Bytes that differ from those of another send, in pieces of the same size.
struct numbered_send {
    std::vector<unsigned char> bytes;
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    int ended = 0;
    ASYNC_SOCKET_SEND_RESULT result{};

    explicit numbered_send(unsigned char first, std::uint32_t count = 1, std::uint32_t size = 600)
        : bytes(std::size_t{count} * size)
    {
        std::iota(bytes.begin(), bytes.end(), first);
        for (std::uint32_t i = 0; i < count; ++i) {
            pieces.push_back({&bytes[std::size_t{i} * size], size});
        }
    }

    void start(const async_end& on)
    {
        require(async_socket_send_async(
                    on.handle, pieces.data(), static_cast<std::uint32_t>(pieces.size()),
                    [](void* context, ASYNC_SOCKET_SEND_RESULT told) {
                        auto& self = *static_cast<numbered_send*>(context);
                        self.result = told;
                        ++self.ended;
                    },
                    this) == ASYNC_SOCKET_SEND_SYNC_OK,
                "send starts");
    }
};

// One after the other, without a hole. Where the system does not say for sure what a send that was cut has moved, on
// Windows, it is the last: it and those behind it end with an error, and nothing of theirs goes out.
void require_no_hole(const async_end& here, const std::vector<numbered_send*>& sends)
{
    peer_stall(*here.peer, false);
    wait_until("all sends end",
               [&] { return std::all_of(sends.begin(), sends.end(), [](auto* each) { return each->ended == 1; }); });
    const bool is_torn = here.peer->send_was_cut && !the_machine().how.wine; // by then: a thread may end meanwhile
    std::vector<unsigned char> all;
    std::size_t whole = 0; // bytes of those that went out
    bool all_went_out = true;
    for (const numbered_send* const each : sends) {
        all.insert(all.end(), each->bytes.begin(), each->bytes.end());
        all_went_out = all_went_out && each->result == ASYNC_SOCKET_SEND_OK;
        whole = all_went_out ? all.size() : whole;
        require(all_went_out || each->result == ASYNC_SOCKET_SEND_ERROR, "behind one that failed all fail");
    }
    const std::vector<unsigned char>& sent = here.peer->sent;
    require(sent.size() >= whole && sent.size() <= all.size() && std::equal(sent.begin(), sent.end(), all.begin()),
            "one after the other, without a hole");
    require(all_went_out == !is_torn, "a failure has its reason");
}

void require_no_hole(const async_end& here, numbered_send& first, numbered_send& second)
{
    require_no_hole(here, {&first, &second});
}

// A receive on a silent connection outlives the thread that issued it.
void a_receive_survives_its_thread()
{
    async_end here;
    here.opened();
    spawn_application_thread([&here] { require(here.receive(40) == 0, "receive starts"); });
    sleep_ms(60000); // several pool threads come and go meanwhile
    require(here.receives == 0, "it is still pending");
    peer_write(*here.peer, 4);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == 4, "it got the bytes");
}

// The send of a thread that ends is cut in the middle; that of another thread, behind it, must not go on
// behind the hole.
void sends_of_two_threads_leave_no_hole()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    issuer dies([&] { first.start(here); });
    const issuer lives([&] { second.start(here); });
    dies.end();
    require_no_hole(here, first, second);
}

// The same when the second thread ends first, and when both are one.
void sends_of_threads_that_both_end_leave_no_hole()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    issuer one([&] { first.start(here); });
    issuer two([&] { second.start(here); });
    two.end();
    one.end();
    require_no_hole(here, first, second);
}

void sends_of_one_thread_that_ends_leave_no_hole()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    issuer both([&] {
        first.start(here);
        second.start(here);
    });
    both.end();
    require_no_hole(here, first, second);
}

// A send that took several calls is cut in its first one: the others have moved nothing, so it goes on.
void a_send_of_many_pieces_survives_its_thread()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    std::iota(here.memory.begin(), here.memory.end(), static_cast<unsigned char>(1));
    issuer dies([&] { require(here.send(8192, 2048) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts"); });
    dies.end();
    const bool is_torn = here.peer->send_was_cut && !the_machine().how.wine;
    peer_stall(*here.peer, false);
    here.wait_for_sends(1);
    require(here.send_result == (is_torn ? ASYNC_SOCKET_SEND_ERROR : ASYNC_SOCKET_SEND_OK), "as it was");
    require(is_torn || here.peer->sent == here.memory, "all went out");
}

// What is left of the first takes two calls; those behind it wait, and have not been overtaken by the first of them.
void sends_behind_one_that_goes_on_in_two_calls_leave_no_hole()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1, 100, 60);
    numbered_send second(77);
    numbered_send third(99);
    issuer all([&] {
        first.start(here);
        second.start(here);
        third.start(here);
    });
    all.end();
    require_no_hole(here, {&first, &second, &third});
}

// Windows: nobody knows what a send that was cut has moved, not even that it is nothing. A receive goes on all the
// same.
void a_send_that_is_cut_on_windows_is_the_last()
{
    the_machine().how.wine = false;
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    the_machine().how.send_room = 0;
    issuer dies([&] { require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK && here.receive(4) == 0, "both start"); });
    dies.end();
    if (here.peer->send_was_cut) { // not in fast mode
        here.wait_for_sends(1);
        require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "it is told so");
        require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_ERROR, "no further one is accepted");
    }
    peer_write(*here.peer, 4);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK, "it has the bytes");
}

// What one thread issues does not wait for what it issued before.
void operations_of_one_thread_are_with_the_system_together()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    const issuer one([&] {
        for (int i = 0; i < 3; ++i) {
            require(here.send(600) == ASYNC_SOCKET_SEND_SYNC_OK && here.receive(4) == 0, "both start");
        }
    });
    require(here.peer->sends.size() == 3 && here.peer->receives.size() == 3, "the system has all of them");
}

// The peer's buffer grows by so many bytes.
void make_room(const async_end& here, std::uint32_t bytes)
{
    const system_call growing("(there is more room)", bytes);
    the_machine().how.send_room += bytes;
    progress(*here.peer);
}

// Where a thread takes operations with it, those of another one wait; elsewhere nobody waits for anybody.
void operations_of_two_threads_are_together_where_none_ends_with_its_thread()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    issuer dies([&] { first.start(here); });
    const issuer lives([&] { second.start(here); });
    require(here.peer->sends.size() == (no_operation_ends_with_its_thread() ? 2 : 1), "as many with the system");
    dies.end();
    require_no_hole(here, first, second);
}

// What waited in line was issued by a thread of the pool. Whoever issued the first one waits behind it.
void a_thread_waits_behind_what_the_pool_has_issued()
{
    if (no_operation_ends_with_its_thread()) {
        return;
    }
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    numbered_send third(155);
    bool first_has_started = false;
    bool third_has_started = false;
    spawn_application_thread([&] {
        first.start(here);
        first_has_started = true;
        wait_until("the first has ended", [&] { return first.ended == 1; });
        third.start(here);
        third_has_started = true;
        wait_until("the others end", [&] { return third.ended == 1; });
    });
    wait_until("the first has started", [&] { return first_has_started; });
    const issuer another([&] { second.start(here); });
    make_room(here, 600);
    wait_until("the third has started", [&] { return third_has_started; });
    require(here.peer->sends.size() == 1, "the system has the second one only");
    const std::uint32_t pool_thread = here.peer->sends.front()->issuer;
    {
        const system_call ending("(the pool's thread ends)");
        end_operations_of_thread(pool_thread);
    }
    require_no_hole(here, {&first, &second, &third});
}

// A send of more pieces than one call takes goes out in three; one that was started behind it waits for the last.
void nothing_goes_between_the_calls_of_a_send()
{
    for (const std::uint32_t room : {100U, 1024U, 1124U, 2048U, 2090U}) {
        async_end here;
        here.opened();
        peer_stall(*here.peer, true);
        the_machine().how.send_room = room;
        numbered_send first(1, 2100, 1);
        numbered_send second(77);
        issuer dies([&] {
            first.start(here);
            second.start(here);
        });
        wait_until("there is no room", [&] { return here.peer->sent.size() == room && !here.peer->sends.empty(); });
        require(here.peer->sends.size() == 1 || (here.peer->sends.size() == 2 && room >= 2048),
                "the system has the second one only together with the last call of the first");
        require(first.ended + second.ended == 0, "both wait for room");
        dies.end();
        require_no_hole(here, first, second);
    }
}

// The connection ends between two calls of a send: what has gone is told by nobody, but it is over.
void a_send_that_cannot_go_on_ends()
{
    // Event (not in fast mode), WSASend, its completion, WSASend.
    const std::uint32_t last = mode_of_run == ASYNC_SOCKET_COMPLETION_FAST ? 3 : 4;
    async_end here;
    here.opened();
    numbered_send warm_up(1); // so that there is memory
    warm_up.start(here);
    wait_until("it ends", [&] { return warm_up.ended == 1; });
    numbered_send first(1, 2100, 1);
    the_machine().faults = {the_machine().fallible_calls + last + 1, false, 1, 0};
    first.start(here);
    wait_until("it ends", [&] { return first.ended == 1; });
    require(std::string_view("WSASend") == the_machine().failed_call, "the second call failed");
    the_machine().faults = {};
    require(first.result == ASYNC_SOCKET_SEND_ERROR, "it is told so");
    require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_ERROR, "nothing can follow it");
    require(here.peer->sent.size() == 600 + 1024, "what went out");
}

// The system cancels a receive for a reason of its own, and its thread lives on: what that thread issues
// now waits behind it.
void a_receive_does_not_overtake_one_that_was_cut()
{
    async_end here;
    here.opened();
    const issuer one([&] {
        require(here.receive(4) == 0, "the first");
        the_machine().faults = {1, true, 1, 0, 0, "receive completes"};
        require(here.receive(4) == 0, "the second, which is cancelled");
        the_machine().faults = {};
        sleep_ms(1);
        require(here.receive(4) == 0, "the third");
    });
    require(here.peer->receives.size() == 1, "the system has the first one only");
    peer_write(*here.peer, 4);
    wait_until("it has the others", [&] { return here.receives == 1 && here.peer->receives.size() == 2; });
}

// A thread for which the system has no memory to keep its number is taken for a new one at each call.
void a_thread_without_a_number_keeps_the_order()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    const issuer both([&] {
        self().no_memory_for_slots = true;
        first.start(here);
        second.start(here);
        self().no_memory_for_slots = false;
    });
    require_no_hole(here, first, second);
}

// Nor are two such threads taken for one.
void threads_without_a_number_leave_no_hole()
{
    async_end here;
    here.opened();
    peer_stall(*here.peer, true);
    numbered_send first(1);
    numbered_send second(77);
    issuer dies([&] {
        self().no_memory_for_slots = true;
        first.start(here);
    });
    const issuer lives([&] {
        self().no_memory_for_slots = true;
        second.start(here);
        self().no_memory_for_slots = false;
    });
    dies.end();
    require_no_hole(here, first, second);
}

} // namespace

const std::vector<scenario> order_scenarios = {
    {"a_receive_survives_its_thread", a_receive_survives_its_thread},
    {"sends_of_two_threads_leave_no_hole", sends_of_two_threads_leave_no_hole},
    {"sends_of_threads_that_both_end_leave_no_hole", sends_of_threads_that_both_end_leave_no_hole},
    {"sends_of_one_thread_that_ends_leave_no_hole", sends_of_one_thread_that_ends_leave_no_hole},
    {"sends_behind_one_that_goes_on_in_two_calls_leave_no_hole",
     sends_behind_one_that_goes_on_in_two_calls_leave_no_hole},
    {"a_send_of_many_pieces_survives_its_thread", a_send_of_many_pieces_survives_its_thread},
    {"a_send_that_is_cut_on_windows_is_the_last", a_send_that_is_cut_on_windows_is_the_last},
    {"operations_of_one_thread_are_with_the_system_together", operations_of_one_thread_are_with_the_system_together},
    {"operations_of_two_threads_are_together_where_none_ends_with_its_thread",
     operations_of_two_threads_are_together_where_none_ends_with_its_thread},
    {"a_thread_waits_behind_what_the_pool_has_issued", a_thread_waits_behind_what_the_pool_has_issued},
    {"nothing_goes_between_the_calls_of_a_send", nothing_goes_between_the_calls_of_a_send},
    {"a_send_that_cannot_go_on_ends", a_send_that_cannot_go_on_ends},
    {"a_receive_does_not_overtake_one_that_was_cut", a_receive_does_not_overtake_one_that_was_cut},
    {"a_thread_without_a_number_keeps_the_order", a_thread_without_a_number_keeps_the_order},
    {"threads_without_a_number_leave_no_hole", threads_without_a_number_leave_no_hole},
};

} // namespace sim
