#include "model/pool.hpp"

#include <algorithm>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"
#include "winsock2.h"

namespace sim {

namespace {

constexpr std::uint64_t idle_ms = 5000;
constexpr std::uint32_t default_maximum = 500;

// The memory of an OVERLAPPED is the library's again as soon as its callback begins.
void give_back(const OVERLAPPED* overlapped) noexcept
{
    std::vector<void*>& owned = the_machine().overlapped_in_use;
    const auto found = std::find(owned.begin(), owned.end(), overlapped);
    if (found != owned.end()) {
        *found = owned.back();
        owned.pop_back();
    }
}

pool_object& object_of(const callback_entry& entry) noexcept
{
    return entry.io != nullptr ? static_cast<pool_object&>(*entry.io) : *entry.work;
}

void run_callback(const callback_entry& entry) noexcept
{
    pool_object& object = object_of(entry);
    TP_CALLBACK_INSTANCE instance{&object, false};
    {
        const system_call here("callback begins", entry.code, entry.bytes);
        give_back(entry.overlapped);
        --object.queued;
        ++object.callbacks;
        self().callback = &instance;
        disturb_last_error();
    }
    if (entry.io != nullptr) {
        entry.io->callback(&instance, object.context, entry.overlapped, entry.code, entry.bytes, entry.io);
    } else {
        entry.work->callback(&instance, object.context, entry.work);
    }
    const system_call here("callback ends");
    self().callback = nullptr;
    if (!instance.detached) {
        --object.callbacks;
        wake(&object);
    }
}

// Any of those that wait: the system keeps no order between completions.
bool take(TP_POOL& pool, callback_entry* taken) noexcept
{
    if (pool.queue.empty()) {
        return false;
    }
    const std::size_t index = the_machine().dice.below(pool.queue.size());
    *taken = pool.queue[index];
    pool.queue[index] = pool.queue.back();
    pool.queue.pop_back();
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
        const bool woken = wait(&pool, may_retire ? idle_ms : for_ever, true);
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
    ++pool.threads;
    ++the_machine().pool_threads;
    spawn("pool", [&pool] { work(pool); });
}

void queue(const callback_entry& entry) noexcept
{
    pool_object& object = object_of(entry);
    TP_POOL& pool = *object.pool;
    ++object.queued;
    pool.queue.push_back(entry);
    const std::uint32_t maximum = pool.maximum == 0 ? default_maximum : pool.maximum;
    if (pool.queue.size() > pool.idle && pool.threads < maximum) {
        start_thread(pool);
    }
    wake(&pool);
}

template <typename Object>
Object& still_open(Object* object, const char* call) noexcept
{
    if (object == nullptr || object->closed) {
        breach("%s: it is closed", call);
    }
    return *object;
}

// Of WaitForThreadpool...Callbacks: what does not return, or loses callbacks.
void check_wait(const pool_object& object, BOOL cancel_pending_callbacks, const char* call) noexcept
{
    if (cancel_pending_callbacks != FALSE) {
        breach("%s: cancelling callbacks would lose completions (01_040)", call);
    }
    const TP_CALLBACK_INSTANCE* const own = self().callback;
    if (own != nullptr && own->object == &object && !own->detached) {
        breach("%s: waits for the callback that it is called in", call);
    }
}

} // namespace

void io_accept(TP_IO& io) noexcept
{
    if (io.closed) {
        breach("an operation is issued on a pool I/O that is closed");
    }
    if (io.announced == 0) {
        breach("an operation is issued without StartThreadpoolIo");
    }
    --io.announced;
    ++io.operations;
}

void io_skip(TP_IO& io, const OVERLAPPED* overlapped) noexcept
{
    --io.operations;
    ++io.announced;
    give_back(overlapped);
}

void io_complete(TP_IO& io, OVERLAPPED* overlapped, ULONG code, ULONG_PTR bytes) noexcept
{
    if (io.closed) {
        breach("an operation completes on a pool I/O that is closed");
    }
    --io.operations;
    queue({&io, overlapped, code, bytes, nullptr});
}

void io_complete_nothing(TP_IO& io) noexcept
{
    io_accept(io);
    io_complete(io, nullptr, NO_ERROR, 0);
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
        std::any_of(all.works.begin(), all.works.end(), uses_it)) {
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

namespace {

constexpr ULONG environment_version = 3;
constexpr ULONG environment_destroyed = 0xDEAD;

void check_environment(PTP_CALLBACK_ENVIRON environment, const char* call) noexcept
{
    if (environment->Version != environment_version) {
        breach("%s: the environment is not initialized, or destroyed", call);
    }
}

} // namespace

void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("InitializeThreadpoolEnvironment");
    *environment = {environment_version, nullptr};
    ++the_machine().environments;
}

void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON environment, PTP_POOL pool)
{
    check_environment(environment, "SetThreadpoolCallbackPool");
    environment->Pool = pool;
}

