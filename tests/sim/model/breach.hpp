// What happened, and the end of the program when a rule was broken.
#pragma once

#include <cstdint>

namespace sim {

// One line of the schedule. `what` is a literal; the last few thousand lines are kept and printed with a
// breach, or printed as they happen when that is asked for.
void trace(const char* what, std::uint64_t first = 0, std::uint64_t second = 0) noexcept;
void trace_to_stderr(bool on) noexcept;
void trace_begin(std::uint64_t seed) noexcept;

// Runs after the message: prints what the test knows (its ledger).
void on_breach(void (*print)()) noexcept;

// Prints the message, the seed, the schedule and the ledger, and aborts.
[[noreturn]] void breach(const char* format, ...) noexcept __attribute__((format(printf, 1, 2)));

} // namespace sim
