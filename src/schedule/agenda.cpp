#include "schedule/agenda.hpp"

#include <utility>

#include "core/platform/clock.hpp"

namespace async_socket::schedule {

namespace {

// If nobody has come by then, somebody else is called.
constexpr std::uint64_t late_after_ns = 20'000'000;

} // namespace

bool agenda::take(worker& taker) noexcept
{
    const core::lock::scope scope(lock_);
    if (!offered_) {
        return false;
    }
    offered_ = false;
    holder_ = &taker;
    return true;
}

agenda::step agenda::begin(worker& self, job* taken, job_list& more, batch& now) noexcept
{
    const core::lock::scope scope(lock_);
    add(more);
    if (taken != nullptr) {
        return {taken, rest::look, false};
    }
    step first = next_step(self, now);
    first.wakes = first.wakes || first.instead == rest::leave; // what woke us was meant for the holder
    return first;
}

agenda::step agenda::go_on(worker& self, batch& now) noexcept
{
    const core::lock::scope scope(lock_);
    return next_step(self, now);
}

// Who comes back from a callback with a permit takes the place of a holder that has none. So the callbacks of an
// engine with one thread stay on that thread, but for those that run while it waits in a close.
agenda::step agenda::next_step(worker& self, batch& now) noexcept
{
    end_job(self);
    bool replaces = false;
    if (holder_ != &self) {
        replaces = replace_holder(self);
        if (!replaces) {
            return {nullptr, rest::leave, queue_.has_any() && has_to_wake()};
        }
    }
    offered_ = false;
    asleep_ = false;
    if (granted_ && !self.has_permit_) {
        granted_ = false;
        self.has_permit_ = true;
    }
    job* const next = begin_job(self, take_job(self, now));
    return {next, next != nullptr ? rest::look : rest_of(self), replaces};
}

bool agenda::replace_holder(worker& self) noexcept
{
    if (holder_ == nullptr || holder_->has_permit_ || granted_ || !self.has_permit_) {
        return false;
    }
    set_in_want(false);
    holder_ = &self;
    return true;
}

job* agenda::take_job(worker& self, batch& now) noexcept
{
    if (!queue_.waited_for.empty()) {
        return now.is_over() ? nullptr : queue_.waited_for.pop_front();
    }
    if (!queue_.has_unhurried() || !may_run_callbacks(self)) {
        return nullptr;
    }
    if (!queue_.receives.empty() && now.allows_receive()) {
        return queue_.receives.take();
    }
    return !queue_.others.empty() && now.allows_other(queue_.others.size()) ? queue_.others.take() : nullptr;
}

job* agenda::begin_job(worker& self, job* taken) noexcept
{
    if (taken != nullptr && taken->line().keeps_order()) {
        self.keeps_busy_ = &taken->line();
    }
    return taken;
}

void agenda::end_job(worker& self) noexcept
{
    if (self.keeps_busy_ != nullptr) {
        queue_.release(*std::exchange(self.keeps_busy_, nullptr));
    }
}

bool agenda::release_line(worker& self) noexcept
{
    if (self.keeps_busy_ == nullptr) {
        return false;
    }
    const core::lock::scope scope(lock_);
    end_job(self);
    return queue_.has_any() && has_to_wake();
}

bool agenda::may_run_callbacks(worker& self) noexcept
{
    if (!self.has_permit_ && permits_.take()) {
        set_in_want(false);
        self.has_permit_ = true;
    }
    return self.has_permit_;
}

// Under the same lock as every post, so whoever has something later sees that he has to wake the holder. That wakes by
// itself some time before asleep_ says so, but runs no job in between.
agenda::rest agenda::rest_of(worker& self) noexcept
{
    if (in_want_) {
        set_in_want(false);
    }
    if (self.has_permit_ && permits_.are_wanted()) {
        self.has_permit_ = false; // it comes round
        return rest::give_permit;
    }
    if (!queue_.waited_for.empty()) {
        return rest::look;
    }
    const bool has_jobs = queue_.has_unhurried();
    if (has_jobs && !self.has_permit_) {
        set_in_want(true);
        self.has_permit_ = permits_.take();
        set_in_want(!self.has_permit_);
    }
    asleep_ = !has_jobs || in_want_;
    if (in_want_) {
        return rest::ask_for_permit;
    }
    return asleep_ ? rest::sleep : rest::look;
}

void agenda::set_in_want(bool in_want) noexcept
{
    if (in_want && !in_want_) {
        permits_.want();
    } else if (!in_want && in_want_) {
        permits_.want_no_more();
    }
    in_want_ = in_want;
}

bool agenda::grant_permit() noexcept
{
    const core::lock::scope scope(lock_);
    if (!in_want_) {
        return false;
    }
    set_in_want(false);
    granted_ = true;
    asleep_ = false;
    return true;
}

bool agenda::surrender_permit() noexcept
{
    const core::lock::scope scope(lock_);
    if (!asleep_ || (!granted_ && !holder_->has_permit_)) {
        return false;
    }
    (granted_ ? granted_ : holder_->has_permit_) = false;
    return true;
}

agenda::given_up agenda::hand_over(worker& self) noexcept
{
    const core::lock::scope scope(lock_);
    const given_up given{holder_ == &self, self.has_permit_};
    if (given.agenda) {
        set_offered(backend::now_ns());
    }
    self.has_permit_ = false;
    return given;
}

void agenda::take_permit_again(worker& self) noexcept
{
    permits_.take_anyway();
    const core::lock::scope scope(lock_);
    self.has_permit_ = true;
}

bool agenda::leave(worker& self) noexcept
{
    const core::lock::scope scope(lock_);
    if (holder_ == &self) {
        holder_ = nullptr;
        offered_ = true;
        asleep_ = false;
    }
    const bool had_permit = self.has_permit_;
    self.has_permit_ = false;
    return had_permit;
}

void agenda::add(job_list& jobs) noexcept
{
    while (job* const each = jobs.pop_front()) {
        queue_.add(*each);
    }
}

bool agenda::has_to_wake() noexcept
{
    if (!asleep_ || (in_want_ && queue_.waited_for.empty())) {
        return false;
    }
    asleep_ = false;
    return true;
}

bool agenda::post(job_list& jobs, const worker* poller) noexcept
{
    const core::lock::scope scope(lock_);
    add(jobs);
    return has_to_wake() && (poller == nullptr || holder_ != poller);
}

bool agenda::post(job& job) noexcept
{
    const core::lock::scope scope(lock_);
    queue_.add(job);
    return has_to_wake();
}

bool agenda::post(job& job, worker& poller) noexcept
{
    const core::lock::scope scope(lock_);
    if (holder_ == &poller) {
        if (poller.next_ == nullptr && poller.has_permit_ && !queue_.has_any() && queue_.take_past_it(job)) {
            poller.next_ = &job;
            poller.keeps_busy_ = &job.line();
            asleep_ = false;
        } else {
            queue_.add(job);
        }
        return false; // it comes by itself
    }
    queue_.add(job);
    return has_to_wake();
}

bool agenda::hurry(job_line& line) noexcept
{
    const core::lock::scope scope(lock_);
    queue_.hurry(line);
    return has_to_wake();
}

bool agenda::rouse() noexcept
{
    const core::lock::scope scope(lock_);
    return std::exchange(asleep_, false);
}

bool agenda::is_asleep() noexcept
{
    const core::lock::scope scope(lock_);
    return asleep_;
}

bool agenda::is_offered() noexcept
{
    const core::lock::scope scope(lock_);
    return offered_;
}

agenda::step agenda::take_waited_for(worker& watcher) noexcept
{
    const core::lock::scope scope(lock_);
    end_job(watcher);
    job* const next = begin_job(watcher, offered_ ? queue_.waited_for.pop_front() : nullptr);
    return {next, rest::look, queue_.has_any() && has_to_wake()};
}

void agenda::set_offered(std::uint64_t now_ns) noexcept
{
    offered_ = true;
    since_ns_ = now_ns;
}

agenda::view agenda::look(std::uint64_t now_ns) noexcept
{
    const core::lock::scope scope(lock_);
    if (offered_) {
        const bool is_late = now_ns - since_ns_ > late_after_ns;
        since_ns_ = is_late ? now_ns : since_ns_;
        return {is_late ? sight::stuck : sight::lasting, true, 0, {}, 0};
    }
    const std::uint32_t callbacks = holder_->callbacks();
    const bool is_new = holder_ != holder_seen_ || callbacks != callbacks_seen_;
    holder_seen_ = holder_;
    callbacks_seen_ = callbacks;
    since_ns_ = is_new ? now_ns : since_ns_;
    const bool is_inside = callbacks % 2 != 0;
    const sight what = !is_inside ? sight::well : is_new ? sight::in_callback : sight::lasting;
    return {what, false, callbacks, holder_->thread(), now_ns - since_ns_};
}

bool agenda::offer(const view& seen, std::uint64_t now_ns) noexcept
{
    const core::lock::scope scope(lock_);
    if (offered_ || holder_ != holder_seen_ || holder_->callbacks() != seen.callbacks) {
        return false;
    }
    set_offered(now_ns);
    return true;
}

} // namespace async_socket::schedule
