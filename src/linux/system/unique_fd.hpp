// The owner of a file descriptor.
#pragma once

#include <unistd.h>

#include "core/common/unique_handle.hpp"

// Not `linux`: GCC defines that word as a macro when its extensions are on.
namespace async_socket::linux_os {

struct fd_traits {
    using type = int;
    static type none() noexcept { return -1; } // what a system call returns for it
    // Not repeated after EINTR: on Linux the descriptor is gone all the same, and its number may be another thread's
    // already.
    static void close(type fd) noexcept { (void)::close(fd); }
};
using unique_fd = core::unique_handle<fd_traits>;

} // namespace async_socket::linux_os
