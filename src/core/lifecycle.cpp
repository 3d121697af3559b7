#include "core/lifecycle.hpp"

#include "core/address_wait.hpp"

namespace async_socket::core {

void lifecycle::visit::end() noexcept
{
    if (life_ != nullptr) {
        lifecycle* const life = life_;
        life_ = nullptr;
        life->leave();
    }
}

lifecycle::state lifecycle::enter() noexcept
{
    return state_of(word_.fetch_add(one_call, std::memory_order_acquire));
}

void lifecycle::leave() noexcept
{
    const std::uint32_t left = word_.fetch_sub(one_call, std::memory_order_release) - one_call;
    const state now = state_of(left);
    if (calls_in(left) == 0 && (now == state::closing || now == state::destroying)) {
        backend::wake_all(word_);
    }
}

bool lifecycle::change(state from, state to, std::uint32_t ended_calls) noexcept
{
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
        if (state_of(word) != from) {
            return false;
        }
    } while (!word_.compare_exchange_weak(
        word, (word & ~state_mask) - ended_calls * one_call + static_cast<std::uint32_t>(to), std::memory_order_acq_rel,
        std::memory_order_relaxed));
    return true;
}

bool lifecycle::is_open() const noexcept
{
    return state_of(word_.load(std::memory_order_acquire)) == state::open;
}

bool lifecycle::begin_open() noexcept
{
    return change(state::closed, state::opening, 0);
}

void lifecycle::end_open(bool opened) noexcept
{
    (void)change(state::opening, opened ? state::open : state::closed, 0);
    backend::wake_all(word_);
}

bool lifecycle::begin_close(visit& closer) noexcept
{
    if (!change(state::open, state::closing, 1)) {
        return false;
    }
    closer.life_ = nullptr;
    return true;
}

void lifecycle::wait_for_calls() const noexcept
{
    for (;;) {
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
    while (!change(state::closed, state::destroying, 0)) {
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
