#include "core/platform/address_wait.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <ctime>

#include "core/platform/last_error.hpp"
#include "linux/engine/first_wait.hpp"
#include "linux/thread/waiter_count.hpp"

namespace async_socket::linux_os {

namespace {

constinit thread_local first_wait_function told = nullptr;
constinit thread_local void* told_context = nullptr;

} // namespace

void on_first_wait(first_wait_function tell, void* context) noexcept
{
    told = tell;
    told_context = context;
}

bool forget_first_wait() noexcept
{
    const bool has_waited = told == nullptr;
    told = nullptr;
    return has_waited;
}

} // namespace async_socket::linux_os

namespace async_socket::backend {

namespace {

// Before the word is compared, so whoever is told may wake us.
void tell_of_first_wait() noexcept
{
    const linux_os::first_wait_function tell = linux_os::told;
    if (tell != nullptr) {
        linux_os::told = nullptr;
        tell(linux_os::told_context);
    }
}

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "the system sees the word itself");

// 32-bit systems have two, one for each size of time_t; the wrong one would read other times. Theirs for 64 bits came
// with Linux 5.1.
#ifdef SYS_futex_time64
constexpr long futex_call = sizeof(std::time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex;
#else
constexpr long futex_call = SYS_futex;
#endif

// Words that share a place are woken for each other, which only costs a call.
constinit std::array<linux_os::waiter_count, 16> all_waiters{};

// By the cache line that the word is on.
linux_os::waiter_count& waiters_on(const std::atomic<std::uint32_t>& word) noexcept
{
    return all_waiters[reinterpret_cast<std::uintptr_t>(&word) / 64 % all_waiters.size()];
}

// `timeout` is relative, on the monotonic clock; null for no limit. Every way to return is allowed: the
// word had changed, somebody woke us, a signal came, the time is over. errno is nobody's business here.
void wait_until_woken(const std::atomic<std::uint32_t>& word, std::uint32_t value, const timespec* timeout) noexcept
{
    const last_error_guard keep;
    tell_of_first_wait();
    linux_os::waiter_count& with_us = waiters_on(word);
    with_us.add();
    (void)::syscall(futex_call, &word, FUTEX_WAIT_PRIVATE, value, timeout, nullptr, 0);
    with_us.remove();
}

} // namespace

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept
{
    wait_until_woken(word, value, nullptr);
}

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms) noexcept
{
    constexpr std::uint32_t ms_per_second = 1000;
    constexpr long ns_per_ms = 1'000'000;
    timespec timeout{};
    timeout.tv_sec = static_cast<std::time_t>(timeout_ms / ms_per_second);
    timeout.tv_nsec = static_cast<long>(timeout_ms % ms_per_second) * ns_per_ms;
    wait_until_woken(word, value, &timeout);
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept
{
    if (!waiters_on(word).any()) {
        return;
    }
    // A private futex is found by its address alone: the kernel does not look at the memory.
    const last_error_guard keep;
    (void)::syscall(futex_call, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace async_socket::backend
