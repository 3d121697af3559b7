// sim_scenarios [--schedules N] [NAME]: each scenario, or the one of that name, in both completion modes, under so many
// schedules. The first 24 have every kind of system.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "async_end.hpp"
#include "message_log.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

void run_under_many_schedules(const scenario& scenario, std::uint64_t count)
{
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        behaviour world;
        world.wine = seed % 2 == 0;
        world.wine_version = seed / 2 % 2 == 0 ? 8 : 10;
        world.cancels_later = seed % 3 == 0;
        schedule how;
        how.seed = seed;
        const bool messages_are_on = seed / 4 % 2 == 0;
        simulate(how, world, {}, [&] {
            const message_log log(messages_are_on ? ASYNC_SOCKET_LOG_INFO : ASYNC_SOCKET_LOG_OFF);
            scenario.body();
            require(messages_are_on || log.count() == 0, "a silent library says nothing");
        });
    }
}

void run_in_each_mode(const scenario& scenario, std::uint64_t schedules)
{
    for (const ASYNC_SOCKET_COMPLETION_MODE mode : {ASYNC_SOCKET_COMPLETION_DOCUMENTED, ASYNC_SOCKET_COMPLETION_FAST}) {
        mode_of_run = mode;
        run_under_many_schedules(scenario, schedules);
    }
}

} // namespace

} // namespace sim

int main(int count, char** arguments)
{
    using namespace sim;
    std::uint64_t schedules = 200;
    if (count > 2 && std::strcmp(arguments[1], "--schedules") == 0) {
        schedules = std::strtoull(arguments[2], nullptr, 10);
        count -= 2;
        arguments += 2;
    }
    const char* const only = count > 1 ? arguments[1] : nullptr;
    std::size_t run = 0;
    for (const std::vector<scenario>* list :
         {&address_scenarios,    &argument_scenarios,  &arrival_scenarios,       &circle_scenarios,
          &closing_scenarios,    &coroutine_scenarios, &cost_scenarios,          &data_scenarios,
          &deadline_scenarios,   &drain_scenarios,     &engine_scenarios,        &fast_scenarios,
          &hindrance_scenarios,  &idle_time_scenarios, &listener_scenarios,      &lookup_scenarios,
          &message_scenarios,    &name_scenarios,      &opening_scenarios,       &order_scenarios,
          &outcome_scenarios,    &question_scenarios,  &race_scenarios,          &refusal_scenarios,
          &statistics_scenarios, &stream_scenarios,    &stream_socket_scenarios, &transport_scenarios}) {
        for (const scenario& scenario : *list) {
            if (only == nullptr || std::strcmp(only, scenario.name) == 0) {
                run_in_each_mode(scenario, schedules);
                (void)std::printf("ok: %s\n", scenario.name);
                (void)std::fflush(stdout);
                ++run;
            }
        }
    }
    (void)std::printf("%zu scenarios, %llu schedules of each, no breach\n", run,
                      static_cast<unsigned long long>(schedules));
    return run != 0 && schedules != 0 ? 0 : 1;
}
