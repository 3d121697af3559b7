// A number for each thread that no later thread has again. The system's thread ids are reused, at once
// even, so they cannot tell whether the thread that issued an operation is still there.
#pragma once

#include <cstdint>

namespace async_socket::win32 {

// Must have succeeded once before the other is used.
[[nodiscard]] bool thread_identity_prepare() noexcept;

// Never 0, but when memory is out: then it is 0, which is no thread's number.
[[nodiscard]] std::uintptr_t thread_identity() noexcept;

} // namespace async_socket::win32
