#include "model/pool.hpp"

#include <algorithm>
#include <utility>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/module.hpp"
#include "model/thread.hpp"

namespace sim {

namespace {

constexpr std::uint64_t idle_ms = 5000;

void run_callback(const callback_entry& entry) noexcept
{
    pool_object& object = *entry.object;
    TP_CALLBACK_INSTANCE instance{&object};
    {
        const system_call here("callback begins", entry.code, entry.bytes);
        check_module_is_there("a callback of the pool begins");
        if (entry.overlapped != nullptr) {
            entry.overlapped->Internal = entry.code;
            entry.overlapped->InternalHigh = entry.bytes;
        }
        give_back(entry.overlapped);
        --object.queued;
        ++object.callbacks;
        ++object.running;
        instance.runs_long = object.runs_long;
        self().callback = &instance;
        observe(entry.cause.get());
        disturb_last_error();
    }
    object.call(&instance, entry);
    const system_call here("callback ends");
    self().callback = nullptr;
    --object.pool->busy;
    if (!instance.detached) {
        --object.callbacks;
        publish(&object.callbacks);
        wake(&object);
    }
    if (instance.frees_library) {
        release_module();
    }
    object.callback_has_returned();
}

// Any of those that wait: the system keeps no order between completions.
bool take(TP_POOL& pool, callback_entry* taken) noexcept
{
    if (pool.queue.empty()) {
        return false;
    }
    const std::size_t index = the_machine().dice.below(pool.queue.size());
    *taken = std::exchange(pool.queue[index], pool.queue.back());
    pool.queue.pop_back();
    ++pool.busy;
    return true;
}

// False: the thread has been idle for long and is not needed, or the pool is gone.
bool wait_for_work(TP_POOL& pool, callback_entry* work) noexcept
{
    const model_lock lock;
    while (!take(pool, work)) {
        if (pool.closed) {
            --pool.threads;
            return false;
        }
        const bool may_retire = pool.threads > pool.minimum;
        ++pool.idle;
        const bool woken = wait(&pool, may_retire ? now_ms() + idle_ms : for_ever, true);
        --pool.idle;
        if (!woken && pool.queue.empty() && pool.threads > pool.minimum) {
            --pool.threads; // in the same instant, so that work that comes now gets another thread
            return false;
        }
    }
    return true;
}

void work(TP_POOL& pool) noexcept
{
    callback_entry next{};
    while (wait_for_work(pool, &next)) {
        run_callback(next);
    }
    const system_call here("pool thread ends");
    --the_machine().pool_threads;
    end_operations_of_thread(self().id);
}

void start_thread(TP_POOL& pool)
{
    if (the_machine().process_exits) { // nor does anybody tell
        return;
    }
    ++pool.threads;
    ++pool.started;
    ++the_machine().pool_threads;
    spawn("pool", [&pool] { work(pool); });
}

std::uint32_t most_threads(const TP_POOL& pool) noexcept
{
    return pool.maximum == 0 ? the_machine().how.most_pool_threads : pool.maximum;
}

// A pool that does not grow by itself starts at most one thread for what is submitted, and none while a thread is not
// in a callback, however much waits for that one.
bool needs_a_thread(const TP_POOL& pool) noexcept
{
    return the_machine().how.pool_grows ? pool.queue.size() >= pool.idle : pool.busy >= pool.threads;
}

} // namespace

void queue(callback_entry entry) noexcept
{
    TP_POOL& pool = *entry.object->pool;
    if (needs_a_thread(pool) && pool.threads < most_threads(pool)) {
        start_thread(pool);
    }
    ++entry.object->queued;
    pool.queue.push_back(std::move(entry));
    wake(&pool);
}

bool may_run_long(TP_POOL& pool) noexcept
{
    if (pool.busy < pool.threads) {
        return true;
    }
    if (pool.threads >= most_threads(pool)) {
        return false;
    }
    start_thread(pool);
    return true;
}

void give_back(const OVERLAPPED* overlapped) noexcept
{
    std::vector<void*>& owned = the_machine().overlapped_in_use;
    const auto found = std::find(owned.begin(), owned.end(), overlapped);
    if (found != owned.end()) {
        *found = owned.back();
        owned.pop_back();
    }
}

} // namespace sim

using namespace sim;

PTP_POOL CreateThreadpool(PVOID)
{
    const system_call here("CreateThreadpool");
    if (const DWORD code = fault("CreateThreadpool", {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES})) {
        fail_with(code);
        return nullptr;
    }
    the_machine().pools.push_back(std::make_unique<TP_POOL>());
    disturb_last_error();
    return the_machine().pools.back().get();
}

void CloseThreadpool(PTP_POOL pool)
{
    const system_call here("CloseThreadpool");
    TP_POOL& closing = still_open(pool, "CloseThreadpool");
    const auto uses_it = [pool](const auto& object) { return object->pool == pool && !object->closed; };
    const machine& all = the_machine();
    if (std::any_of(all.ios.begin(), all.ios.end(), uses_it) ||
        std::any_of(all.works.begin(), all.works.end(), uses_it) ||
        std::any_of(all.timers.begin(), all.timers.end(), uses_it)) {
        breach("CloseThreadpool: something still uses the pool");
    }
    closing.closed = true;
    wake(pool);
    disturb_last_error();
}

BOOL SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD minimum)
{
    const system_call here("SetThreadpoolThreadMinimum", minimum);
    TP_POOL& changed = still_open(pool, "SetThreadpoolThreadMinimum");
    if (const DWORD code = fault("SetThreadpoolThreadMinimum", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return FALSE;
    }
    if (changed.maximum != 0 && minimum > changed.maximum) { // the documentation does not say what happens then
        breach("SetThreadpoolThreadMinimum: above the maximum");
    }
    changed.minimum = minimum;
    while (changed.threads < minimum) {
        start_thread(changed);
    }
    wake(pool); // the idle ones ask anew whether they may retire
    disturb_last_error();
    return TRUE;
}

// A raised maximum starts no thread for work that waits already; the next work to arrive does.
void SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD maximum)
{
    const system_call here("SetThreadpoolThreadMaximum", maximum);
    TP_POOL& changed = still_open(pool, "SetThreadpoolThreadMaximum");
    if (maximum == 0 || maximum < changed.minimum) {
        breach("SetThreadpoolThreadMaximum: 0, or below the minimum");
    }
    changed.maximum = maximum;
    changed.maxima.push_back(maximum);
    disturb_last_error();
}
