// Children of forks, and how they end.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>

#include "async_socket/log.h"
#include "support/signal.hpp"

namespace contract {

constexpr int hangs = -1;

// How the child of a fork ended: its exit code, or `hangs`.
inline int code_of(pid_t child)
{
    int status = 0;
    if (!becomes_true([&] { return waitpid(child, &status, WNOHANG) == child; })) {
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &status, 0);
        return hangs;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// Runs `action` in a child, whose exit code is the number of the first check there that failed; 0: none.
inline int in_a_child(const std::function<int()>& action)
{
    (void)std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
        _exit(action());
    }
    return code_of(child);
}

} // namespace contract