void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("DestroyThreadpoolEnvironment");
    check_environment(environment, "DestroyThreadpoolEnvironment");
    environment->Version = environment_destroyed;
    --the_machine().environments;
}

PTP_IO CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("CreateThreadpoolIo", reinterpret_cast<std::uintptr_t>(file));
    self().was_in_kernel = true;
    check_environment(environment, "CreateThreadpoolIo");
    TP_POOL& pool = still_open(environment->Pool, "CreateThreadpoolIo");
    tcp_socket* const socket = the_machine().handles.find<tcp_socket>(file);
    if (socket == nullptr) {
        fail_with(ERROR_INVALID_HANDLE);
        return nullptr;
    }
    if (socket->io != nullptr) { // once for each socket, even after a close
        fail_with(ERROR_INVALID_PARAMETER);
        return nullptr;
    }
    if (const DWORD code = fault("CreateThreadpoolIo", {ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER})) {
        fail_with(code);
        return nullptr;
    }
    auto fresh = std::make_unique<TP_IO>();
    fresh->pool = &pool;
    fresh->callback = callback;
    fresh->context = context;
    socket->io = fresh.get();
    the_machine().ios.push_back(std::move(fresh));
    disturb_last_error();
    return socket->io;
}

void StartThreadpoolIo(PTP_IO io)
{
    const system_call here("StartThreadpoolIo");
    ++still_open(io, "StartThreadpoolIo").announced;
    disturb_last_error();
}

void CancelThreadpoolIo(PTP_IO io)
{
    const system_call here("CancelThreadpoolIo");
    TP_IO& cancelled = still_open(io, "CancelThreadpoolIo");
    if (cancelled.announced == 0) {
        breach("CancelThreadpoolIo: nothing was started, or the system has taken the operation on");
    }
    --cancelled.announced;
    wake(static_cast<pool_object*>(io));
    disturb_last_error();
}

void WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel_pending_callbacks)
{
    const system_call here("WaitForThreadpoolIoCallbacks");
    const TP_IO& waited = still_open(io, "WaitForThreadpoolIoCallbacks");
    check_wait(waited, cancel_pending_callbacks, "WaitForThreadpoolIoCallbacks");
    while (waited.announced != 0 || waited.operations != 0 || waited.queued != 0 || waited.callbacks != 0) {
        (void)wait(static_cast<const pool_object*>(io), for_ever);
    }
    disturb_last_error();
}

void CloseThreadpoolIo(PTP_IO io)
{
    const system_call here("CloseThreadpoolIo");
    TP_IO& closing = still_open(io, "CloseThreadpoolIo");
    const std::uint32_t outstanding = closing.announced + closing.operations + closing.queued;
    if (outstanding != 0) {
        breach("CloseThreadpoolIo: %u operations are outstanding", outstanding);
    }
    if (closing.callbacks != 0) {
        breach("CloseThreadpoolIo: a callback is still running");
    }
    closing.closed = true;
    disturb_last_error();
}

void DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance)
{
    const system_call here("DisassociateCurrentThreadFromCallback");
    if (instance != self().callback) {
        breach("DisassociateCurrentThreadFromCallback: not the callback of this thread");
    }
    if (instance->detached) {
        breach("DisassociateCurrentThreadFromCallback: twice");
    }
    instance->detached = true;
    --instance->object->callbacks;
    wake(instance->object);
}

PTP_WORK CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("CreateThreadpoolWork");
    check_environment(environment, "CreateThreadpoolWork");
    if (const DWORD code = fault("CreateThreadpoolWork", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    auto fresh = std::make_unique<TP_WORK>();
    fresh->pool = &still_open(environment->Pool, "CreateThreadpoolWork");
    fresh->context = context;
    fresh->callback = callback;
    the_machine().works.push_back(std::move(fresh));
    disturb_last_error();
    return the_machine().works.back().get();
}

void SubmitThreadpoolWork(PTP_WORK work)
{
    const system_call here("SubmitThreadpoolWork");
    queue({nullptr, nullptr, NO_ERROR, 0, &still_open(work, "SubmitThreadpoolWork")});
    disturb_last_error();
}

void WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel_pending_callbacks)
{
    const system_call here("WaitForThreadpoolWorkCallbacks");
    const TP_WORK& waited = still_open(work, "WaitForThreadpoolWorkCallbacks");
    check_wait(waited, cancel_pending_callbacks, "WaitForThreadpoolWorkCallbacks");
    while (waited.queued != 0 || waited.callbacks != 0) {
        (void)wait(static_cast<const pool_object*>(work), for_ever);
    }
    disturb_last_error();
}

void CloseThreadpoolWork(PTP_WORK work)
{
    const system_call here("CloseThreadpoolWork");
    TP_WORK& closing = still_open(work, "CloseThreadpoolWork");
    if (closing.queued != 0 || closing.callbacks != 0) {
        breach("CloseThreadpoolWork: a callback is outstanding");
    }
    closing.closed = true;
    disturb_last_error();
}
