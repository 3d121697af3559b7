// Alarms and the wheel that they lie in.
#include <array>

#include "core/timing_wheel.hpp"
#include "requirement.hpp"
#include "scenario.hpp"

namespace sim {

namespace {

using async_socket::core::alarm;
using async_socket::core::timing_wheel;

constexpr std::uint64_t tick = timing_wheel::tick_ns;

void alarms_come_out_in_order()
{
    timing_wheel wheel;
    std::array<alarm, 4> alarms;
    require(wheel.next() == AS_NEVER && wheel.advance(100 * tick) == 0, "nothing is armed");
    wheel.arm(alarms[3], 5000 * tick); // several levels up
    wheel.arm(alarms[1], 200 * tick);
    wheel.arm(alarms[2], 200 * tick);
    wheel.arm(alarms[0], 1); // that was over before
    require(wheel.next() == 0, "one is over");
    require(wheel.advance(99 * tick) == 0, "the past gives out nothing");
    (void)wheel.advance(100 * tick);
    require(wheel.take_due() == &alarms[0] && wheel.take_due() == nullptr, "the late one first");
    require(wheel.next() > 100 * tick && wheel.next() < 201 * tick, "the next one is in the future");
    (void)wheel.advance(201 * tick - 1);
    require(wheel.take_due() == &alarms[1], "both of the tick, in order: the first");
    require(wheel.take_due() == &alarms[2], "the second");
    (void)wheel.advance(4096 * tick); // to where its bucket begins
    (void)wheel.advance(5000 * tick); // to where its tick does
    require(wheel.take_due() == nullptr, "not before that is over");
    (void)wheel.advance(AS_NEVER);
    require(wheel.take_due() == &alarms[3], "all at the end of time");
}

void what_is_disarmed_does_not_come_out()
{
    timing_wheel wheel;
    std::array<alarm, 3> alarms;
    for (alarm& each : alarms) {
        wheel.arm(each, 7 * tick);
    }
    wheel.disarm(alarms[1]);
    wheel.disarm(alarms[1]);
    wheel.disarm(alarms[0]);
    wheel.arm(alarms[0], 9 * tick);
    wheel.arm(alarms[0], AS_NEVER);
    (void)wheel.advance(20 * tick);
    require(wheel.take_due() == &alarms[2] && wheel.take_due() == nullptr, "only that one");
}

} // namespace

const std::vector<scenario> deadline_scenarios = {
    {"alarms_come_out_in_order", alarms_come_out_in_order},
    {"what_is_disarmed_does_not_come_out", what_is_disarmed_does_not_come_out},
};

} // namespace sim
