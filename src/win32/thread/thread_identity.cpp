#include "win32/thread/thread_identity.hpp"

#include "win32/thread/tls_index.hpp"

namespace async_socket::win32 {

namespace {

tls_index identity;
std::atomic<std::uintptr_t> last_identity{0};

} // namespace

bool thread_identity_prepare() noexcept
{
    return identity.prepare();
}

std::uintptr_t thread_identity() noexcept
{
    const auto known = reinterpret_cast<std::uintptr_t>(identity.get());
    if (known != 0) {
        return known;
    }
    const std::uintptr_t fresh = last_identity.fetch_add(1, std::memory_order_relaxed) + 1;
    return identity.set(reinterpret_cast<void*>(fresh)) ? fresh : 0;
}

} // namespace async_socket::win32
