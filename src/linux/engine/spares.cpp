#include "linux/engine/spares.hpp"

#include "core/address_wait.hpp"
#include "core/countdown.hpp"
#include "linux/engine/worker.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::uint32_t patience_ms = 2000;

} // namespace

bool spares::wait(worker& self) noexcept
{
    {
        const core::lock::scope scope(lock_);
        if (is_stopping_) {
            return false;
        }
        self.is_called.store(0, std::memory_order_relaxed);
        self.next_spare = last_;
        last_ = &self;
    }
    const core::countdown patience(patience_ms);
    for (std::uint32_t left = patience_ms; left != 0; left = patience.left_ms()) {
        if (self.is_called.load(std::memory_order_acquire) != 0) {
            break;
        }
        backend::wait_while_equal(self.is_called, 0, left);
    }
    const core::lock::scope scope(lock_);
    if (self.is_called.load(std::memory_order_relaxed) != 0) {
        return !is_stopping_;
    }
    remove(self);
    return false;
}

void spares::remove(const worker& gone) noexcept
{
    worker** place = &last_;
    while (*place != &gone) {
        place = &(*place)->next_spare;
    }
    *place = gone.next_spare;
}

// Whoever is called takes the lock before it goes on.
bool spares::call_last() noexcept
{
    worker* const called = last_;
    if (called == nullptr) {
        return false;
    }
    last_ = called->next_spare;
    called->is_called.store(1, std::memory_order_release);
    backend::wake_all(called->is_called);
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

} // namespace async_socket::linux_os
