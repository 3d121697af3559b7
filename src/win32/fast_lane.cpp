#include "win32/fast_lane.hpp"

#include "core/socket.hpp"

namespace async_socket::win32 {

core::start_result fast_lane::start(request& request) noexcept
{
    issue_result issued{false, WSAECONNABORTED};
    bool is_over = false;
    delivery_.begin_one(); // its completion may be faster than we are
    if (torn_.load(std::memory_order_relaxed)) {
        // refused
    } else if (request.is_whole_in_one_part()) {
        issued = issue_one(request, is_over);
    } else {
        const srw_lock::scope alone(lock_);
        issued = issue_parts(request, is_over);
    }
    if (!issued.queued) {
        delivery_.end_one();
    } else if (is_over) {
        delivery_.soon(request, outcome_of(request));
    }
    return result_of(way_, issued);
}

issue_result fast_lane::issue_one(request& request, bool& is_over) noexcept
{
    request.begin_round(0);
    issue_result issued{};
    if (way_ == core::direction::send) {
        const srw_lock::shared_scope together(lock_);
        issued = binding_.issue(way_, request.part(0));
    } else {
        issued = binding_.issue(way_, request.part(0));
    }
    is_over = issued.at_once;
    return issued;
}

// The completions of its parts wait for the lock.
issue_result fast_lane::issue_parts(request& request, bool& is_over) noexcept
{
    request.begin_round(0);
    const std::uint32_t parts = request.part_count();
    for (std::uint32_t i = 0; i < parts; ++i) {
        const issue_result issued = binding_.issue(way_, request.part(i));
        if (issued.at_once) {
            request.end_part();
        }
        if (!issued.queued && i == 0) {
            return issued; // nothing is under way: it can still be refused
        }
        if (!issued.queued) {
            request.refuse_parts_from(i, issued.error != NO_ERROR ? issued.error : WSAENOTCONN);
            break;
        }
    }
    is_over = request.round_is_over();
    return {true, NO_ERROR};
}

void fast_lane::part_ended(io_part& part) noexcept
{
    request& request = *part.whole;
    if (request.part_count() > 1) {
        const srw_lock::scope alone(lock_);
        if (!request.end_part()) {
            return;
        }
    }
    const core::outcome outcome = outcome_of(request);
    delivery_.end_one();
    binding_.owner().finish(request, outcome); // 01_065, 01_071
}

core::outcome fast_lane::outcome_of(request& request) noexcept
{
    core::outcome outcome = request.end_round();
    if (outcome.bytes != 0 && outcome.bytes < request.total) {
        if (way_ == core::direction::send) {
            torn_.store(true, std::memory_order_relaxed);
        } else {
            outcome.how = core::ending::success; // they are not lost
        }
    }
    return outcome;
}

} // namespace async_socket::win32
