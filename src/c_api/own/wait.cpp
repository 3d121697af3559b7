#include "async_socket/wait.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "core/operation/outcome.hpp"
#include "core/platform/address_wait.hpp"
#include "core/platform/clock.hpp"

using namespace async_socket;

namespace {

// One that is further away is waited for in steps.
constexpr std::uint64_t longest_step_ms = 1'000'000;

std::uint32_t ms_until(std::uint64_t deadline, std::uint64_t now) noexcept
{
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    // Rounded up: never early, nor round and round at the end.
    return static_cast<std::uint32_t>(std::min(((deadline - now - 1) / ns_per_ms) + 1, longest_step_ms));
}

bool is_a_word(const std::uint32_t* word) noexcept
{
    return word != nullptr && reinterpret_cast<std::uintptr_t>(word) % sizeof *word == 0;
}

} // namespace

extern "C" as_outcome as_wait(const std::uint32_t* word, std::uint32_t value, as_deadline deadline)
{
    if (!is_a_word(word)) {
        return core::told(core::ending::invalid);
    }
    const auto& watched = reinterpret_cast<const std::atomic<std::uint32_t>&>(*word);
    if (deadline == AS_NEVER) {
        backend::wait_while_equal(watched, value);
        return core::told(core::ending::done);
    }
    const std::uint64_t now = backend::now_ns();
    if (now < deadline) {
        backend::wait_while_equal(watched, value, ms_until(deadline, now));
        return core::told(core::ending::done);
    }
    return core::told(watched.load(std::memory_order_acquire) == value ? core::ending::timed_out : core::ending::done);
}

extern "C" void as_wake(std::uint32_t* word)
{
    if (word != nullptr) {
        backend::wake_all(reinterpret_cast<std::atomic<std::uint32_t>&>(*word));
    }
}
