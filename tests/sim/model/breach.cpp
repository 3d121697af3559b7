#include "model/breach.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "model/thread.hpp"

namespace sim {

namespace {

struct line {
    const char* what;
    std::uint64_t first;
    std::uint64_t second;
    std::uint32_t thread;
};

constexpr std::size_t kept = 4096;
constexpr std::size_t printed_with_a_breach = 400;

std::array<line, kept> lines;
std::size_t traced = 0;
std::uint64_t seed_of_run = 0;
bool echo = false;
void (*print_ledger)() = nullptr;

void print(const line& entry) noexcept
{
    (void)std::fprintf(stderr, "  [%2u] %-34s %llu %llu\n", entry.thread, entry.what,
                       static_cast<unsigned long long>(entry.first), static_cast<unsigned long long>(entry.second));
}

} // namespace

void trace_to_stderr(bool on) noexcept
{
    echo = on;
}

void trace_begin(std::uint64_t seed) noexcept
{
    seed_of_run = seed;
    traced = 0;
}

void on_breach(void (*print)()) noexcept
{
    print_ledger = print;
}

void trace(const char* what, std::uint64_t first, std::uint64_t second) noexcept
{
    const model_lock lock; // real threads share the ring
    line& entry = lines[traced++ % kept];
    entry = {what, first, second, self().id};
    if (echo) {
        print(entry);
    }
}

void breach(const char* format, ...) noexcept
{
    const std::size_t shown = traced < printed_with_a_breach ? traced : printed_with_a_breach;
    if (!echo) {
        (void)std::fprintf(stderr, "the schedule, thread by thread, up to the breach:\n");
        for (std::size_t i = traced - shown; i < traced; ++i) {
            print(lines[i % kept]);
        }
    }
    if (print_ledger != nullptr) {
        print_ledger();
    }
    (void)std::fprintf(stderr, "breach, seed %llu, thread %u: ", static_cast<unsigned long long>(seed_of_run),
                       self().id);
    va_list arguments;
    va_start(arguments, format);
    (void)std::vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)std::fprintf(stderr, "\n");
    std::abort();
}

} // namespace sim
