// What keeps a close from ending on some systems.
#include "async_end.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// SO_LINGER {1, 8}: closesocket would block until the peer has taken everything.
void a_close_does_not_linger()
{
    constexpr linger eight_seconds{1, 8};
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        here.opened();
        require(setsockopt(here.socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&eight_seconds),
                           sizeof eight_seconds) == 0,
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
    {"a_close_does_not_linger", a_close_does_not_linger},
};

} // namespace sim
