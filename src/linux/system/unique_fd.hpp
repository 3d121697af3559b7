// The owner of a file descriptor. Closing keeps errno, so that clean-up on a failure path does not hide
// the failure.
#pragma once

#include <unistd.h>

#include <utility>

#include "core/last_error.hpp"

// Not `linux`: GCC defines that word as a macro when its extensions are on.
namespace async_socket::linux_os {

class unique_fd {
public:
    static constexpr int none = -1;

    unique_fd() noexcept = default;
    // Takes what a system call returned: a descriptor, or -1 for "none".
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    ~unique_fd() { reset(); }
    unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
    unique_fd& operator=(unique_fd&& other) noexcept
    {
        reset(other.release()); // right for itself, too
        return *this;
    }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ != none; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, none); }

    void reset(int fd = none) noexcept
    {
        if (fd_ != none) {
            const backend::last_error_guard keep;
            // Not repeated after EINTR: on Linux the descriptor is gone all the same, and its number
            // may be another thread's already.
            (void)::close(fd_);
        }
        fd_ = fd;
    }

private:
    int fd_ = none;
};

} // namespace async_socket::linux_os
