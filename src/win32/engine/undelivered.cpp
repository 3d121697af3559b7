#include "win32/engine/undelivered.hpp"

#include <utility>

#include "core/address_wait.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

void undelivered::drop() noexcept
{
    if (word_.fetch_sub(one, std::memory_order_acq_rel) == one + closer_waits) {
        backend::wake_all(word_); // by its address only: it may be gone
    }
}

bool undelivered::wait_for_none(std::uint32_t timeout_ms) noexcept
{
    std::uint32_t left = word_.fetch_or(closer_waits, std::memory_order_acquire) | closer_waits;
    const ULONGLONG begin = GetTickCount64();
    while (left != closer_waits) {
        const ULONGLONG waited = GetTickCount64() - begin;
        if (waited >= timeout_ms) {
            return false;
        }
        backend::wait_while_equal(word_, left, static_cast<std::uint32_t>(timeout_ms - waited));
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

} // namespace async_socket::win32
