#include "win32/fast_receives.hpp"

#include "core/socket.hpp"

namespace async_socket::win32 {

core::start_result fast_receives::start(request& request) noexcept
{
    issue_result issued{};
    delivery_.begin_one(); // its completion may be faster than we are
    {
        const srw_lock::scope scope(lock_);
        issued = issue(request);
    }
    if (!issued.queued) {
        delivery_.end_one();
    } else if (issued.at_once) {
        if (const auto outcome = conclude(request)) {
            delivery_.soon(request, *outcome);
        }
    }
    return result_of(core::direction::receive, issued);
}

void fast_receives::ended(request& request) noexcept
{
    if (const auto outcome = conclude(request)) {
        delivery_.end_one();
        binding_.owner().finish(request, *outcome); // 01_071
    }
}

issue_result fast_receives::issue(request& request) noexcept
{
    request.begin_round(++last_number_);
    return binding_.issue(core::direction::receive, request.part(0));
}

std::optional<core::outcome> fast_receives::conclude(request& request) noexcept
{
    for (;;) {
        const core::outcome outcome = outcome_of(request);
        const issue_result issued = issue_more(request, outcome);
        if (!issued.queued) {
            return outcome;
        }
        if (!issued.at_once) {
            return std::nullopt;
        }
    }
}

core::outcome fast_receives::outcome_of(request& request) const noexcept
{
    core::outcome outcome = request.end_round();
    if (outcome.how == core::ending::cancelled && !binding_.is_connected()) {
        outcome.how = core::ending::disconnected;
    }
    if (outcome.bytes != 0 && outcome.bytes < request.total) {
        outcome.how = core::ending::success; // they are not lost
    }
    return outcome;
}

issue_result fast_receives::issue_more(request& request, const core::outcome& outcome) noexcept
{
    if (outcome.how != core::ending::success || !request.round_was_filled() || !request.can_go_on()) {
        return {};
    }
    const core::lifecycle::visit visit(binding_.owner().life());
    const srw_lock::scope scope(lock_);
    const bool is_last = last_number_ == request.number(); // a later one may have got bytes already
    if (!visit.is_inside() || !is_last || !delivery_.has_one() || !binding_.bytes_are_waiting()) {
        return {};
    }
    return issue(request);
}

} // namespace async_socket::win32
