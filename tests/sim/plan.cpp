#include "plan.hpp"

#include <iterator>

namespace sim {

plan make_plan(std::uint64_t seed)
{
    decisions dice(seed * 2 + 1);
    return make_plan(seed, dice);
}

plan make_plan(std::uint64_t seed, decisions& dice)
{
    static constexpr EXECUTION_ENGINE_PARAMETERS engines[] = {{1, 1}, {0, 1}, {1, 2}, {2, 2}, {0, 0}, {1, 0}, {4, 0}};
    static constexpr std::uint32_t rates[] = {1, 2, 2, 4, 16};
    plan made;
    made.how.seed = seed;
    made.how.switch_one_in = rates[dice.below(std::size(rates))];
    made.how.network_one_in = 2U << dice.below(5);
    made.how.time_one_in = dice.one_in(2) ? 50 : 2000;
    made.world.wine = dice.one_in(2);
    made.world.send_room = dice.one_in(4) ? 4096 : 64 + 64 * dice.below(8);
    made.faults.one_in = dice.one_in(8) ? dice.between(20, 100) : 0;
    made.api = static_cast<generation>(dice.between(1, 3));
    made.fast_one_in = dice.below(3);
    made.engine_parameters = engines[dice.below(std::size(engines))];
    made.slots = dice.between(1, 3);
    made.threads = dice.between(1, 4);
    made.two_engines = dice.one_in(4);
    made.early_release = dice.one_in(4);
    made.blocking_calls = dice.one_in(3);
    made.short_lived_threads = dice.one_in(3);
    made.nested_most = dice.one_in(4) ? 4 : 2;
    made.side_calls = dice.one_in(4);
    made.world.wine_version = dice.one_in(2) ? 8 : 10;
    made.world.cancels_later = dice.one_in(2);
    made.world.cancel_misses_one_in = made.world.wine && made.world.wine_version == 10 ? dice.below(4) : 0;
    made.world.pool_grows = dice.one_in(2);
    made.world.resets_are_aborts = !made.world.wine && dice.one_in(3);
    return made;
}

} // namespace sim
