#include "core/platform/address_wait.hpp"

#include "win32/system/win.hpp"

namespace async_socket::backend {

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept
{
    wait_while_equal(word, value, INFINITE);
}

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms) noexcept
{
    // WaitOnAddress reads only; its parameter is not const because it is volatile.
    (void)WaitOnAddress(const_cast<std::atomic<std::uint32_t>*>(&word), &value, sizeof value, timeout_ms);
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept
{
    WakeByAddressAll(&word);
}

} // namespace async_socket::backend
