#include "core/life/lifecycle.hpp"

#include "core/platform/address_wait.hpp"

namespace async_socket::core {

void lifecycle::visit::end() noexcept
{
    if (life_ != nullptr) {
        lifecycle* const life = life_;
        life_ = nullptr;
        life->leave();
    }
}

bool lifecycle::enter() noexcept
{
    if (!is_open()) {
        return false;
    }
    if (state_of(word_.fetch_add(one_call, std::memory_order_acquire)) == state::open) {
        return true;
    }
    leave();
    return false;
}

void lifecycle::leave() noexcept
{
    const std::uint32_t left = word_.fetch_sub(one_call, std::memory_order_release) - one_call;
    const state now = state_of(left);
    if (calls_in(left) == 0 && (now == state::closing || now == state::destroying)) {
        backend::wake_all(word_);
    }
}

bool lifecycle::change(state from, state to, std::int32_t calls) noexcept
{
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
        if (state_of(word) != from) {
            return false;
        }
    } while (!word_.compare_exchange_weak(
        word, (word & ~state_mask) + static_cast<std::uint32_t>(calls) * one_call + static_cast<std::uint32_t>(to),
        std::memory_order_acq_rel, std::memory_order_relaxed));
    return true;
}

bool lifecycle::is_open() const noexcept
{
    return state_of(word_.load(std::memory_order_acquire)) == state::open && !is_inherited();
}

bool lifecycle::is_closed() const noexcept
{
    return state_of(word_.load(std::memory_order_acquire)) == state::closed;
}

bool lifecycle::begin_open() noexcept
{
    return !is_inherited() && change(state::closed, state::opening, 1);
}

lifecycle::visit lifecycle::end_open() noexcept
{
    (void)change(state::opening, state::open, 0);
    backend::wake_all(word_);
    return {*this, visit::already_inside{}};
}

void lifecycle::abandon_open() noexcept
{
    (void)change(state::opening, state::closed, -1);
    backend::wake_all(word_);
}

bool lifecycle::begin_close() noexcept
{
    return change(state::open, state::closing, 0);
}

void lifecycle::wait_for_calls() const noexcept
{
    while (!is_inherited()) {
        const std::uint32_t word = word_.load(std::memory_order_acquire);
        if (calls_in(word) == 0) {
            return;
        }
        backend::wait_while_equal(word_, word);
    }
}

bool lifecycle::wait_for_calls(std::uint32_t timeout_ms) const noexcept
{
    const std::uint32_t word = word_.load(std::memory_order_acquire);
    if (calls_in(word) != 0) {
        backend::wait_while_equal(word_, word, timeout_ms);
    }
    return calls_in(word_.load(std::memory_order_acquire)) == 0;
}

void lifecycle::end_close() noexcept
{
    (void)change(state::closing, state::closed, 0);
    backend::wake_all(word_);
}

bool lifecycle::retire() noexcept
{
    while (!is_inherited() && !change(state::closed, state::destroying, 0)) {
        const std::uint32_t word = word_.load(std::memory_order_acquire);
        const state now = state_of(word);
        if (now == state::open) {
            return false;
        }
        if (now == state::opening || now == state::closing) {
            backend::wait_while_equal(word_, word);
        }
    }
    wait_for_calls();
    return true;
}

} // namespace async_socket::core
