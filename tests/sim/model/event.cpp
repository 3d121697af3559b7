#include "model/event.hpp"

#include <algorithm>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/own_thread.hpp"
#include "model/thread.hpp"
#include "winsock2.h"

namespace sim {

namespace {

// One key for all: who waits for several events looks at all of them again.
const char any_event = 0;

event& event_of(HANDLE handle, const char* call) noexcept
{
    event* const found = the_machine().handles.find<event>(handle);
    if (found == nullptr) {
        breach("%s: not an event, or closed before", call);
    }
    return *found;
}

// The first that is set, taken; `count` if none is.
DWORD take_one(DWORD count, const HANDLE* handles) noexcept
{
    for (DWORD i = 0; i < count; ++i) {
        event& candidate = event_of(handles[i], "WaitForMultipleObjects");
        if (candidate.is_set) {
            candidate.is_set = candidate.manual;
            observe(&candidate);
            return i;
        }
    }
    return count;
}

} // namespace

void set_event(event& event) noexcept
{
    event.is_set = true;
    publish(&event);
    wake(&any_event);
}

} // namespace sim

using namespace sim;

HANDLE CreateEventW(SECURITY_ATTRIBUTES*, BOOL manual_reset, BOOL initial_state, LPCWSTR)
{
    const system_call here("CreateEventW");
    if (const DWORD code = fault("CreateEventW", {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES})) {
        fail_with(code);
        return nullptr;
    }
    auto fresh = std::make_unique<event>();
    fresh->manual = manual_reset != FALSE;
    fresh->is_set = initial_state != FALSE;
    disturb_last_error();
    return the_machine().handles.add(std::move(fresh));
}

BOOL SetEvent(HANDLE handle)
{
    const system_call here("SetEvent", reinterpret_cast<std::uintptr_t>(handle));
    set_event(event_of(handle, "SetEvent"));
    disturb_last_error();
    return TRUE;
}

BOOL CloseHandle(HANDLE handle)
{
    const system_call here("CloseHandle", reinterpret_cast<std::uintptr_t>(handle));
    if (the_machine().handles.find<own_thread>(handle) == nullptr && event_of(handle, "CloseHandle").operations != 0) {
        breach("CloseHandle: the event belongs to a pending operation");
    }
    (void)the_machine().handles.remove(handle);
    disturb_last_error();
    return TRUE;
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all, DWORD timeout_ms)
{
    const system_call here("WaitForMultipleObjects", timeout_ms);
    if (all != FALSE) {
        breach("WaitForMultipleObjects: waiting for all is not simulated");
    }
    if (const DWORD code = fault("WaitForMultipleObjects", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return WAIT_FAILED;
    }
    const std::uint64_t end = timeout_ms == INFINITE ? for_ever : now_ms() + timeout_ms;
    for (;;) {
        const std::uint64_t next_connect = end_connects();
        const DWORD set = take_one(count, handles);
        if (set != count) {
            disturb_last_error();
            return WAIT_OBJECT_0 + set;
        }
        if (now_ms() >= end) {
            return WAIT_TIMEOUT;
        }
        (void)wait(&any_event, std::min(end, next_connect));
    }
}

DWORD WaitForSingleObject(HANDLE handle, DWORD timeout_ms)
{
    return WaitForMultipleObjects(1, &handle, FALSE, timeout_ms);
}

BOOL SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags)
{
    const system_call here("SetHandleInformation", reinterpret_cast<std::uintptr_t>(handle));
    tcp_socket* const socket = the_machine().handles.find<tcp_socket>(handle);
    if (socket == nullptr || mask != HANDLE_FLAG_INHERIT) {
        breach("SetHandleInformation: only whether a socket is inherited is simulated");
    }
    const DWORD code = the_machine().how.layered_provider ? ERROR_INVALID_HANDLE
                                                          : fault("SetHandleInformation", {ERROR_INVALID_PARAMETER});
    if (code != NO_ERROR) {
        fail_with(code);
        return FALSE;
    }
    socket->inheritable = (flags & HANDLE_FLAG_INHERIT) != 0;
    disturb_last_error();
    return TRUE;
}
