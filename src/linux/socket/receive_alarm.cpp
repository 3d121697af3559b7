#include "linux/socket/receive_alarm.hpp"

#include "linux/socket/lane.hpp"

namespace async_socket::linux_os {

const core::clock_alarm::subject receive_alarm::its_lane{hold, ring};

bool receive_alarm::hold(clock_alarm& /*due*/) noexcept
{
    return true;
}

void receive_alarm::ring(clock_alarm& due) noexcept
{
    static_cast<receive_alarm&>(due).receives_.arm_each();
}

} // namespace async_socket::linux_os
