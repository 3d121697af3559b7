#include "flatness.hpp"

#include <chrono>
#include <thread>

#include "support/async_end.hpp"

namespace soak {

namespace {

// The threads of a pool that was closed end on their own, and give their handles back then.
constexpr std::chrono::seconds settling{10};
constexpr std::chrono::milliseconds pause{20};
// Longer than idle pool threads are kept (Wine 8: 5 s): those that are left stay.
constexpr std::chrono::seconds rest{6};

// With the gaps around it, which little else fits into. Measured: 184 bytes.
constexpr std::size_t memory_of_a_lost_block = 256;

std::string item(const char* name, std::size_t now, std::size_t before, const char* unit = "")
{
    const auto difference = static_cast<long long>(now) - static_cast<long long>(before);
    return std::string(name) + " " + std::to_string(now) + unit + " (" + (difference < 0 ? "" : "+") +
           std::to_string(difference) + ")";
}

} // namespace

flatness::flatness(std::size_t blocks_lost_per_open) : blocks_lost_per_open_(blocks_lost_per_open) {}

void flatness::take_baseline()
{
    auto unchanged_since = std::chrono::steady_clock::now();
    baseline_ = measure_resources();
    while (std::chrono::steady_clock::now() - unchanged_since < rest) {
        std::this_thread::sleep_for(pause);
        const resources now = measure_resources();
        if (now.threads != baseline_.threads || now.handles != baseline_.handles) {
            unchanged_since = std::chrono::steady_clock::now();
        }
        baseline_ = now;
    }
    last_ = baseline_;
    opened_at_baseline_ = contract::async_end::opened();
}

void flatness::measure()
{
    last_ = measure_resources();
    lost_ = (contract::async_end::opened() - opened_at_baseline_) * blocks_lost_per_open_;
}

bool flatness::is_flat() const
{
    return last_.handles <= baseline_.handles + allowed_growth.handles &&
           last_.threads <= baseline_.threads + allowed_growth.threads &&
           last_.blocks <= baseline_.blocks + lost_ + allowed_growth.blocks &&
           last_.memory <= baseline_.memory + lost_ * memory_of_a_lost_block + allowed_growth.memory;
}

std::string flatness::look()
{
    const auto give_up = std::chrono::steady_clock::now() + settling;
    for (measure(); !is_flat(); measure()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return "grown: " + describe();
        }
        std::this_thread::sleep_for(pause);
    }
    return "";
}

std::string flatness::describe() const
{
    constexpr std::size_t kib = 1024;
    return item("handles", last_.handles, baseline_.handles) + ", " +
           item("threads", last_.threads, baseline_.threads) + ", " +
           item("blocks", last_.blocks, baseline_.blocks + lost_) + ", " +
           item("memory", last_.memory / kib, baseline_.memory / kib, " KiB");
}

} // namespace soak
