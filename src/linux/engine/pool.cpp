#include "linux/engine/pool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "core/platform/address_wait.hpp"
#include "core/platform/clock.hpp"
#include "linux/system/error.hpp"
#include "linux/thread/fork.hpp"
#include "linux/thread/processor_count.hpp"
#include "linux/thread/thread.hpp"

namespace async_socket::backend {

namespace {

using linux_os::loop;
using linux_os::worker;

// Of a pool without a maximum. A Windows pool stops there too.
constexpr std::uint32_t most_callbacks = 500;

// Of a loop before another one, when callbacks open sockets. Two opens in a row, both ends of a relay say, stay
// together.
constexpr std::uint32_t most_sockets_ahead = 1;

// Until a thread is tried again when one could not be started. LINUX_15_009
constexpr std::uint64_t no_thread_for_ns = 1'000'000'000;

// With a callback that runs, while there is a processor for another thread: less than the time between two looks.
constexpr std::uint64_t short_patience_ns = 250'000;
// While there is none, or no permit for another callback: more threads would make none of them faster.
constexpr std::uint64_t long_patience_ns = 10'000'000;

// 0 is no limit for `maximum`, and no wish for `minimum`. LINUX_15_001
std::uint32_t loops_for(std::uint32_t minimum, std::uint32_t maximum) noexcept
{
    const std::uint32_t wanted = std::max<std::uint32_t>(linux_os::processor_count(), minimum);
    return maximum == 0 ? wanted : std::min(wanted, maximum);
}

} // namespace

pool::pool(loop* loops, std::uint32_t loop_count, std::uint32_t maximum) noexcept
    : loops_(loops),
      loop_count_(loop_count),
      permits_(maximum != 0 ? maximum : std::max(most_callbacks, loop_count)),
      watcher_(*this)
{
    for (std::uint32_t i = 0; i < loop_count_; ++i) {
        new (loops_ + i) loop(*this);
    }
}

pool::~pool()
{
    for (loop& each : *this) {
        each.~loop();
    }
    std::free(loops_);
}

int pool::start() noexcept
{
    for (loop& each : *this) {
        if (!each.prepare()) {
            return errno;
        }
    }
    int error = 0;
    for (std::uint32_t i = 0; i <= loop_count_ && error == 0; ++i) { // and the watcher
        error = start_thread();
    }
    return error;
}

int pool::start_thread() noexcept
{
    references_.fetch_add(1, std::memory_order_relaxed);
    const int error = linux_os::start_thread(run_thread, this);
    if (error != 0) {
        references_.fetch_sub(1, std::memory_order_relaxed); // not the last one: the caller's is left
    }
    return error;
}

void* pool::run_thread(void* self) noexcept
{
    auto& owner = *static_cast<pool*>(self);
    linux_os::name_this_thread("async_socket");
    {
        worker own(owner);
        owner.work(own);
    }
    owner.departures_.leave();
    owner.release();
    return nullptr;
}

void pool::work(worker& self) noexcept
{
    for (bool has_something = true; has_something && !is_stopping();) {
        if (loop* const taken = take_loop(self)) {
            taken->run(self);
        } else if (watcher_.take_over()) {
            watcher_.run(self);
        } else {
            has_something = spares_.wait();
        }
    }
}

loop* pool::take_loop(worker& self) noexcept
{
    loop* const found = std::find_if(begin(), end(), [&self](loop& each) { return each.take(self); });
    return found != end() ? found : nullptr;
}

void pool::stop() noexcept
{
    stopping_.store(1, std::memory_order_release);
    wake_all(stopping_);
    watcher_.stop();
    spares_.stop();
    for (loop& each : *this) {
        each.wake();
    }
}

void pool::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
        return;
    }
    const pthread_t last = departures_.last(); // perhaps the calling one
    linux_os::departures::last_one* const waiter = waiter_;
    core::destroy(this);
    if (waiter != nullptr) {
        waiter->is(last);
    } else {
        linux_os::departures::let_go(last);
    }
}

bool pool::call_somebody() noexcept
{
    if (spares_.call()) {
        return true;
    }
    const std::uint64_t not_until = no_thread_until_.load(std::memory_order_relaxed);
    if (not_until != 0 && now_ns() < not_until) {
        return false;
    }
    const int error = start_thread();
    if (error != 0 && not_until == 0) {
        LOG_WARNING_CODE(error, "the engine cannot start a further thread");
    }
    no_thread_until_.store(error != 0 ? now_ns() + no_thread_for_ns : 0, std::memory_order_relaxed);
    return error == 0;
}

void pool::give_permit() noexcept
{
    permits_.give();
    while (permits_.are_wanted() && permits_.take()) {
        if (std::any_of(begin(), end(), [](loop& each) { return each.grant_permit(); })) {
            return;
        }
        permits_.give(); // who wanted it has one by now, and another one may have asked in vain meanwhile
    }
}

void pool::look_for_permit() noexcept
{
    if (std::any_of(begin(), end(), [](loop& each) { return each.surrender_permit(); })) {
        give_permit();
    }
}

