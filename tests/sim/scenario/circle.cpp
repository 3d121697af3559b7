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

} // namespace

const std::vector<scenario> circle_scenarios = {
    {"two_callbacks_close_each_others_socket", two_callbacks_close_each_others_socket},
    {"two_callbacks_close_both_sockets", two_callbacks_close_both_sockets},
    {"three_callbacks_close_in_a_circle", three_callbacks_close_in_a_circle},
    {"two_callbacks_close_the_same_third", two_callbacks_close_the_same_third},
    {"two_callbacks_destroy_each_others_socket", two_callbacks_destroy_each_others_socket},
    {"three_callbacks_destroy_in_a_circle", three_callbacks_destroy_in_a_circle},
};

} // namespace sim
