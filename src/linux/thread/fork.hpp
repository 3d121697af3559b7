// Forks of the process (core/common/process_mark.hpp).
#pragma once

namespace async_socket::linux_os {

// From now on the library knows in a child that it is one; for whoever makes what a child may inherit. False if
// there is no memory for it. Costs a look after the first time.
[[nodiscard]] bool watch_forks() noexcept;

// In a child that was forked on a thread of the library's, which is its only one, and has come back to the library:
// ends the process, as by _exit(EXIT_FAILURE), and says so. LINUX_18_004
[[noreturn]] void end_forked_thread() noexcept;

} // namespace async_socket::linux_os
