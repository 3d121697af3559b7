#include "core/time/timing_wheel.hpp"

namespace async_socket::core {

template class basic_timing_wheel<20, 6>;

} // namespace async_socket::core
