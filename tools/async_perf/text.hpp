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
// Who sends.
std::string name_of(direction flow);
inline constexpr const char* both_send = "both_send";

// How fast it was, as this kind of test says it: "1.234 Gbit/s", "5678 round trips a second".
std::string rate_of(kind test, const moved& part);
// The same under its name in JSON, behind what is there.
void add_rate(nlohmann::ordered_json& to, kind test, const moved& part);

// One line, whatever is in it: a name may be no UTF-8, which JSON has to be. Indented: several.
std::string text_of(const nlohmann::ordered_json& document, bool indented);

} // namespace async_perf
