#include "linux/thread/thread.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "linux/thread/text_file.hpp"

namespace async_socket::linux_os {

namespace {

// All but those that a thread's own mistakes raise: a handler of the program's must run where it looks for
// it, on a thread of the program's. LINUX_15_004
sigset_t asynchronous_signals() noexcept
{
    sigset_t signals;
    (void)sigfillset(&signals);
    for (const int kept : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
        (void)sigdelset(&signals, kept);
    }
    return signals;
}

} // namespace

int start_thread(thread_function run, void* context) noexcept
{
    const sigset_t blocked = asynchronous_signals();
    sigset_t before;
    (void)pthread_sigmask(SIG_SETMASK, &blocked, &before); // inherited by the new thread
    pthread_t thread{};
    const int result = pthread_create(&thread, nullptr, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return result;
}

void name_this_thread(const char* name) noexcept
{
    (void)pthread_setname_np(pthread_self(), name);
}

pid_t thread_id() noexcept
{
    return ::gettid();
}

clockid_t thread_clock() noexcept
{
    clockid_t clock{};
    (void)pthread_getcpuclockid(pthread_self(), &clock); // of a thread that there is, it cannot fail
    return clock;
}

thread_state state_of_thread(pid_t thread) noexcept
{
    char path[48];
    char text[128];
    (void)std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", static_cast<int>(thread));
    // "1234 (name) S ..."
    const char* const name_end = read_file(path, text, sizeof text) ? std::strrchr(text, ')') : nullptr;
    if (name_end == nullptr || name_end[1] != ' ') {
        return thread_state::is_unknown;
    }
    return name_end[2] == 'R' ? thread_state::runs : thread_state::is_blocked;
}

} // namespace async_socket::linux_os
