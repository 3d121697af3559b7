// What a resolver asks the system.
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/resolve/system_calls.hpp"
#include "linux/system/error.hpp"
#include "linux/thread/fork.hpp"

namespace async_socket::backend {

namespace {

int system_family(as_family family) noexcept
{
    switch (family) {
    case AS_IPV4:
        return AF_INET;
    case AS_IPV6:
        return AF_INET6;
    default:
        return AF_UNSPEC;
    }
}

addrinfo hints_for(const core::name_question& question, look_up_in where) noexcept
{
    addrinfo hints{};
    hints.ai_family = system_family(question.family);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    const bool is_numeric = question.is_numeric || where == look_up_in::notation;
    hints.ai_flags |= is_numeric && question.host != nullptr ? AI_NUMERICHOST : 0;
    hints.ai_flags |= question.is_passive ? AI_PASSIVE : 0;
    return hints;
}

// The system wants one of the two.
const char* service_for(const core::name_question& question) noexcept
{
    return question.service == nullptr && question.host == nullptr ? "0" : question.service;
}

} // namespace

bool prepare_resolving() noexcept
{
    return linux_os::watch_forks();
}

core::name_answer look_up(const core::name_question& question, look_up_in where) noexcept
{
    const last_error_guard keep;
    const addrinfo hints = hints_for(question, where);
    addrinfo* list = nullptr;
    errno = 0;
    const int answer = getaddrinfo(question.host, service_for(question), &hints, &list);
    const int system_code = linux_os::code_behind(answer, errno);
    if (answer != 0) {
        const auto code = static_cast<std::uint32_t>(system_code != 0 ? system_code : answer);
        return {{linux_os::ending_of_lookup(answer, system_code), 0, code}, {}};
    }
    core::name_answer found = core::answer_of(list);
    ::freeaddrinfo(list);
    return found;
}

} // namespace async_socket::backend
