#include "core/platform/thread_slot.hpp"

#include <cstdlib>

#include "core/common/log.hpp"
#include "core/platform/backend.hpp"
#include "win32/engine/turn.hpp"
#include "win32/thread/thread_identity.hpp"
#include "win32/thread/tls_index.hpp"

namespace async_socket::backend {

namespace {

win32::tls_index slot;

} // namespace

bool thread_slot_prepare() noexcept
{
    (void)process_is_ending(); // looks up what it needs
    return slot.prepare() && win32::thread_identity_prepare() && win32::turn_prepare();
}

void* thread_slot_get() noexcept
{
    return slot.get();
}

void thread_slot_set(void* value) noexcept
{
    if (!slot.set(value)) {
        // Without it a close from this callback would wait for itself for ever.
        LOG_ERROR_CODE(GetLastError(), "TlsSetValue failed");
        std::abort();
    }
}

} // namespace async_socket::backend
