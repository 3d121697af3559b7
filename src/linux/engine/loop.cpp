#include "linux/engine/loop.hpp"

#include <sys/epoll.h>

#include <algorithm>

#include "linux/engine/pool.hpp"
#include "linux/socket/channel.hpp"
#include "linux/system/clock.hpp"
#include "linux/system/thread.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::size_t events_at_once = 128;

// A callback of a send that goes on sending is called a few times between two looks at the sockets, which saves
// looks; without a limit the bytes would be out of the cache before anybody reads them.
constexpr std::uint32_t others_at_once = 8;
// For how long jobs of either kind are run between two looks. LINUX_15_008
constexpr std::uint64_t time_at_once_ns = 250'000;
constexpr std::uint32_t jobs_for_a_look_at_the_clock = 4;

// If nobody has come by then, somebody else is called.
constexpr std::uint64_t late_after_ns = 20'000'000;

} // namespace

// The clock is not read for each job: in a batch of many short ones that would be felt.
bool loop::batch::is_over() noexcept
{
    const std::uint32_t job = jobs_++;
    if (job == 1) {
        began_ns_ = now_ns();
    }
    return job % jobs_for_a_look_at_the_clock == jobs_for_a_look_at_the_clock - 1 &&
           now_ns() - began_ns_ > time_at_once_ns;
}

bool loop::batch::allows_receive() noexcept
{
    if (receives_left_ == 0 || is_over()) {
        receives_left_ = 0;
        return false;
    }
    --receives_left_;
    return true;
}

bool loop::batch::allows_other(std::uint32_t waiting) noexcept
{
    if (!others_have_begun_) {
        others_have_begun_ = true;
        others_left_ = std::max(waiting, others_at_once);
        jobs_ = 0; // with a time of their own
    }
    if (others_left_ == 0 || is_over()) {
        return false;
    }
    --others_left_;
    return true;
}

bool loop::take(worker& taker) noexcept
{
    const core::lock::scope scope(lock_);
    if (!offered_) {
        return false;
    }
    offered_ = false;
    holder_ = &taker;
    taker.its_loop = this;
    return true;
}

void loop::run(worker& self) noexcept
{
    while (!pool_.is_stopping()) {
        const rest next = run_batch(self);
        switch (next) {
        case rest::leave:
            return;
        case rest::give_permit:
            pool_.give_permit();
            break;
        case rest::ask_for_permit:
            pool_.look_for_permit();
            break;
        default:
            break;
        }
        poll(self, next == rest::sleep || next == rest::ask_for_permit);
    }
    let_go(self);
    wake(); // one thread at a time gets it, and there may be another one
}

// The pool stops.
void loop::let_go(worker& self) noexcept
{
    const core::lock::scope scope(lock_);
    if (holder_ == &self) {
        holder_ = nullptr;
        offered_ = true;
        asleep_ = false;
    }
}

void loop::poll(worker& self, bool sleeps) noexcept
{
    self.polls = this;
    epoll_event room[events_at_once];
    for (const epoll_event& event : poller_.next(room, sleeps)) {
        if (event.data.u64 != poller::wake_key) {
            slots_.at(static_cast<std::uint32_t>(event.data.u64))
                .on_event(static_cast<std::uint32_t>(event.data.u64 >> 32), event.events);
        }
    }
    self.polls = nullptr;
}

// Receives go first, with all that their callbacks start; then as many others as there are by then, so that
// neither kind waits for ever.
loop::rest loop::run_batch(worker& self) noexcept
{
    batch now;
    step made{};
    {
        const core::lock::scope scope(lock_);
        add(self.gathered);
        made = next_step(self, now);
    }
    if (made.next == nullptr && made.instead == rest::leave) {
        wake(); // what woke us was meant for the holder
    }
    if (made.next != nullptr) {
        pool_.watcher().notice();
    }
    while (made.next != nullptr) {
        self.run(*made.next);
        const core::lock::scope scope(lock_);
        made = next_step(self, now);
    }
    return made.instead;
}

loop::step loop::next_step(worker& self, batch& now) noexcept
{
    if (!may_hold(self)) {
        return {nullptr, rest::leave};
    }
    offered_ = false;
    asleep_ = false;
    if (granted_ && !self.has_permit) {
        granted_ = false;
        self.has_permit = true;
    }
    if (job* const next = take_job(self, now)) {
        return {next, rest::look};
    }
    return {nullptr, rest_of(self)};
}

// Who comes back from a callback with a permit takes the place of a holder that has none. So the callbacks of an
// engine with one thread stay on that thread, but for those that run while it waits in a close.
bool loop::may_hold(worker& self) noexcept
{
    if (holder_ == &self) {
        return true;
    }
    if (holder_ == nullptr || holder_->has_permit || granted_ || !self.has_permit) {
        return false;
    }
    set_in_want(false);
    holder_ = &self;
    wake(); // the other one is to leave
    return true;
}

job* loop::take_job(worker& self, batch& now) noexcept
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

bool loop::may_run_callbacks(worker& self) noexcept
{
    if (!self.has_permit && pool_.permits().take()) {
        set_in_want(false);
        self.has_permit = true;
    }
    return self.has_permit;
}

