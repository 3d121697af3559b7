#include "text.hpp"

#include <iomanip>
#include <sstream>

namespace async_perf {

std::string fixed(double value, int digits)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

double gbit_per_second(double bytes, double seconds)
{
    return per_second(bytes * 8 / 1e9, seconds);
}

double per_second(double count, double seconds)
{
    return seconds > 0 ? count / seconds : 0;
}

} // namespace async_perf
