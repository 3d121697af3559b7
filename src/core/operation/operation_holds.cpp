#include "core/operation/operation_holds.hpp"

#include "core/platform/address_wait.hpp"

namespace async_socket::core {

bool operation_holds::take() noexcept
{
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & can_be_held) != 0) {
        if (word_.compare_exchange_weak(seen, seen + one, std::memory_order_acquire, std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void operation_holds::drop() noexcept
{
    if (word_.fetch_sub(one, std::memory_order_release) == one) {
        backend::wake_all(word_); // by its address only: it may be gone
    }
}

void operation_holds::end() noexcept
{
    if (word_.fetch_sub(can_be_held, std::memory_order_acq_rel) == can_be_held) {
        return;
    }
    for (;;) {
        const std::uint32_t seen = word_.load(std::memory_order_acquire);
        if (seen == 0) {
            return;
        }
        backend::wait_while_equal(word_, seen);
    }
}

} // namespace async_socket::core
