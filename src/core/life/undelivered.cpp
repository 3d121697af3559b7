#include "core/life/undelivered.hpp"

#include <utility>

#include "core/common/countdown.hpp"
#include "core/platform/address_wait.hpp"

namespace async_socket::core {

void undelivered::drop() noexcept
{
    if (word_.fetch_sub(one, std::memory_order_acq_rel) == one + closer_waits) {
        backend::wake_all(word_); // by its address only: it may be gone
    }
}

bool undelivered::wait_for_none(std::uint32_t timeout_ms) noexcept
{
    const countdown time(timeout_ms);
    std::uint32_t left = word_.fetch_or(closer_waits, std::memory_order_acquire) | closer_waits;
    while (left != closer_waits) {
        const std::uint32_t left_ms = time.left_ms();
        if (left_ms == 0) {
            return false;
        }
        backend::wait_while_equal(word_, left, left_ms);
        left = word_.load(std::memory_order_acquire);
    }
    return true;
}

void counted_callback::leave() noexcept
{
    if (undelivered* const counted = std::exchange(counted_, nullptr)) {
        counted->drop();
    }
}

} // namespace async_socket::core
