// What a pool makes callbacks for: I/O, work, single callbacks; and their environments and cleanup groups.
#include <algorithm>
#include <utility>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/module.hpp"
#include "model/pool.hpp"
#include "model/thread.hpp"

void TP_IO::call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry& entry) noexcept
{
    callback(instance, context, entry.overlapped, entry.code, entry.bytes, this);
}

void TP_WORK::call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry&) noexcept
{
    callback(instance, context, this);
}

void TP_TIMER::call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry&) noexcept
{
    callback(instance, context, this);
}

void TP_SIMPLE::call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry&) noexcept
{
    callback(instance, context);
}

namespace sim {

pool_object::pool_object(const TP_CALLBACK_ENVIRON& environment, PVOID made_context) noexcept
    : pool(environment.Pool),
      group(environment.CleanupGroup),
      context(made_context),
      runs_long(environment.RunsLong != FALSE),
      holds_module(environment.RaceDll != nullptr)
{
    if (holds_module) {
        hold_module();
    }
}

void pool_object::callback_has_returned() noexcept
{
    --running;
    if (closed && outstanding() == 0 && running == 0 && std::exchange(holds_module, false)) {
        release_module();
    }
}

namespace {

std::shared_ptr<const void> published_now()
{
    const auto cause = std::make_shared<char>();
    publish(cause.get());
    return cause;
}

void close_object(pool_object& object) noexcept
{
    object.closed = true;
    ++object.running;
    object.callback_has_returned();
}

void wait_for(const pool_object& object) noexcept
{
    while (object.outstanding() != 0 || object.callbacks != 0) {
        (void)wait(&object, for_ever);
    }
    observe(&object.callbacks);
}

// Of WaitForThreadpool...Callbacks: what does not return.
void check_own_callback(const pool_object& object, const char* call) noexcept
{
    const TP_CALLBACK_INSTANCE* const own = self().callback;
    if (own != nullptr && own->object == &object && !own->detached) {
        breach("%s: waits for the callback that it is called in", call);
    }
}

// Nor what loses callbacks.
void check_wait(const pool_object& object, BOOL cancel_pending_callbacks, const char* call) noexcept
{
    if (cancel_pending_callbacks != FALSE) {
        breach("%s: cancelling callbacks would lose completions (01_040)", call);
    }
    check_own_callback(object, call);
}

void cancel_queued(pool_object& object) noexcept
{
    const auto cancelled =
        std::erase_if(object.pool->queue, [&](const callback_entry& each) { return each.object == &object; });
    object.queued -= static_cast<std::uint32_t>(cancelled); // a thread may have taken one, and not begun it yet
}

// What the system does for a timer until that is closed.
void watch(TP_TIMER& timer) noexcept
{
    const model_lock lock;
    while (!timer.closed) {
        if (timer.due_ms <= now_ms()) {
            timer.due_ms = for_ever;
            queue({&timer, timer.cause, nullptr, NO_ERROR, 0});
        }
        (void)wait(&timer.due_ms, timer.due_ms, true);
    }
}

// From now on, in units of 100 ns, and below 0, as the library counts.
std::uint64_t span_ms(const FILETIME& due) noexcept
{
    constexpr std::uint64_t units_per_ms = 10'000;
    const std::uint64_t units = 0 - (std::uint64_t{due.dwHighDateTime} << 32 | due.dwLowDateTime);
    if (units > ~std::uint64_t{0} / 2) {
        breach("SetThreadpoolTimer: points in time are not simulated, only spans");
    }
    return (units + units_per_ms - 1) / units_per_ms;
}

constexpr ULONG environment_version = 3;
constexpr ULONG environment_destroyed = 0xDEAD;

void check_environment(PTP_CALLBACK_ENVIRON environment, const char* call) noexcept
{
    if (environment->Version != environment_version) {
        breach("%s: the environment is not initialized, or destroyed", call);
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

void io_complete(TP_IO& io, std::shared_ptr<const void> cause, OVERLAPPED* overlapped, ULONG code,
                 ULONG_PTR bytes) noexcept
{
    if (io.closed) {
        breach("an operation completes on a pool I/O that is closed");
    }
    --io.operations;
    queue({&io, std::move(cause), overlapped, code, bytes});
}

void io_complete_nothing(TP_IO& io) noexcept
{
    io_accept(io);
    io_complete(io, nullptr, nullptr, NO_ERROR, 0);
}

} // namespace sim

using namespace sim;

void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("InitializeThreadpoolEnvironment");
    *environment = {environment_version, nullptr, nullptr, nullptr, FALSE};
    ++the_machine().environments;
}

void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON environment, PTP_POOL pool)
{
    check_environment(environment, "SetThreadpoolCallbackPool");
    environment->Pool = pool;
}

void SetThreadpoolCallbackCleanupGroup(PTP_CALLBACK_ENVIRON environment, PTP_CLEANUP_GROUP group,
                                       PTP_CLEANUP_GROUP_CANCEL_CALLBACK on_cancel)
{
    check_environment(environment, "SetThreadpoolCallbackCleanupGroup");
    if (on_cancel != nullptr) {
        breach("SetThreadpoolCallbackCleanupGroup: a cancel callback is not simulated");
    }
    environment->CleanupGroup = &still_open(group, "SetThreadpoolCallbackCleanupGroup");
}

void SetThreadpoolCallbackLibrary(PTP_CALLBACK_ENVIRON environment, PVOID module)
{
    check_environment(environment, "SetThreadpoolCallbackLibrary");
    environment->RaceDll = module;
}

void SetThreadpoolCallbackRunsLong(PTP_CALLBACK_ENVIRON environment)
{
    check_environment(environment, "SetThreadpoolCallbackRunsLong");
    environment->RunsLong = TRUE;
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
    (void)still_open(environment->Pool, "CreateThreadpoolIo");
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
    the_machine().ios.push_back(std::make_unique<TP_IO>(*environment, context, callback));
    socket->io = the_machine().ios.back().get();
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
    wait_for(waited);
    disturb_last_error();
}

void CloseThreadpoolIo(PTP_IO io)
{
    const system_call here("CloseThreadpoolIo");
    TP_IO& closing = still_open(io, "CloseThreadpoolIo");
    if (closing.outstanding() != 0) {
        breach("CloseThreadpoolIo: %u operations are outstanding", closing.outstanding());
    }
    close_object(closing); // the system keeps it for callbacks that run
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
    publish(&instance->object->callbacks);
    wake(instance->object);
}

BOOL CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
    const system_call here("CallbackMayRunLong");
    if (instance != self().callback) {
        breach("CallbackMayRunLong: not the callback of this thread");
    }
    if (instance->runs_long) { // known; nothing happens a second time
        disturb_last_error();
        return TRUE;
    }
    instance->runs_long = true;
    if (fault("CallbackMayRunLong", {ERROR_NOT_ENOUGH_MEMORY}) != 0 || !may_run_long(*instance->object->pool)) {
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    disturb_last_error();
    return TRUE;
}

void FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE)
{
    const system_call here("FreeLibraryWhenCallbackReturns");
    if (instance != self().callback || instance->frees_library) {
        breach("FreeLibraryWhenCallbackReturns: not the callback of this thread, or twice");
    }
    instance->frees_library = true;
}

