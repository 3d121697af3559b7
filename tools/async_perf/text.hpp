// Numbers as people read them.
#pragma once

#include <string>

namespace async_perf {

std::string fixed(double value, int digits);

// Of bytes in so many seconds.
double gbit_per_second(double bytes, double seconds);

double per_second(double count, double seconds);

} // namespace async_perf
