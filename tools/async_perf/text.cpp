#include "text.hpp"

#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

namespace async_perf {

std::string fixed(double value, int digits)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

double gbit_per_second(std::uint64_t bytes, double seconds)
{
    return seconds > 0 ? static_cast<double>(bytes) * 8 / 1e9 / seconds : 0;
}

double per_second(std::uint64_t count, double seconds)
{
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string name_of(kind test)
{
    return test == kind::throughput ? "throughput" : "ping_pong";
}

std::string direction_of(kind test, direction flow, bool both_ways)
{
    if (both_ways || test == kind::ping_pong) {
        return "both_send";
    }
    return flow == direction::client_sends ? "client_sends" : "server_sends";
}

std::string rate_of(kind test, const moved& part)
{
    return test == kind::throughput ? fixed(gbit_per_second(part.bytes, part.seconds), 3) + " Gbit/s"
                                    : fixed(per_second(part.operations, part.seconds), 0) + " round trips a second";
}

void add_rate(nlohmann::ordered_json& to, kind test, const moved& part)
{
    if (test == kind::throughput) {
        to["gbit_per_second"] = gbit_per_second(part.bytes, part.seconds);
    } else {
        to["round_trips_per_second"] = per_second(part.operations, part.seconds);
    }
}

} // namespace async_perf
