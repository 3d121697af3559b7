// What keeps a close from ending on some systems: a cancel that misses, a pool that does not grow, a peer that does not
// take what was sent.
#include <array>
#include <memory>

#include "async_end.hpp"
#include "model/breach.hpp"
#include "model/pool.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// Wine 10 misses an operation that is just moving; what was missed does not end by itself.
void cancels_miss_once()
{
    the_machine().how.wine = true;
    the_machine().how.wine_version = 10;
    the_machine().how.cancel_misses_one_in = 1;
}

void a_close_outlasts_a_cancel_that_misses()
{
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        cancels_miss_once();
        async_end here(api);
        here.opened();
        peer_stall(*here.peer, true);
        require(here.send(8000) == ASYNC_SOCKET_SEND_SYNC_OK && here.receive(4) == 0, "both start");
        here.close();
        require(here.sends == 1 && here.send_result == ASYNC_SOCKET_SEND_ERROR, "the send ended before close did");
        require(here.receives == 1 && here.receive_result == ASYNC_SOCKET_RECEIVE_ABANDONED, "so did the receive");
    }
}

void a_disconnect_outlasts_a_cancel_that_misses()
{
    cancels_miss_once();
    async_end here(generation::transport);
    here.opened();
    peer_stall(*here.peer, true);
    require(here.send(8000) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    socket_transport_disconnect(here.transport);
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "it ended");
}

// The system's own maximum counts where the engine has none.
void as_many_closes_in_callbacks_as_a_pool_has_threads()
{
    constexpr std::size_t count = 6;
    the_machine().how.most_pool_threads = count;
    const engine pool(1, 0);
    std::array<std::unique_ptr<async_end>, count> ends;
    std::array<std::unique_ptr<async_end>, count> others;
    std::size_t inside = 0;
    std::size_t closed = 0;
    for (std::size_t i = 0; i < count; ++i) {
        ends[i] = std::make_unique<async_end>(pool, generation::current);
        others[i] = std::make_unique<async_end>(pool, generation::current);
        ends[i]->opened();
        others[i]->opened();
        ends[i]->in_callback = [&, i] {
            ++inside;
            wait_until("all are inside", [&] { return inside == count; });
            others[i]->close();
            ++closed;
        };
        require(ends[i]->receive(4) == 0 && others[i]->receive(4) == 0, "receives start");
    }
    for (const auto& end : ends) {
        peer_write(*end->peer, 4);
    }
    wait_until("all are closed", [&] { return closed == count; });
}

// So many bytes arrive at both in the same instant.
void arrive_together(const async_end& one, const async_end& other, std::uint32_t bytes)
{
    const system_call arriving("(bytes arrive at two)", bytes);
    for (connection* const peer : {one.peer, other.peer}) {
        peer->written += bytes;
        peer->arrived += bytes;
        progress(*peer);
    }
}

// Of a burst one callback runs. It closes the socket of the other, and nothing is submitted any more.
void a_pool_that_does_not_grow_is_told_of_a_close_that_waits()
{
    the_machine().how.pool_grows = false;
    for (const bool destroy : {false, true}) {
        const engine pool(1, 0);
        async_end here(pool, generation::current);
        async_end other(pool, generation::current);
        here.opened();
        other.opened();
        sleep_ms(10); // the pool's thread has begun
        bool done = false;
        here.in_callback = [&] {
            destroy ? other.destroy() : other.close();
            done = true;
        };
        require(here.receive(4) == 0 && other.receive(4) == 0, "receives start");
        arrive_together(here, other, 4);
        wait_until("the other is closed", [&] { return done; });
        require(other.receives == 1, "it was told");
    }
}

// One thread is blocked: one more is needed, and perhaps another one for what that is still busy with.
void a_close_in_a_callback_takes_few_threads()
{
    the_machine().how.pool_grows = false;
    const engine pool(1, 200);
    const TP_POOL& used = *the_machine().pools.back();
    async_end here(pool, generation::current);
    async_end other(pool, generation::current);
    here.opened();
    other.opened();
    bool done = false;
    here.in_callback = [&] {
        other.close();
        done = true;
    };
    other.in_callback = [] { sleep_ms(30); };
    require(here.receive(4) == 0 && other.receive(4) == 0, "receives start");
    peer_write(*here.peer, 4);
    wait_until("the other is closed", [&] { return done; });
    require(used.started <= 3, "not as many as the engine's maximum");
}

// SO_LINGER {1, 8}: closesocket would block until the peer has taken everything.
void a_close_does_not_linger_over_what_is_with_the_system()
{
    constexpr linger eight_seconds{1, 8};
    constexpr linger no_time{1, 0}; // the end is a reset, which takes no time
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        here.opened();
        const linger* const asked = api == generation::handle ? &no_time : &eight_seconds;
        require(setsockopt(here.socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(asked), sizeof *asked) ==
                    0,
                "the option is set");
        peer_stall(*here.peer, true);
        require(here.send(100) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        here.wait_for_sends(1);
        const std::uint64_t begin = now_ms();
        here.destroy();
        require(now_ms() - begin < 1000, "it returned at once");
    }
}

} // namespace

const std::vector<scenario> hindrance_scenarios = {
    {"a_close_outlasts_a_cancel_that_misses", a_close_outlasts_a_cancel_that_misses},
    {"a_disconnect_outlasts_a_cancel_that_misses", a_disconnect_outlasts_a_cancel_that_misses},
    {"as_many_closes_in_callbacks_as_a_pool_has_threads", as_many_closes_in_callbacks_as_a_pool_has_threads},
    {"a_pool_that_does_not_grow_is_told_of_a_close_that_waits",
     a_pool_that_does_not_grow_is_told_of_a_close_that_waits},
    {"a_close_in_a_callback_takes_few_threads", a_close_in_a_callback_takes_few_threads},
    {"a_close_does_not_linger_over_what_is_with_the_system", a_close_does_not_linger_over_what_is_with_the_system},
};

} // namespace sim