PTP_WORK CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("CreateThreadpoolWork");
    check_environment(environment, "CreateThreadpoolWork");
    if (const DWORD code = fault("CreateThreadpoolWork", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    (void)still_open(environment->Pool, "CreateThreadpoolWork");
    the_machine().works.push_back(std::make_unique<TP_WORK>(*environment, context, callback));
    disturb_last_error();
    return the_machine().works.back().get();
}

void SubmitThreadpoolWork(PTP_WORK work)
{
    const system_call here("SubmitThreadpoolWork");
    queue({&still_open(work, "SubmitThreadpoolWork"), published_now(), nullptr, NO_ERROR, 0});
    disturb_last_error();
}

void WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel_pending_callbacks)
{
    const system_call here("WaitForThreadpoolWorkCallbacks");
    const TP_WORK& waited = still_open(work, "WaitForThreadpoolWorkCallbacks");
    check_wait(waited, cancel_pending_callbacks, "WaitForThreadpoolWorkCallbacks");
    wait_for(waited);
    disturb_last_error();
}

void CloseThreadpoolWork(PTP_WORK work)
{
    const system_call here("CloseThreadpoolWork");
    TP_WORK& closing = still_open(work, "CloseThreadpoolWork");
    if (closing.queued != 0) {
        breach("CloseThreadpoolWork: a callback is outstanding");
    }
    close_object(closing);
    disturb_last_error();
}

