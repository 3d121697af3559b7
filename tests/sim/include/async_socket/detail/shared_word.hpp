// In the place of the C++ interface's own: under the deterministic scheduler each operation of a word is a point at
// which another thread may run.
#pragma once

#include <utility>

#include "async_socket/detail/face.hpp"

namespace sim {
void atomic_point(const volatile void* address) noexcept;
void atomic_change(const volatile void* address) noexcept; // of a read-modify-write
} // namespace sim

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

    [[nodiscard]] Number load() const noexcept
    {
        sim::atomic_point(this);
        return value_;
    }
    void store(Number value) noexcept
    {
        sim::atomic_point(this);
        value_ = value;
    }
    Number exchange(Number value) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, value);
    }
    Number add(Number value) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, static_cast<Number>(value_ + value));
    }
    Number subtract(Number value) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, static_cast<Number>(value_ - value));
    }
    [[nodiscard]] bool change(Number& seen, Number wanted) noexcept
    {
        sim::atomic_change(this);
        if (value_ != seen) {
            seen = value_;
            return false;
        }
        value_ = wanted;
        return true;
    }
    [[nodiscard]] Number* address() noexcept { return &value_; }

private:
    Number value_{};
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
