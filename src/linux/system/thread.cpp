#include "linux/system/thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <initializer_list>

namespace async_socket::linux_os {

namespace {

// All but those that a thread's own mistakes raise: a handler of the program's must run where it looks for
// it, on a thread of the program's. LINUX_15_004
sigset_t asynchronous_signals() noexcept
{
    sigset_t signals;
    (void)sigfillset(&signals);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
        (void)sigdelset(&signals, own);
    }
    return signals;
}

} // namespace

int start_thread(thread_function run, void* context, const char* name) noexcept
{
    const sigset_t blocked = asynchronous_signals();
    sigset_t before;
    (void)pthread_sigmask(SIG_SETMASK, &blocked, &before); // inherited by the new thread
    pthread_t thread{};
    const int result = pthread_create(&thread, nullptr, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (result == 0) {
        (void)pthread_setname_np(thread, name);
        (void)pthread_detach(thread);
    }
    return result;
}

} // namespace async_socket::linux_os