// Under the same lock as every post, so whoever has something later sees that he has to wake us. The thread wakes by
// itself some time before asleep_ says so, but runs no job in between.
loop::rest loop::rest_of(worker& self) noexcept
{
    set_in_want(false);
    if (self.has_permit && pool_.permits().are_wanted()) {
        self.has_permit = false; // it comes round
        return rest::give_permit;
    }
    if (!queue_.waited_for.empty()) {
        return rest::look;
    }
    const bool has_jobs = queue_.has_unhurried();
    if (has_jobs && !self.has_permit) {
        set_in_want(true);
        self.has_permit = pool_.permits().take();
        set_in_want(!self.has_permit);
    }
    asleep_ = !has_jobs || in_want_;
    if (in_want_) {
        return rest::ask_for_permit;
    }
    return asleep_ ? rest::sleep : rest::look;
}

void loop::set_in_want(bool in_want) noexcept
{
    if (in_want && !in_want_) {
        pool_.permits().want();
    } else if (!in_want && in_want_) {
        pool_.permits().want_no_more();
    }
    in_want_ = in_want;
}

bool loop::grant_permit() noexcept
{
    {
        const core::lock::scope scope(lock_);
        if (!in_want_) {
            return false;
        }
        set_in_want(false);
        granted_ = true;
        asleep_ = false;
    }
    wake();
    return true;
}

bool loop::surrender_permit() noexcept
{
    const core::lock::scope scope(lock_);
    if (!asleep_ || (!granted_ && !holder_->has_permit)) {
        return false;
    }
    (granted_ ? granted_ : holder_->has_permit) = false;
    return true;
}

bool loop::hand_over(worker& self) noexcept
{
    bool offers = false;
    bool had_permit = false;
    {
        const core::lock::scope scope(lock_);
        offers = holder_ == &self;
        if (offers) {
            offer(now_ns());
        }
        had_permit = self.has_permit;
        self.has_permit = false;
    }
    if (offers) {
        (void)pool_.call_somebody(); // if nobody can be called, the watcher comes itself
    }
    return had_permit;
}

void loop::take_permit_again(worker& self) noexcept
{
    pool_.permits().take_anyway();
    const core::lock::scope scope(lock_);
    self.has_permit = true;
}

void loop::offer(std::uint64_t now_ns) noexcept
{
    offered_ = true;
    since_ns_ = now_ns;
}

void loop::add(job_list& jobs) noexcept
{
    while (job* const each = jobs.pop_front()) {
        queue_.add(*each);
    }
}

bool loop::has_to_wake() noexcept
{
    if (!asleep_ || (in_want_ && queue_.waited_for.empty())) {
        return false;
    }
    asleep_ = false;
    return true;
}

void loop::post(job_list& jobs) noexcept
{
    worker* const self = worker::current();
    if (self != nullptr && self->polls == this) {
        self->gathered.take_all(jobs);
        return;
    }
    bool was_asleep = false;
    {
        const core::lock::scope scope(lock_);
        add(jobs);
        was_asleep = has_to_wake();
    }
    if (was_asleep) {
        wake();
    }
}

void loop::hurry(job_line& line) noexcept
{
    bool was_asleep = false;
    {
        const core::lock::scope scope(lock_);
        queue_.hurry(line);
        was_asleep = has_to_wake();
    }
    if (was_asleep) {
        wake();
    }
}

bool loop::is_offered() noexcept
{
    const core::lock::scope scope(lock_);
    return offered_;
}

bool loop::is_asleep() noexcept
{
    const core::lock::scope scope(lock_);
    return asleep_;
}

// The same callback at two looks, and the holder has been blocked in it, or has run, for long enough. A running one is
// measured by its own clock: one that others keep from running would not be faster elsewhere.
loop::sight loop::look(std::uint64_t now) noexcept
{
    pid_t thread = 0;
    clockid_t clock{};
    std::uint64_t since = 0;
    std::uint32_t callbacks = 0;
    bool is_new = false;
    {
        const core::lock::scope scope(lock_);
        if (offered_) {
            const bool is_late = now - since_ns_ > late_after_ns;
            since_ns_ = is_late ? now : since_ns_;
            return is_late ? sight::stuck : sight::lasting;
        }
        callbacks = holder_->callbacks();
        is_new = holder_ != holder_seen_ || callbacks != callbacks_seen_;
        holder_seen_ = holder_;
        callbacks_seen_ = callbacks;
        since_ns_ = is_new ? now : since_ns_;
        if (callbacks % 2 == 0) {
            return sight::well;
        }
        thread = holder_->thread();
        clock = holder_->clock();
        since = since_ns_;
    }
    const std::uint64_t used = read_ns(clock);
    if (is_new) {
        used_ns_ = used;
        return sight::in_callback;
    }
    const bool is_running = is_thread_running(thread);
    if ((is_running ? used - used_ns_ : now - since) < pool_.patience_with_callback(is_running)) {
        return sight::lasting;
    }
    const core::lock::scope scope(lock_);
    if (offered_ || holder_ != holder_seen_ || holder_->callbacks() != callbacks) {
        return sight::well;
    }
    offer(now);
    return sight::stuck;
}

void loop::stand_in(worker& self) noexcept
{
    const auto next_job = [this] {
        const core::lock::scope scope(lock_);
        return offered_ ? queue_.waited_for.pop_front() : nullptr;
    };
    if (!is_offered()) {
        return;
    }
    poll(self, false);
    post(self.gathered);
    self.its_loop = this;
    while (job* const next = next_job()) {
        self.run(*next);
    }
}

} // namespace async_socket::linux_os
