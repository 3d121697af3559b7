// What the current thread does before it waits for another one (core/platform/address_wait.hpp), so that what is
// needed only if it does wait costs nothing otherwise: most closes find nobody to wait for.
#pragma once

namespace async_socket::linux_os {

using first_wait_function = void (*)(void* context) noexcept;

// `tell(context)` is called once, before this thread waits the next time. It may itself take locks.
void on_first_wait(first_wait_function tell, void* context) noexcept;
// From now on it is not called any more. True if it has been.
[[nodiscard]] bool forget_first_wait() noexcept;

} // namespace async_socket::linux_os