// Equal loops are taken in turn, each time round from another one on: who opens both ends of connections, always in the
// same order, has ends of both kinds on each loop.
loop& pool::loop_for_socket() noexcept
{
    const std::uint32_t turn = dealt_.fetch_add(1, std::memory_order_relaxed);
    const std::uint32_t first = turn + turn / loop_count_;
    loop* least = loops_ + first % loop_count_;
    for (std::uint32_t i = 1; i < loop_count_; ++i) {
        loop* const each = loops_ + (first + i) % loop_count_;
        if (each->slots().in_use() < least->slots().in_use()) {
            least = each;
        }
    }
    const worker* const self = worker::current();
    if (self == nullptr || &self->pool() != this) {
        return *least;
    }
    loop& own = *self->its_loop;
    return own.slots().in_use() <= least->slots().in_use() + most_sockets_ahead ? own : *least;
}

loop& pool::loop_for_post() noexcept
{
    const worker* const self = worker::current();
    if (self != nullptr && &self->pool() == this) {
        return *self->its_loop;
    }
    return loops_[dealt_.fetch_add(1, std::memory_order_relaxed) % loop_count_];
}

void pool::wait_for_stop(std::uint32_t timeout_ms) const noexcept
{
    wait_while_equal(stopping_, 0, timeout_ms);
}

bool pool::is_quiet() noexcept
{
    return !is_stopping() && std::all_of(begin(), end(), [](loop& each) { return each.is_asleep(); });
}

pool::sights pool::look_at_loops() noexcept
{
    using sight = schedule::agenda::sight;
    sights seen;
    const std::uint64_t now = now_ns();
    for (loop& each : *this) {
        const sight one = each.look(now);
        seen.worst = std::max(seen.worst, one);
        seen.stuck += one == sight::stuck ? 1U : 0U;
    }
    return seen;
}

void pool::stand_in(worker& self) noexcept
{
    for (loop& each : *this) {
        each.stand_in(self);
    }
}

std::uint64_t pool::patience_with_callback(bool is_running) noexcept
{
    const auto asleep = std::count_if(begin(), end(), [](loop& each) { return each.is_asleep(); });
    if (!permits_.any() && asleep == 0) {
        return long_patience_ns; // somebody else could move bytes, and no more
    }
    if (!is_running) {
        return 0;
    }
    // Callbacks that have cost their worker its loop may have the processors of those that sleep.
    const auto others = permits_.in_use() - static_cast<std::int32_t>(loop_count_);
    return asleep > others ? short_patience_ns : long_patience_ns;
}

std::uint32_t default_minimum() noexcept
{
    return 0; // one thread for each processor
}

const char* pool_name() noexcept
{
    return "epoll";
}

pool* pool_create(std::uint32_t minimum, std::uint32_t maximum, core::refusal& why) noexcept
{
    why = {core::ending::no_room};
    const std::uint32_t loop_count = loops_for(minimum, maximum);
    auto* const loops = static_cast<loop*>(std::calloc(loop_count, sizeof(loop)));
    if (loops == nullptr) {
        LOG_ERROR("an engine cannot be created: out of memory");
        return nullptr;
    }
    pool* const created = linux_os::watch_forks() ? core::create<pool>(loops, loop_count, maximum) : nullptr;
    if (created == nullptr) {
        LOG_ERROR("an engine cannot be created: out of memory");
        std::free(loops);
        return nullptr;
    }
    const int error = created->start();
    if (error != 0) {
        LOG_ERROR_CODE(error, "an engine cannot be created: no threads or descriptors for them");
        why = linux_os::refusal_of(error);
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

void pool_destroy_and_wait(pool* pool) noexcept
{
    linux_os::departures::last_one last;
    pool->tell_of_last_thread(last);
    pool_destroy(pool);
    last.wait();
}

// The parent's threads use its memory and descriptors; here they go with the process.
void pool_abandon(pool* /*pool*/) noexcept {}

bool process_is_ending() noexcept
{
    return false; // exit leaves the threads running
}

// Only a thread of a pool can keep others from running; in a process that was forked off there are none.
void begin_blocking(pool&) noexcept
{
    worker* const self = worker::current();
    if (self != nullptr && !self->pool().is_inherited()) {
        self->begin_blocking();
    }
}

void end_blocking(pool&) noexcept
{
    worker* const self = worker::current();
    if (self != nullptr && !self->pool().is_inherited()) {
        self->end_blocking();
    }
}

// A job is made where it is posted.
bool pool_prepare_posts(pool& /*pool*/) noexcept
{
    return true;
}

void pool_post(pool& pool, core::posted& called) noexcept
{
    pool.loop_for_post().post(called);
}

// Each loop has its clock.
bool pool_prepare_alarms(pool& /*pool*/) noexcept
{
    return true;
}

void pool_arm(pool& pool, core::operation& timed) noexcept
{
    loop& home = pool.loop_for_post();
    if (home.arm(core::operation_alarm::of(timed))) {
        home.wake();
    }
}

} // namespace async_socket::backend
