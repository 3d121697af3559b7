// Callbacks that close or destroy each other's sockets.
#include <array>
#include <memory>

#include "async_end.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// So many sockets. The callback of each waits until all are inside theirs, then runs `body(its index)`.
template <std::size_t Count, typename Body>
void in_callbacks_at_once(const engine& pool, Body body)
{
    std::array<std::unique_ptr<async_end>, Count> ends;
    std::size_t inside = 0;
    std::size_t left = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        ends[i] = std::make_unique<async_end>(pool, generation::current);
        ends[i]->opened();
        ends[i]->in_callback = [&, i] {
            ++inside;
            wait_until("all are inside their callbacks", [&] { return inside == Count; });
            body(ends, i);
            ++left;
        };
        require(ends[i]->receive(4) == 0, "receive starts");
    }
    for (const auto& end : ends) {
        peer_write(*end->peer, 4);
    }
    wait_until("all callbacks have returned", [&] { return left == Count; });
}

void two_callbacks_close_each_others_socket()
{
    const engine pool(2, 2);
    in_callbacks_at_once<2>(pool, [](auto& ends, std::size_t self) { ends[1 - self]->close(); });
}

void two_callbacks_close_both_sockets()
{
    const engine pool;
    in_callbacks_at_once<2>(pool, [](auto& ends, std::size_t self) {
        ends[1 - self]->close();
        ends[self]->close();
    });
}

void three_callbacks_close_in_a_circle()
{
    const engine pool(3, 3);
    in_callbacks_at_once<3>(pool, [](auto& ends, std::size_t self) { ends[(self + 1) % 3]->close(); });
}

// No circle: both wait for the third, which waits for nobody.
void two_callbacks_close_the_same_third()
{
    const engine pool;
    in_callbacks_at_once<3>(pool, [](auto& ends, std::size_t self) {
        if (self != 2) {
            ends[2]->close();
        }
    });
}

void two_callbacks_destroy_each_others_socket()
{
    const engine pool;
    in_callbacks_at_once<2>(pool, [](auto& ends, std::size_t self) { ends[1 - self]->destroy(); });
}

void three_callbacks_destroy_in_a_circle()
{
    const engine pool(3, 0);
    in_callbacks_at_once<3>(pool, [](auto& ends, std::size_t self) { ends[(self + 1) % 3]->destroy(); });
}

// A thread of the first engine closes a socket of the second one, and waits there for the other thread of the
// first engine, which needs a third one: it cannot know that the second is blocked as well.
void a_thread_that_is_blocked_for_another_engine_is_replaced()
{
    const engine pool(1, 1);
    const engine other_pool(1, 1);
    async_end first(pool, generation::current);
    async_end second(pool, generation::current);
    async_end third(other_pool, generation::current);
    first.opened();
    second.opened();
    bool has_closed = false;
    third.in_callback = [&] { // of its open, which is in the callback of the first
        peer_write(*second.peer, 4);
        sleep_ms(10);
        first.close();
        has_closed = true;
    };
    first.in_callback = [&] {
        if (first.receives == 1 && first.sends == 0) {
            third.opened();
        }
    };
    second.in_callback = [&] { third.close(); };
    peer_stall(*first.peer, true);
    require(second.receive(4) == 0 && first.receive(4) == 0, "receives start");
    require(first.send(8192) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    peer_write(*first.peer, 4);
    wait_until("the first is closed", [&] { return has_closed; });
    second.wait_for_receives(1);
}

} // namespace

const std::vector<scenario> circle_scenarios = {
    {"two_callbacks_close_each_others_socket", two_callbacks_close_each_others_socket},
    {"two_callbacks_close_both_sockets", two_callbacks_close_both_sockets},
    {"three_callbacks_close_in_a_circle", three_callbacks_close_in_a_circle},
    {"two_callbacks_close_the_same_third", two_callbacks_close_the_same_third},
    {"two_callbacks_destroy_each_others_socket", two_callbacks_destroy_each_others_socket},
    {"three_callbacks_destroy_in_a_circle", three_callbacks_destroy_in_a_circle},
    {"a_thread_that_is_blocked_for_another_engine_is_replaced",
     a_thread_that_is_blocked_for_another_engine_is_replaced},
};

} // namespace sim
