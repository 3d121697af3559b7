// Owners of the system's resources: one template, one line for each kind. Closing keeps the thread's
// last error, so that clean-up on a failure path does not hide the failure.
#pragma once

#include <utility>

#include "core/platform/last_error.hpp"

namespace async_socket::core {

// `Traits`: the type, its empty value, how to close one.
template <typename Traits>
class unique_handle {
public:
    using type = typename Traits::type;

    unique_handle() noexcept = default;
    // Takes what a call of the system's returned: a resource, or the empty value.
    explicit unique_handle(type handle) noexcept : handle_(handle) {}
    ~unique_handle() { reset(); }
    unique_handle(unique_handle&& other) noexcept : handle_(other.release()) {}
    unique_handle& operator=(unique_handle&& other) noexcept
    {
        reset(other.release()); // right for itself, too
        return *this;
    }

    [[nodiscard]] type get() const noexcept { return handle_; }
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != Traits::none(); }
    [[nodiscard]] type release() noexcept { return std::exchange(handle_, Traits::none()); }

    void reset(type handle = Traits::none()) noexcept
    {
        if (handle_ != Traits::none()) {
            const backend::last_error_guard keep;
            Traits::close(handle_);
        }
        handle_ = handle;
    }

private:
    type handle_{Traits::none()};
};

} // namespace async_socket::core
