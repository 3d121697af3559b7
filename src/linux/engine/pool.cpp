#include "linux/engine/pool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "core/address_wait.hpp"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "linux/engine/first_wait.hpp"
#include "linux/system/fork.hpp"
#include "linux/system/processor_count.hpp"
#include "linux/system/thread.hpp"

namespace async_socket::backend {

namespace {

// Of a pool without a maximum. A Windows pool stops there too.
constexpr std::uint32_t most_threads = 500;

// Of a loop before another one, when callbacks open sockets. Two opens in a row, both ends of a relay say, stay
// together.
constexpr std::uint32_t most_sockets_ahead = 1;

// 0 is no limit for `maximum`, and no wish for `minimum`. LINUX_15_001
std::uint32_t loops_for(std::uint32_t minimum, std::uint32_t maximum) noexcept
{
    const std::uint32_t wanted = std::max<std::uint32_t>(linux_os::processor_count(), minimum);
    return maximum == 0 ? wanted : std::min(wanted, maximum);
}

std::uint32_t helpers_for(std::uint32_t loop_count, std::uint32_t maximum) noexcept
{
    const std::uint32_t most = maximum == 0 ? most_threads : maximum;
    return most > loop_count ? most - loop_count : 0;
}

void* run_loop(void* context) noexcept
{
    auto& own = *static_cast<linux_os::loop*>(context);
    pool& owner = own.pool();
    own.run();
    owner.release();
    return nullptr;
}

void* run_keeper(void* context) noexcept
{
    pool& owner = *static_cast<pool*>(context);
    owner.keeper().run();
    owner.release();
    return nullptr;
}

} // namespace

pool::pool(linux_os::loop* loops, std::uint32_t loop_count, std::uint32_t maximum) noexcept
    : loops_(loops), loop_count_(loop_count), relief_(*this, helpers_for(loop_count, maximum)), keeper_(*this)
{
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        new (loops_ + i) linux_os::loop(*this);
    }
}

pool::~pool()
{
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        loops_[i].~loop();
    }
    std::free(loops_);
}

int pool::start_thread(void* (*run)(void*), void* context) noexcept
{
    add_reference();
    const int error = linux_os::start_thread(run, context, "async_socket");
    if (error != 0) {
        references_.fetch_sub(1, std::memory_order_relaxed); // not the last one: the caller's is left
    }
    return error;
}

int pool::start() noexcept
{
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        if (!loops_[i].prepare()) {
            return errno;
        }
    }
    int error = start_thread(run_keeper, this);
    for (std::uint32_t i = 0; i < loop_count_ && error == 0; ++i) {
        error = start_thread(run_loop, loops_ + i);
    }
    return error;
}

void pool::stop() noexcept
{
    stopping_.store(1, std::memory_order_release);
    wake_all(stopping_);
    keeper_.stop();
    relief_.stop();
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        loops_[i].wake();
    }
}

void pool::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        core::destroy(this);
    }
}

linux_os::loop& pool::loop_for_socket() noexcept
{
    linux_os::loop& next = loops_[opened_.fetch_add(1, std::memory_order_relaxed) % loop_count_];
    linux_os::loop* const own = linux_os::loop::of_this_thread();
    if (own == nullptr || &own->pool() != this) {
        return next;
    }
    return own->slots().in_use() <= next.slots().in_use() + most_sockets_ahead ? *own : next;
}

bool pool::wake_sleeping_loop() noexcept
{
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        if (loops_[i].wake_if_asleep()) {
            return true;
        }
    }
    return false;
}

void pool::wait_for_stop(std::uint32_t timeout_ms) const noexcept
{
    wait_while_equal(stopping_, 0, timeout_ms);
}

bool pool::is_quiet() noexcept
{
    return !is_stopping() &&
           std::all_of(loops_, loops_ + loop_count_, [](linux_os::loop& each) { return each.is_asleep(); });
}

bool pool::look_after_loops() noexcept
{
    bool any_blocked = false;
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        any_blocked = loops_[i].look_after() || any_blocked;
    }
    return any_blocked;
}

std::uint32_t default_minimum() noexcept
{
    return 0; // one thread for each processor
}

pool* pool_create(std::uint32_t minimum, std::uint32_t maximum) noexcept
{
    const std::uint32_t loop_count = loops_for(minimum, maximum);
    auto* const loops = static_cast<linux_os::loop*>(std::calloc(loop_count, sizeof(linux_os::loop)));
    if (loops == nullptr) {
        LOG_ERROR("execution_engine_create: out of memory");
        return nullptr;
    }
    pool* const created = linux_os::watch_forks() ? core::create<pool>(loops, loop_count, maximum) : nullptr;
    if (created == nullptr) {
        LOG_ERROR("execution_engine_create: out of memory");
        std::free(loops);
        return nullptr;
    }
    const int error = created->start();
    if (error != 0) {
        LOG_ERROR_CODE(error, "execution_engine_create: no threads or descriptors for them");
        pool_destroy(created);
        return nullptr;
    }
    return created;
}

void pool_destroy(pool* pool) noexcept
{
    pool->stop();
    pool->release();
}

// The parent's threads use its memory and descriptors; here they go with the process.
void pool_abandon(pool* /*pool*/) noexcept {}

namespace {

void block(void* context) noexcept
{
    if (static_cast<pool*>(context)->is_inherited()) {
        return;
    }
    // The loop that this thread will not come back to soon may be another pool's.
    if (linux_os::loop* const own = linux_os::loop::of_this_thread()) {
        own->divert();
    }
    static_cast<pool*>(context)->relief().begin_blocking();
}

} // namespace

// A close that finds nobody to wait for leaves its loop's jobs where they are.
void begin_blocking(pool& pool) noexcept
{
    linux_os::on_first_wait(block, &pool);
}

void end_blocking(pool& pool) noexcept
{
    if (linux_os::forget_first_wait()) {
        pool.relief().end_blocking();
    }
}

} // namespace async_socket::backend
