#include "model/own_thread.hpp"

#include <csetjmp>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

using namespace sim;

namespace {

// A thread may end in the middle, in FreeLibraryAndExitThread.
void run_thread(LPTHREAD_START_ROUTINE routine, LPVOID parameter)
{
    std::jmp_buf end;
    self().end = &end;
    if (setjmp(end) == 0) {
        (void)routine(parameter);
    }
    const system_call ending("thread ends");
    if (self().end != nullptr) {
        breach("a thread of the library ends in its code, which may be unloaded");
    }
    end_operations_of_thread(self().id);
}

} // namespace

HANDLE CreateThread(SECURITY_ATTRIBUTES*, SIZE_T, LPTHREAD_START_ROUTINE routine, LPVOID parameter, DWORD flags, DWORD*)
{
    const system_call here("CreateThread", flags);
    if (const DWORD code = fault("CreateThread", {ERROR_NOT_ENOUGH_MEMORY})) {
        fail_with(code);
        return nullptr;
    }
    ++the_machine().own_threads;
    spawn(
        "own", [routine, parameter] { run_thread(routine, parameter); }, true);
    disturb_last_error();
    return the_machine().handles.add(std::make_unique<own_thread>());
}
