// sim_free_orders: situations in which one thing alone orders what two threads do, on real threads and again and again.
// TSan tells if that thing does not order them: a closer frees what a callback on another thread has just used. And a
// clock that goes on by itself, which is the model's own affair: what waits for a time must not miss it.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "model/connection.hpp"
#include "model/machine.hpp"
#include "scenario/async_end.hpp"
#include "scenario/requirement.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

void set(bool& flag)
{
    const model_lock lock;
    flag = true;
}

// A socket whose last callback has begun, and does not return before the close.
struct closed_during_a_callback {
    const engine pool{2, 0};
    async_end here{pool, generation::current};
    bool is_inside = false;
    bool is_closing = false;

    // In the callback.
    void stay()
    {
        set(is_inside);
        wait_until("the close begins", [this] { return is_closing; });
        sleep_ms(50);
    }
    void close()
    {
        wait_until("the callback runs", [this] { return is_inside; });
        set(is_closing);
        here.close();
    }
};

void a_close_waits_for_a_callback_of_the_pools()
{
    closed_during_a_callback setting;
    setting.here.opened();
    setting.here.in_callback = [&setting] { setting.stay(); };
    require(setting.here.receive(4) == 0, "receive starts");
    peer_write(*setting.here.peer, 4);
    setting.close();
}

// The pool does not know of a callback that a turn runs: the library's own count is all that the close waits for.
void a_close_waits_for_a_callback_of_a_turn()
{
    the_machine().how.pends_one_in = 0;
    closed_during_a_callback setting;
    async_end& here = setting.here;
    require(async_socket_set_completion_mode(here.handle, ASYNC_SOCKET_COMPLETION_FAST) == 0, "the fast mode");
    here.opened();
    here.in_callback = [&setting, &here] {
        if (here.sends == 0) {
            require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        } else {
            setting.stay();
        }
    };
    require(here.receive(4) == 0, "receive starts");
    peer_write(*here.peer, 4);
    setting.close();
}

// Operations that the close has ended, with the lanes in use to the last.
void a_close_waits_for_what_it_has_ended()
{
    const engine pool(2, 0);
    async_end here(pool, generation::current);
    the_machine().how.cancels_later = true;
    here.opened();
    peer_stall(*here.peer, true);
    for (int i = 0; i < 3; ++i) {
        require(here.receive(4) == 0 && here.send(600) == ASYNC_SOCKET_SEND_SYNC_OK, "both start");
    }
    here.close();
    require(here.receives == 3 && here.sends == 3, "all were told");
}

// Nothing happens here that could wake a wait whose time is over before it begins: the clock goes on while the model
// looks at all these sockets.
void a_wait_ends_however_late_it_begins()
{
    std::vector<SOCKET> many(90);
    for (SOCKET& each : many) {
        connection* peer = nullptr;
        each = connect_pair(&peer);
    }
    std::rotate(many.begin(), many.begin() + 4, many.end()); // the lowest numbers are for the client
    for (int i = 0; i < 4; ++i, many.pop_back()) {
        (void)closesocket(many.back());
    }
    for (int i = 0; i < 100; ++i) {
        SOCKET_TRANSPORT_HANDLE const client = socket_transport_create_client();
        require(socket_transport_connect(client, "w", 80, 10'000'000) == 0, "connects");
        socket_transport_destroy(client);
    }
    for (const SOCKET each : many) {
        (void)closesocket(each);
    }
}

} // namespace

} // namespace sim

int main()
{
    constexpr std::uint64_t times = 50;
    for (std::uint64_t seed = 1; seed <= times; ++seed) {
        sim::behaviour world;
        world.wine = seed % 2 == 0;
        for (void (*const body)() :
             {sim::a_close_waits_for_a_callback_of_the_pools, sim::a_close_waits_for_a_callback_of_a_turn,
              sim::a_close_waits_for_what_it_has_ended, sim::a_wait_ends_however_late_it_begins}) {
            sim::simulate({seed}, world, {}, body);
        }
    }
    (void)std::printf("%llu times, no breach\n", static_cast<unsigned long long>(times));
    return 0;
}
