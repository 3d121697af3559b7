// A number that several threads change.
//
// Where the compiler has atomic operations of its own they are used as they are: <atomic> takes a program longer to
// compile than all of this interface.
#pragma once

#include <cstdint>

#if !defined(__GNUC__)
#include <atomic>
#endif

#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

template <typename Number>
class shared_word {
public:
    constexpr shared_word() noexcept = default;
    explicit constexpr shared_word(Number value) noexcept : value_(value) {}
    shared_word(const shared_word&) = delete;
    shared_word& operator=(const shared_word&) = delete;

#if defined(__GNUC__)
    [[nodiscard]] Number load() const noexcept
    {
        return __atomic_load_n(&value_, __ATOMIC_ACQUIRE);
    }
    void store(Number value) noexcept
    {
        __atomic_store_n(&value_, value, __ATOMIC_RELEASE);
    }
    Number exchange(Number value) noexcept
    {
        return __atomic_exchange_n(&value_, value, __ATOMIC_ACQ_REL);
    }
    // The number before.
    Number add(Number value) noexcept
    {
        return __atomic_fetch_add(&value_, value, __ATOMIC_ACQ_REL);
    }
    Number subtract(Number value) noexcept
    {
        return __atomic_fetch_sub(&value_, value, __ATOMIC_ACQ_REL);
    }
    // If it is `seen` it becomes `wanted`; otherwise `seen` becomes what it is.
    [[nodiscard]] bool change(Number& seen, Number wanted) noexcept
    {
        return __atomic_compare_exchange_n(&value_, &seen, wanted, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    }
    // For as_wait and as_wake.
    [[nodiscard]] Number* address() noexcept
    {
        return &value_;
    }

private:
    Number value_{};
#else
    [[nodiscard]] Number load() const noexcept
    {
        return value_.load(std::memory_order_acquire);
    }
    void store(Number value) noexcept
    {
        value_.store(value, std::memory_order_release);
    }
    Number exchange(Number value) noexcept
    {
        return value_.exchange(value, std::memory_order_acq_rel);
    }
    Number add(Number value) noexcept
    {
        return value_.fetch_add(value, std::memory_order_acq_rel);
    }
    Number subtract(Number value) noexcept
    {
        return value_.fetch_sub(value, std::memory_order_acq_rel);
    }
    [[nodiscard]] bool change(Number& seen, Number wanted) noexcept
    {
        return value_.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel, std::memory_order_acquire);
    }
    [[nodiscard]] Number* address() noexcept
    {
        return reinterpret_cast<Number*>(&value_);
    }

private:
    std::atomic<Number> value_{};
#endif
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
