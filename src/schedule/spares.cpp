#include "schedule/spares.hpp"

#include "core/platform/address_wait.hpp"

namespace async_socket::schedule {

namespace {

constexpr std::uint32_t patience_ms = 2000;

} // namespace

bool spares::wait() noexcept
{
    place own;
    {
        const core::lock::scope scope(lock_);
        if (is_stopping_) {
            return false;
        }
        own.next_ = last_;
        last_ = &own;
    }
    if (own.is_called_.load(std::memory_order_acquire) == 0) {
        backend::wait_while_equal(own.is_called_, 0, patience_ms); // one that wakes too early leaves too early
    }
    const core::lock::scope scope(lock_);
    if (own.is_called_.load(std::memory_order_relaxed) != 0) {
        return !is_stopping_;
    }
    remove(own);
    return false;
}

void spares::remove(const place& gone) noexcept
{
    place** each = &last_;
    while (*each != &gone) {
        each = &(*each)->next_;
    }
    *each = gone.next_;
}

// Whoever is called takes the lock before it goes on.
bool spares::call_last() noexcept
{
    place* const called = last_;
    if (called == nullptr) {
        return false;
    }
    last_ = called->next_;
    called->is_called_.store(1, std::memory_order_release);
    backend::wake_all(called->is_called_);
    return true;
}

bool spares::call() noexcept
{
    const core::lock::scope scope(lock_);
    return call_last();
}

void spares::stop() noexcept
{
    const core::lock::scope scope(lock_);
    is_stopping_ = true;
    while (call_last()) {
    }
}

} // namespace async_socket::schedule
