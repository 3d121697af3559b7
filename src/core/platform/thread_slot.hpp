// One pointer for each thread, null at first. Implemented by the platform.
#pragma once

namespace async_socket::backend {

// Must have succeeded once before the other two are used; later calls succeed at once.
[[nodiscard]] bool thread_slot_prepare() noexcept;
[[nodiscard]] void* thread_slot_get() noexcept;
void thread_slot_set(void* value) noexcept;

} // namespace async_socket::backend
