// TlsAlloc rather than thread_local: MinGW's thread_local allocates on first use in each thread and
// pulls in a runtime library.
#include "core/thread_slot.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "core/last_error.hpp"
#include "core/log.hpp"
#include "win32/win.hpp"

namespace async_socket::backend {

namespace {

// Lives as long as the process: callbacks may still run when static objects are destroyed.
std::atomic<std::uint32_t> slot_index{TLS_OUT_OF_INDEXES};

} // namespace

bool thread_slot_prepare() noexcept
{
    std::uint32_t unset = TLS_OUT_OF_INDEXES;
    if (slot_index.load(std::memory_order_acquire) != unset) {
        return true;
    }
    const DWORD fresh = TlsAlloc();
    if (fresh == TLS_OUT_OF_INDEXES) {
        return false;
    }
    if (!slot_index.compare_exchange_strong(unset, fresh, std::memory_order_acq_rel)) {
        (void)TlsFree(fresh); // another thread was first
    }
    return true;
}

void* thread_slot_get() noexcept
{
    const last_error_guard keep; // TlsGetValue clears it on success
    return TlsGetValue(slot_index.load(std::memory_order_relaxed));
}

void thread_slot_set(void* value) noexcept
{
    if (TlsSetValue(slot_index.load(std::memory_order_relaxed), value) == FALSE) {
        // Without it a close from this callback would wait for itself for ever.
        LOG_ERROR("TlsSetValue failed with error %lu", static_cast<unsigned long>(GetLastError()));
        std::abort();
    }
}

} // namespace async_socket::backend
