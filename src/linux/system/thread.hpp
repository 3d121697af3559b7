// A thread of the library's own: nobody joins it, and it takes no signals that the program could handle.
#pragma once

namespace async_socket::linux_os {

using thread_function = void* (*)(void* context);

// 0, or errno.
[[nodiscard]] int start_thread(thread_function run, void* context, const char* name) noexcept;

} // namespace async_socket::linux_os
