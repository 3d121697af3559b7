// The fast mode: what a callback starts and the system does at once has its callback after that one, on the
// same thread; everything else comes from the pool.
#include "async_end.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// Chooses the mode by itself, whatever the run's is. What can succeed at once, does.
class fast_end : public async_end {
public:
    explicit fast_end(const engine& pool) : async_end(pool, generation::current)
    {
        the_machine().how.pends_one_in = 0;
        require(async_socket_set_completion_mode(handle, ASYNC_SOCKET_COMPLETION_FAST) == 0, "the fast mode");
    }
};

// In the callback of a receive.
template <typename Body>
void in_callback(const engine& pool, Body body)
{
    fast_end end(pool);
    end.opened();
    bool done = false;
    end.in_callback = [&] {
        if (end.receives == 1 && end.sends == 0 && !done) {
            body(end);
            done = true;
        }
    };
    require(end.receive(4) == 0, "receive starts");
    peer_write(*end.peer, 4);
    wait_until("the callback has returned", [&] { return done; });
    end.in_callback = nullptr;
}

void what_a_callback_starts_ends_after_it()
{
    const engine pool(4, 0);
    in_callback(pool, [](fast_end& end) {
        const int before = end.sends;
        require(end.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        sleep_ms(1000);
        require(end.sends == before, "not before the callback has returned");
    });
}

void closing_another_socket_hands_its_callback_over()
{
    const engine pool(1, 1);
    fast_end other(pool);
    other.opened();
    in_callback(pool, [&](fast_end&) {
        require(other.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        other.close();
        require(other.sends == 1, "after the close nothing is left");
    });
}

void closing_its_own_socket_hands_its_callbacks_over()
{
    const engine pool(1, 1);
    in_callback(pool, [](fast_end& end) {
        require(end.send(8) == ASYNC_SOCKET_SEND_SYNC_OK && end.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "sends start");
        end.close();
        require(end.sends == 2, "after the close nothing is left");
    });
}

// That socket's callback waits for what the closing thread has to deliver.
void closing_a_socket_gives_all_callbacks_away()
{
    const engine pool(3, 0);
    fast_end other(pool);
    fast_end third(pool);
    other.opened();
    third.opened();
    bool is_inside = false;
    third.in_callback = [&] {
        is_inside = true;
        other.wait_for_sends(1);
    };
    require(third.receive(4) == 0, "receive starts");
    peer_write(*third.peer, 4);
    wait_until("the third is in its callback", [&] { return is_inside; });
    in_callback(pool, [&](fast_end&) {
        require(other.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        third.close();
    });
}

// The thread that has it to deliver is in a callback that does not return.
void a_close_does_not_wait_for_a_blocked_callback_of_another_socket()
{
    const engine pool(2, 0);
    fast_end other(pool);
    other.opened();
    bool is_closed = false;
    bool has_sent = false;
    spawn_application_thread([&] {
        wait_until("it has sent", [&] { return has_sent; });
        other.close();
        is_closed = true;
    });
    in_callback(pool, [&](fast_end&) {
        require(other.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        has_sent = true;
        wait_until("the other is closed", [&] { return is_closed; });
        require(other.sends == 1, "after the close nothing is left");
    });
}

// A close takes away the last that a callback has started; what that callback starts then is still delivered.
void what_a_close_takes_back_leaves_the_rest_in_line()
{
    const engine pool(2, 0);
    fast_end other(pool);
    other.opened();
    bool is_closed = false;
    bool has_sent = false;
    spawn_application_thread([&] {
        wait_until("it has sent", [&] { return has_sent; });
        other.close();
        is_closed = true;
    });
    fast_end here(pool);
    here.opened();
    here.in_callback = [&] {
        if (here.receives != 1 || has_sent) {
            return;
        }
        require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK && other.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "sends start");
        has_sent = true;
        wait_until("the other is closed", [&] { return is_closed; });
        require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    };
    require(here.receive(4) == 0, "receive starts");
    peer_write(*here.peer, 4);
    here.wait_for_sends(2);
    require(other.sends == 1, "each has its callback");
}

// Each callback starts the next send; in between the thread serves others.
void a_chain_of_sends_does_not_keep_the_thread_for_ever()
{
    const engine pool(1, 1);
    fast_end chain(pool);
    fast_end other(pool);
    chain.opened();
    other.opened();
    bool goes_on = true;
    chain.in_callback = [&] {
        if (goes_on) {
            (void)chain.send(4); // the close may have begun
        }
    };
    require(other.receive(4) == 0, "receive starts");
    require(chain.send(4) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    peer_write(*other.peer, 4);
    other.wait_for_receives(1);
    goes_on = false;
    chain.close();
}

// A turn ends after 1 MiB: what is sent beyond it comes back through the pool.
void a_callback_that_sends_very_much_fills_no_turn()
{
    const engine pool(2, 0);
    fast_end other(pool);
    the_machine().how.send_room = 4U << 20;
    other.opened();
    constexpr int sends = 140;
    in_callback(pool, [&](fast_end&) {
        for (int i = 0; i < sends; ++i) {
            require(other.send(8000) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        }
        wait_until("those beyond the limit end meanwhile", [&] { return other.sends != 0; });
        require(other.sends < sends, "those before it do not");
    });
    other.wait_for_sends(sends);
}

void without_the_systems_help_it_works_all_the_same()
{
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "SetFileCompletionNotificationModes";
    in_callback(engine(1, 1), [](fast_end& end) { require(end.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts"); });
}

// A layered provider whose sockets are no handles of the system's may lose a completion that is skipped.
void with_a_layered_provider_nothing_is_skipped()
{
    the_machine().how.layered_provider = true;
    call_counts counts;
    the_machine().counted = &counts;
    in_callback(engine(1, 1), [](fast_end& end) { require(end.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts"); });
    the_machine().counted = nullptr;
    require(counts["SetFileCompletionNotificationModes"] == 0, "each completion comes from the pool");
}

void a_mode_is_for_a_closed_socket()
{
    const engine pool;
    async_end end(pool, generation::current);
    require(async_socket_set_completion_mode(nullptr, ASYNC_SOCKET_COMPLETION_FAST) != 0, "NULL is refused");
    end.opened();
    require(async_socket_set_completion_mode(end.handle, ASYNC_SOCKET_COMPLETION_FAST) != 0, "open: refused");
    end.close();
    require(async_socket_set_completion_mode(end.handle, ASYNC_SOCKET_COMPLETION_FAST) == 0, "closed again");
}

} // namespace

const std::vector<scenario> fast_scenarios = {
    {"what_a_callback_starts_ends_after_it", what_a_callback_starts_ends_after_it},
    {"closing_another_socket_hands_its_callback_over", closing_another_socket_hands_its_callback_over},
    {"closing_its_own_socket_hands_its_callbacks_over", closing_its_own_socket_hands_its_callbacks_over},
    {"closing_a_socket_gives_all_callbacks_away", closing_a_socket_gives_all_callbacks_away},
    {"a_close_does_not_wait_for_a_blocked_callback_of_another_socket",
     a_close_does_not_wait_for_a_blocked_callback_of_another_socket},
    {"what_a_close_takes_back_leaves_the_rest_in_line", what_a_close_takes_back_leaves_the_rest_in_line},
    {"a_chain_of_sends_does_not_keep_the_thread_for_ever", a_chain_of_sends_does_not_keep_the_thread_for_ever},
    {"a_callback_that_sends_very_much_fills_no_turn", a_callback_that_sends_very_much_fills_no_turn},
    {"without_the_systems_help_it_works_all_the_same", without_the_systems_help_it_works_all_the_same},
    {"with_a_layered_provider_nothing_is_skipped", with_a_layered_provider_nothing_is_skipped},
    {"a_mode_is_for_a_closed_socket", a_mode_is_for_a_closed_socket},
};

} // namespace sim
