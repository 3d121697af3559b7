// A thread of the library's own, which takes no signals that the program could handle.
#pragma once

#include <sys/types.h>

#include <ctime>

namespace async_socket::linux_os {

using thread_function = void* (*)(void* context);

// 0, or errno. The thread has to be joined or detached (departures.hpp).
[[nodiscard]] int start_thread(thread_function run, void* context) noexcept;
// By the thread itself: it may have been joined before whoever started it goes on.
void name_this_thread(const char* name) noexcept;

// Of the calling thread, as the system knows it.
[[nodiscard]] pid_t thread_id() noexcept;
// Goes while the calling thread has a processor. Others may read it.
[[nodiscard]] clockid_t thread_clock() noexcept;
// Of a thread of this process. It runs if it has a processor or waits for one; the system may not say, to a process
// that has no descriptor left to look with, say.
enum class thread_state { runs, is_blocked, is_unknown };
[[nodiscard]] thread_state state_of_thread(pid_t thread) noexcept;

} // namespace async_socket::linux_os
