#include "win32/engine/pool_clock.hpp"

#include "core/common/log.hpp"
#include "core/platform/clock.hpp"
#include "win32/engine/callback_environment.hpp"

namespace async_socket::win32 {

namespace {

// The others come with the next callback, which another thread may run at the same time.
constexpr std::uint32_t alarms_at_once = 64;

// From now on, rounded up, as the system takes it.
FILETIME span_until(std::uint64_t time_ns) noexcept
{
    constexpr std::uint64_t ns_per_unit = 100;
    const std::uint64_t now = backend::now_ns();
    const std::uint64_t units = time_ns > now ? (time_ns - now - 1) / ns_per_unit + 1 : 0;
    const std::uint64_t negative = 0 - units;
    return {static_cast<DWORD>(negative), static_cast<DWORD>(negative >> 32)};
}

} // namespace

bool pool_clock::prepare() noexcept
{
    if (is_prepared_.load(std::memory_order_acquire)) {
        return true;
    }
    const srw_lock::scope scope(lock_);
    if (!timer_) {
        callback_environment environment(threadpool_);
        timer_.reset(CreateThreadpoolTimer(on_time, this, environment.get()));
    }
    if (!timer_) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpoolTimer failed");
        return false;
    }
    is_prepared_.store(true, std::memory_order_release);
    return true;
}

pool_clock::~pool_clock()
{
    const srw_lock::scope scope(lock_); // whoever sets the timer has done so: nothing is armed, so nobody will
}

void pool_clock::arm(core::clock_alarm& armed) noexcept
{
    if (clock_.arm(armed)) {
        set();
    }
}

VOID CALLBACK pool_clock::on_time(PTP_CALLBACK_INSTANCE /*instance*/, PVOID context, PTP_TIMER /*timer*/) noexcept
{
    static_cast<pool_clock*>(context)->ring();
}

void pool_clock::ring() noexcept
{
    {
        const srw_lock::scope scope(lock_);
        set_for_ = AS_NEVER;
    }
    clock_.ring(alarms_at_once);
    set();
}

// Whoever has made the time earlier comes here behind that, so the last of several sets it for the earliest.
void pool_clock::set() noexcept
{
    const srw_lock::scope scope(lock_);
    const std::uint64_t next = clock_.look();
    if (next >= set_for_) {
        return;
    }
    set_for_ = next;
    FILETIME span = span_until(next);
    SetThreadpoolTimer(timer_.get(), &span, 0, 0);
}

} // namespace async_socket::win32
