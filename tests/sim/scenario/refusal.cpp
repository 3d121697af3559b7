// What the system refuses.
#include <cstring>

#include "async_end.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// 01_105, 01_099, 01_106, 01_100: what the system refuses is refused, its announcement is taken back
// (the machine would find close waiting for ever), and its callback is never called. 42_002
void what_the_system_refuses_is_refused()
{
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        here.opened();
        for (std::uint32_t choice = 0; choice < 4; ++choice) {
            the_machine().faults = {the_machine().fallible_calls + 1, true, choice, 0, 0, "WSARecv"};
            require(here.receive(40) != 0, "01_105: receive is refused");
            the_machine().faults = {the_machine().fallible_calls + 1, true, choice, 0, 0, "WSASend"};
            const ASYNC_SOCKET_SEND_SYNC_RESULT sent = here.send(40);
            require(sent == (choice == 0 ? ASYNC_SOCKET_SEND_SYNC_NOT_OPEN : ASYNC_SOCKET_SEND_SYNC_ERROR), "01_106");
        }
        the_machine().faults = {};
        here.close();
        require(here.receives == 0 && here.sends == 0, "nobody was told");
    }
}

// A transport that the user has disconnected refuses what an async socket asks of it.
void a_disconnected_transport_refuses()
{
    async_end here(generation::transport);
    here.opened();
    socket_transport_disconnect(here.transport);
    require(here.send(40) == ASYNC_SOCKET_SEND_SYNC_ERROR, "01_106: send is refused");
    require(here.receive(40) != 0, "01_105: receive is refused");
    here.close();
    require(here.receives == 0 && here.sends == 0, "nobody was told");
}

// 01_003: no memory, no async socket; the engine's references stay balanced.
void create_without_memory_fails()
{
    const engine pool;
    the_machine().faults = {the_machine().fallible_calls + 1, false, 0, 0};
    require(async_socket_create(pool.handle()) == nullptr, "01_003: NULL");
    require(std::strcmp(the_machine().failed_call, "malloc") == 0, "it was the memory that failed");
    the_machine().faults = {};
}

} // namespace

const std::vector<scenario> refusal_scenarios = {
    {"what_the_system_refuses_is_refused", what_the_system_refuses_is_refused},
    {"a_disconnected_transport_refuses", a_disconnected_transport_refuses},
    {"create_without_memory_fails", create_without_memory_fails},
};

} // namespace sim
