#include "core/connect/race.hpp"

#include <algorithm>

#include "core/platform/backend.hpp"

namespace async_socket::core {

namespace {

// Higher: says more of what is the matter.
std::uint32_t weight_of(ending how) noexcept
{
    switch (how) {
    case ending::refused:
        return 5;
    case ending::reset:
        return 4;
    case ending::timed_out:
        return 3;
    case ending::no_room:
        return 2;
    case ending::unreachable:
    case ending::not_available:
        return 0;
    default:
        return 1;
    }
}

} // namespace

race::step race::next(std::uint64_t now_ns) noexcept
{
    if (!is_decided_ && under_way_ == 0 && started_ == attempts_.size()) {
        decide_by_failures();
    }
    return is_decided_ ? clear_up() : go_on(now_ns);
}

race::step race::go_on(std::uint64_t now_ns) noexcept
{
    if (started_ == attempts_.size()) {
        return {doing::nothing};
    }
    if (now_ns >= next_at_ns_) {
        next_at_ns_ = now_ns + delay_ns_;
        attempts_[started_].state_ = state::under_way;
        ++under_way_;
        return {doing::start, started_++};
    }
    if (!is_waiting_) {
        is_waiting_ = true;
        return {doing::wait, 0, next_at_ns_};
    }
    return {doing::nothing};
}

race::step race::clear_up() noexcept
{
    for (std::uint32_t i = 0; i < started_; ++i) {
        attempt& each = attempts_[i];
        if (each.state_ == state::under_way) {
            each.state_ = state::given_up;
            each.outcome_ = outcome_of_losers();
            return {doing::cancel, i};
        }
        if (each.state_ == state::connected_too) {
            each.state_ = state::over;
            return {doing::close, i};
        }
    }
    if (is_waiting_ && !has_stopped_waiting_) {
        has_stopped_waiting_ = true;
        return {doing::stop_waiting};
    }
    return {under_way_ != 0 || is_waiting_ ? doing::nothing : doing::conclude};
}

void race::ended(std::uint32_t whose, const core::outcome& how) noexcept
{
    attempt& one = attempts_[whose];
    const bool is_connected = how.how == ending::done;
    --under_way_;
    if (one.state_ == state::under_way) { // otherwise it is told what it was given up for
        one.outcome_ = is_connected && is_decided_ ? outcome_of_losers() : how;
    }
    one.state_ = is_connected && is_decided_ ? state::connected_too : state::over;
    if (is_decided_) {
        return;
    }
    if (is_connected) {
        winner_ = whose;
        decide(how);
    } else if (whose + 1 == started_) {
        next_at_ns_ = 0; // the last one has failed
    }
}

core::outcome race::outcome_of_losers() const noexcept
{
    return outcome_.how == ending::done ? backend::stopped(ending::cancelled) : outcome_;
}

void race::stop(ending why) noexcept
{
    if (!is_decided_) {
        decide(backend::stopped(why));
    }
}

void race::decide(const core::outcome& how) noexcept
{
    is_decided_ = true;
    outcome_ = how;
}

void race::decide_by_failures() noexcept
{
    const auto tells_less = [](const attempt& one, const attempt& other) {
        return weight_of(one.outcome_.how) < weight_of(other.outcome_.how);
    };
    decide(std::max_element(attempts_.begin(), attempts_.end(), tells_less)->outcome_);
}

} // namespace async_socket::core
