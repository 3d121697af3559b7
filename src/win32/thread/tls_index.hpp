// One pointer for each thread. TlsAlloc rather than thread_local: MinGW's thread_local allocates on
// first use in each thread and pulls in a runtime library.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/platform/last_error.hpp"
#include "win32/system/module.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// For objects with static storage only. In a program the index lives as long as the process: callbacks may still run
// when static objects are destroyed. A DLL that is unloaded gives it back.
class tls_index {
public:
    constexpr tls_index() noexcept = default;
    ~tls_index()
    {
        const std::uint32_t index = index_.load(std::memory_order_relaxed);
        if (index != TLS_OUT_OF_INDEXES && module_is_unloading()) {
            (void)TlsFree(index);
        }
    }
    tls_index(const tls_index&) = delete;
    tls_index& operator=(const tls_index&) = delete;

    // Must have succeeded once before the others are used. False if the system has no index left.
    [[nodiscard]] bool prepare() noexcept
    {
        std::uint32_t none = TLS_OUT_OF_INDEXES;
        if (index_.load(std::memory_order_acquire) != none) {
            return true;
        }
        const DWORD fresh = TlsAlloc();
        if (fresh == TLS_OUT_OF_INDEXES) {
            return false;
        }
        if (!index_.compare_exchange_strong(none, fresh, std::memory_order_acq_rel)) {
            (void)TlsFree(fresh); // another thread was first
        }
        return true;
    }

    [[nodiscard]] void* get() const noexcept
    {
        const backend::last_error_guard keep; // TlsGetValue clears it on success
        return TlsGetValue(index_.load(std::memory_order_relaxed));
    }

    // False when memory is out.
    [[nodiscard]] bool set(void* value) noexcept
    {
        return TlsSetValue(index_.load(std::memory_order_relaxed), value) != FALSE;
    }

private:
    std::atomic<std::uint32_t> index_{TLS_OUT_OF_INDEXES};
};

} // namespace async_socket::win32