PTP_TIMER CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("CreateThreadpoolTimer");
    check_environment(environment, "CreateThreadpoolTimer");
    if (const DWORD code = fault("CreateThreadpoolTimer", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    (void)still_open(environment->Pool, "CreateThreadpoolTimer");
    the_machine().timers.push_back(std::make_unique<TP_TIMER>(*environment, context, callback));
    disturb_last_error();
    return the_machine().timers.back().get();
}

// A callback that is queued already stays so.
void SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period_ms, DWORD)
{
    const system_call here("SetThreadpoolTimer");
    TP_TIMER& changed = still_open(timer, "SetThreadpoolTimer");
    if (period_ms != 0) {
        breach("SetThreadpoolTimer: a period is not simulated");
    }
    changed.due_ms = for_ever;
    if (due != nullptr) {
        const std::uint64_t left_ms = span_ms(*due);
        const std::uint32_t most_ms = the_machine().how.timers_are_late_ms;
        changed.due_ms = now_ms() + left_ms + (left_ms != 0 ? the_machine().dice.below(most_ms + 1) : 0);
        changed.cause = published_now();
        if (!std::exchange(changed.is_watched, true)) {
            spawn("timer", [&changed] { watch(changed); });
        }
    }
    wake(&changed.due_ms);
    disturb_last_error();
}

void WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel_pending_callbacks)
{
    const system_call here("WaitForThreadpoolTimerCallbacks");
    TP_TIMER& waited = still_open(timer, "WaitForThreadpoolTimerCallbacks");
    check_own_callback(waited, "WaitForThreadpoolTimerCallbacks");
    if (cancel_pending_callbacks != FALSE) {
        cancel_queued(waited);
    }
    wait_for(waited);
    disturb_last_error();
}

void CloseThreadpoolTimer(PTP_TIMER timer)
{
    const system_call here("CloseThreadpoolTimer");
    TP_TIMER& closing = still_open(timer, "CloseThreadpoolTimer");
    if (closing.due_ms != for_ever || closing.queued != 0) {
        breach("CloseThreadpoolTimer: it is set, or a callback is outstanding");
    }
    close_object(closing);
    wake(&closing.due_ms);
    disturb_last_error();
}

BOOL TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    const system_call here("TrySubmitThreadpoolCallback");
    check_environment(environment, "TrySubmitThreadpoolCallback");
    (void)still_open(environment->Pool, "TrySubmitThreadpoolCallback");
    if (const DWORD code = fault("TrySubmitThreadpoolCallback", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return FALSE;
    }
    the_machine().simples.push_back(std::make_unique<TP_SIMPLE>(*environment, context, callback));
    queue({the_machine().simples.back().get(), published_now(), nullptr, NO_ERROR, 0});
    disturb_last_error();
    return TRUE;
}

PTP_CLEANUP_GROUP CreateThreadpoolCleanupGroup()
{
    const system_call here("CreateThreadpoolCleanupGroup");
    if (const DWORD code = fault("CreateThreadpoolCleanupGroup", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    the_machine().groups.push_back(std::make_unique<TP_CLEANUP_GROUP>());
    disturb_last_error();
    return the_machine().groups.back().get();
}

void CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP group, BOOL cancel_pending_callbacks, PVOID)
{
    const system_call here("CloseThreadpoolCleanupGroupMembers");
    (void)still_open(group, "CloseThreadpoolCleanupGroupMembers");
    const auto end = [&](const auto& objects) {
        for (std::size_t i = 0; i < objects.size(); ++i) { // a callback may add to them meanwhile
            pool_object& member = *objects[i];
            if (member.group == group) {
                check_wait(member, cancel_pending_callbacks, "CloseThreadpoolCleanupGroupMembers");
                wait_for(member);
                close_object(member);
            }
        }
    };
    end(the_machine().ios);
    end(the_machine().works);
    end(the_machine().simples);
    disturb_last_error();
}

void CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP group)
{
    const system_call here("CloseThreadpoolCleanupGroup");
    TP_CLEANUP_GROUP& closing = still_open(group, "CloseThreadpoolCleanupGroup");
    const auto is_member = [group](const auto& object) { return object->group == group && !object->closed; };
    const machine& all = the_machine();
    if (std::any_of(all.ios.begin(), all.ios.end(), is_member) ||
        std::any_of(all.works.begin(), all.works.end(), is_member)) {
        breach("CloseThreadpoolCleanupGroup: it has members");
    }
    closing.closed = true;
    disturb_last_error();
}
