// One alarm for all receives of a lane that wait and have a deadline. Nearly every one of them gets its bytes in time,
// so it pays to do nothing for it: no lock of the clock's, no place in the wheel and out of it again.
//
// The alarm is armed for the earliest deadline that it has been shown, and stays where it is when that receive ends. A
// later one is covered: when the alarm comes due, the lane arms each that waits for its own deadline, if it has not
// been armed yet, and the alarm is free for those that come then. So a receive is armed at most once, and a stream on
// which receives come and go with deadlines as far away as each other needs its alarm once in that time.
//
// Each time that it comes due the whole line is gone through under the lane's lock, those that are armed, too: it is
// made for lines that are short, and takes long where very many receives wait on one stream.
#pragma once

#include <cstdint>

#include "async_socket/deadline.h"
#include "core/time/clock_alarm.hpp"

namespace async_socket::linux_os {

class lane;

// Under the lock of its lane, which lies in a slot of the loop (channel.hpp) as long as the loop's clock is there. So a
// close leaves the alarm where it is: for the slot's next stream, or to find nothing to arm.
class receive_alarm : public core::clock_alarm {
public:
    explicit receive_alarm(lane& receives) noexcept : clock_alarm(its_lane, AS_NEVER), receives_(receives) {}

    // It comes due in time for this deadline.
    [[nodiscard]] bool covers(std::uint64_t deadline_ns) const noexcept { return time_ns() <= deadline_ns; }
    // Nothing is covered any more.
    void forget() noexcept { set_time(AS_NEVER); }

private:
    static const subject its_lane;
    [[nodiscard]] static bool hold(clock_alarm& due) noexcept;
    static void ring(clock_alarm& due) noexcept;

    lane& receives_;
};

} // namespace async_socket::linux_os
