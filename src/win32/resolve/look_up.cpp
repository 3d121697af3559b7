// What a resolver asks the system.
#include "core/platform/last_error.hpp"
#include "core/resolve/system_calls.hpp"
#include "win32/system/error.hpp"
#include "win32/system/winsock.hpp"

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
    return win32::start_winsock();
}

core::name_answer look_up(const core::name_question& question, look_up_in where) noexcept
{
    const last_error_guard keep;
    const addrinfo hints = hints_for(question, where);
    addrinfo* list = nullptr;
    const int error = getaddrinfo(question.host, service_for(question), &hints, &list);
    if (error != 0) {
        return {{win32::ending_of_lookup(error), 0, static_cast<std::uint32_t>(error)}, {}};
    }
    core::name_answer found = core::answer_of(list);
    freeaddrinfo(list);
    return found;
}

} // namespace async_socket::backend
