// Numbers and names, as the program prints them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "meter.hpp"
#include "protocol.hpp"

namespace async_perf {

std::string fixed(double value, int digits);

// Bytes as Gbit, in so many seconds.
double gbit_per_second(std::uint64_t bytes, double seconds);
double per_second(std::uint64_t count, double seconds);

std::string name_of(kind test);
// Who sends; of a test whose streams go both ways both do, and of a ping-pong, too.
std::string direction_of(kind test, direction flow, bool both_ways);

// How fast it was, as this kind of test says it: "1.234 Gbit/s", "5678 round trips a second".
std::string rate_of(kind test, const moved& part);
// The same under its name in JSON, behind what is there.
void add_rate(nlohmann::ordered_json& to, kind test, const moved& part);

} // namespace async_perf
