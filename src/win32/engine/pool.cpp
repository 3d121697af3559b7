#include "win32/engine/pool.hpp"

#include <algorithm>
#include <utility>

#include "c_pal/execution_engine.h"
#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "win32/engine/callback_environment.hpp"
#include "win32/engine/turn.hpp"
#include "win32/system/wine.hpp"

namespace async_socket::backend {

namespace {

// What a pool has that was given no maximum.
constexpr std::uint32_t maximum_of_the_system = 500;

} // namespace

std::uint32_t default_minimum() noexcept
{
    return DEFAULT_MIN_THREAD_COUNT;
}

const char* pool_name() noexcept
{
    return "system pool";
}

pool* pool_create(std::uint32_t minimum, std::uint32_t maximum, core::refusal& why) noexcept
{
    why = {core::ending::no_room};
    win32::unique_threadpool threadpool(CreateThreadpool(nullptr));
    if (!threadpool) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpool failed");
        return nullptr;
    }
    if (SetThreadpoolThreadMinimum(threadpool.get(), minimum) == FALSE) {
        LOG_ERROR_CODE(GetLastError(), "SetThreadpoolThreadMinimum(%u) failed", static_cast<unsigned>(minimum));
        return nullptr;
    }
    if (maximum != 0) {
        SetThreadpoolThreadMaximum(threadpool.get(), maximum);
    }
    win32::unique_event event;
    if (win32::is_wine()) {
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
        if (!event) {
            LOG_ERROR_CODE(GetLastError(), "CreateEvent failed");
            return nullptr;
        }
    }
    pool* const created =
        core::create<pool>(std::move(threadpool), std::move(event), maximum != 0 ? maximum : maximum_of_the_system);
    if (created == nullptr) {
        LOG_ERROR("an engine cannot be created: out of memory");
        return nullptr;
    }
    why = {};
    return created;
}

void pool_destroy(pool* pool) noexcept
{
    pool->release();
}

void pool_destroy_and_wait(pool* pool) noexcept
{
    pool_destroy(pool); // threads on their way out touch nothing of ours, and keep the module loaded
}

bool pool_prepare_posts(pool& pool) noexcept
{
    return pool.prepare_posts();
}

void pool_post(pool& pool, core::posted& called) noexcept
{
    pool.post(called);
}

bool pool_prepare_alarms(pool& pool) noexcept
{
    return pool.clock().prepare();
}

void pool_arm(pool& pool, core::operation& timed) noexcept
{
    pool.clock().arm(core::operation_alarm::of(timed));
}

void begin_blocking(pool& pool) noexcept
{
    win32::turn::hand_over_all();
    pool.begin_blocking();
}

void end_blocking(pool& pool) noexcept
{
    pool.end_blocking();
}

void pool::count(std::uint32_t& what, bool one_more) noexcept
{
    const win32::srw_lock::scope scope(lock_);
    one_more ? ++what : --what;
    adjust();
}

void pool::ask_again() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    if (probes_.load(std::memory_order_relaxed) == 0) {
        probe();
        return;
    }
    ++further_;
    adjust();
}

void pool::adjust() noexcept
{
    further_ = needs_ == 0 ? 0 : further_;
    const std::uint32_t lend = needs_ == 0 ? 0 : std::min(blocked_ + further_, UINT32_MAX - maximum_);
    if (lend == lent_) {
        return;
    }
    SetThreadpoolThreadMaximum(threadpool_.get(), maximum_ + lend);
    if (std::exchange(lent_, lend) < lend) {
        probe();
    }
}

void pool::probe() noexcept
{
    win32::callback_environment environment(threadpool_.get());
    references_.fetch_add(1, std::memory_order_relaxed);
    probes_.fetch_add(1, std::memory_order_relaxed);
    const bool is_refused = TrySubmitThreadpoolCallback(on_probe, this, environment.get()) == FALSE;
    if (is_refused && !std::exchange(is_refused_, true)) { // closers ask again and again: once says it
        LOG_WARNING_CODE(GetLastError(), "the pool cannot be asked for a thread");
    }
    if (is_refused) {
        probes_.fetch_sub(1, std::memory_order_relaxed);
        references_.fetch_sub(1, std::memory_order_relaxed); // not the last: who asks has one
    } else {
        is_refused_ = false;
    }
}

VOID CALLBACK pool::on_probe(PTP_CALLBACK_INSTANCE /*instance*/, PVOID context) noexcept
{
    pool& self = *static_cast<pool*>(context);
    self.probes_.fetch_sub(1, std::memory_order_relaxed);
    self.release();
}

bool pool::prepare_posts() noexcept
{
    if (can_post_.load(std::memory_order_acquire)) {
        return true;
    }
    const win32::srw_lock::scope scope(lock_);
    if (!work_) {
        win32::callback_environment environment(threadpool_.get());
        work_.reset(CreateThreadpoolWork(on_post, this, environment.get()));
    }
    if (!work_) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpoolWork failed");
        return false;
    }
    can_post_.store(true, std::memory_order_release);
    return true;
}

void pool::post(core::posted& called) noexcept
{
    const win32::srw_lock::scope scope(lock_);
    posted_.push_back(called);
    SubmitThreadpoolWork(work_.get());
}

core::posted& pool::next_posted() noexcept
{
    const win32::srw_lock::scope scope(lock_);
    return *posted_.pop_front();
}

VOID CALLBACK pool::on_post(PTP_CALLBACK_INSTANCE /*instance*/, PVOID context, PTP_WORK /*work*/) noexcept
{
    static_cast<pool*>(context)->next_posted().run();
}

void pool::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        core::destroy(this); // CloseThreadpool does not wait
    }
}

} // namespace async_socket::backend
