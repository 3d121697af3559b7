#include "support/test_platform.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>

#include "core/platform/address_wait.hpp"
#include "core/platform/clock.hpp"
#include "core/platform/error_text.hpp"
#include "core/platform/last_error.hpp"
#include "core/platform/thread_slot.hpp"
#include "support/waiting.hpp"

#ifdef _WIN32
#include <windows.h>
#else
#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace async_socket::test {

namespace {

// Relaxed throughout: the bookkeeping must not order what the library itself leaves unordered.
std::atomic<int> blocked{0};
std::atomic<bool> returning_early{false};
std::atomic<bool> slots_are_out{false};

thread_local void* slot = nullptr;

constexpr std::uint32_t no_timeout = UINT32_MAX;

void wait_in_system(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms)
{
#ifdef _WIN32
    (void)WaitOnAddress(const_cast<std::atomic<std::uint32_t>*>(&word), &value, sizeof value, timeout_ms);
#else
    timespec timeout{static_cast<time_t>(timeout_ms / 1000), static_cast<long>(timeout_ms % 1000) * 1000000};
    (void)syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, timeout_ms == no_timeout ? nullptr : &timeout, nullptr,
                  0);
#endif
}

void counted_wait(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms)
{
    if (returning_early.load(std::memory_order_relaxed)) {
        std::this_thread::yield();
        return;
    }
    blocked.fetch_add(1, std::memory_order_relaxed);
    wait_in_system(word, value, timeout_ms);
    blocked.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace

bool wait_until_blocked(int threads)
{
    return wait_until([threads] { return blocked.load(std::memory_order_relaxed) >= threads; });
}

early_returns::early_returns()
{
    returning_early.store(true, std::memory_order_relaxed);
}

early_returns::~early_returns()
{
    returning_early.store(false, std::memory_order_relaxed);
}

no_thread_slots::no_thread_slots()
{
    slots_are_out.store(true, std::memory_order_relaxed);
}

no_thread_slots::~no_thread_slots()
{
    slots_are_out.store(false, std::memory_order_relaxed);
}

} // namespace async_socket::test

namespace async_socket::backend {

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept
{
    test::counted_wait(word, value, test::no_timeout);
}

void wait_while_equal(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint32_t timeout_ms) noexcept
{
    test::counted_wait(word, value, timeout_ms);
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept
{
#ifdef _WIN32
    WakeByAddressAll(&word);
#else
    (void)syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
#endif
}

std::uint64_t now_ns() noexcept
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::uint32_t last_error() noexcept
{
    return static_cast<std::uint32_t>(errno);
}

void set_last_error(std::uint32_t code) noexcept
{
    errno = static_cast<int>(code);
}

void describe_error(std::uint32_t code, char* room, std::size_t size) noexcept
{
    (void)std::snprintf(room, size, "words of %u", static_cast<unsigned>(code));
    if (code == test::wordless_error) {
        *room = '\0';
    }
    errno = ERANGE;
}

bool thread_slot_prepare() noexcept
{
    return !test::slots_are_out.load(std::memory_order_relaxed);
}

void* thread_slot_get() noexcept
{
    return test::slot;
}

void thread_slot_set(void* value) noexcept
{
    test::slot = value;
}

} // namespace async_socket::backend
