#include "core/platform/thread_slot.hpp"

namespace async_socket::backend {

namespace {

// Initialised by constants and never destroyed, so the compiler asks for nothing of the C++ runtime.
constinit thread_local void* slot = nullptr;

} // namespace

bool thread_slot_prepare() noexcept
{
    return true;
}

void* thread_slot_get() noexcept
{
    return slot;
}

void thread_slot_set(void* value) noexcept
{
    slot = value;
}

} // namespace async_socket::backend
