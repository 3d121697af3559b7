#include "linux/engine/loop.hpp"

#include <sys/epoll.h>

#include <new>

#include "core/common/process_mark.hpp"
#include "linux/engine/pool.hpp"
#include "linux/system/clock.hpp"
#include "linux/thread/fork.hpp"
#include "linux/thread/thread.hpp"

namespace async_socket::linux_os {

namespace {

constexpr std::size_t events_at_once = 128;
constexpr std::uint32_t alarms_at_once = 128;

static_assert(sizeof(schedule::job) <= core::posted::room_size);

// Of a job in the room of what was posted.
void run_posted(schedule::job& self) noexcept
{
    const core::process_mark process;
    core::posted::of(&self).run();
    if (process.is_inherited()) {
        end_forked_thread(); // the callback has forked, and come back in the child
    }
}

} // namespace

loop::loop(backend::pool& pool) noexcept : pool_(pool), slots_(*this), agenda_(pool.permits()) {}

bool loop::take(worker& taker) noexcept
{
    const bool is_taken = agenda_.take(taker);
    taker.its_loop = is_taken ? this : taker.its_loop;
    return is_taken;
}

ASYNC_SOCKET_IN_ONE_PIECE void loop::run(worker& self) noexcept
{
    bool holds = true;
    while (holds && !pool_.is_stopping()) { // with nothing taken: what belongs to anybody keeps the pool
        const rest next = run_batch(self);
        if (next == rest::sleep || next == rest::look) {
            poll(self, next == rest::sleep);
            continue;
        }
        holds = next != rest::leave;
        if (next == rest::give_permit) {
            pool_.give_permit();
        } else if (next == rest::ask_for_permit) {
            pool_.look_for_permit();
        }
        if (holds) {
            poll(self, next == rest::ask_for_permit);
        }
    }
    if (agenda_.leave(self)) {
        pool_.give_permit();
    }
    if (holds) {
        wake(); // one thread at a time gets it, and there may be another one
    }
}

void loop::poll(worker& self, bool sleeps) noexcept
{
    self.polls = this;
    bool is_time = !wake_in_time();
    epoll_event room[events_at_once];
    for (const epoll_event& event : poller_.next(room, sleeps && !is_time)) {
        if (event.data.u64 < poller::time_key) {
            slots_.at(static_cast<std::uint32_t>(event.data.u64))
                .on_event(static_cast<std::uint32_t>(event.data.u64 >> 32), event.events, self);
        } else if (event.data.u64 == poller::time_key) {
            poller_.note_time();
            is_time = true;
        }
    }
    if (is_time) { // afterwards: what has come is told as done
        ring();
    }
    self.polls = nullptr;
}

bool loop::wake_in_time() noexcept
{
    const std::uint64_t first = clock_.next();
    if (first != 0) {
        poller_.wake_at(first);
    }
    return first != 0;
}

// The next time is told at once, also that it has come if there was more than is done at once: another thread may be
// asleep by now, for which no time was left to be told, and this one need not come back.
void loop::ring() noexcept
{
    clock_.ring(alarms_at_once);
    if (!wake_in_time()) {
        poller_.wake();
    }
}

loop::rest loop::run_batch(worker& self) noexcept
{
    schedule::batch now;
    schedule::agenda::step made{self.take_next(), rest::look, false};
    if (made.next == nullptr || !self.gathered.empty()) {
        made = agenda_.begin(self, made.next, self.gathered, now);
    }
    for (bool is_new = true;; is_new = false) {
        if (made.wakes) {
            wake();
        }
        if (made.next == nullptr) {
            return made.instead;
        }
        // Or it has come back from a callback that had cost it the loop, and has it again from one that slept.
        if (is_new || made.wakes) {
            pool_.watcher().notice();
        }
        self.run(*made.next, operation::run);
        made = agenda_.go_on(self, now);
    }
}

bool loop::grant_permit() noexcept
{
    const bool is_granted = agenda_.grant_permit();
    if (is_granted) {
        wake();
    }
    return is_granted;
}

bool loop::hand_over(worker& self) noexcept
{
    const schedule::agenda::given_up given = agenda_.hand_over(self);
    if (given.agenda) {
        (void)pool_.call_somebody(); // if nobody can be called, the watcher comes itself
    }
    return given.permit;
}

void loop::post(schedule::job_list& jobs) noexcept
{
    worker* const self = worker::current();
    if (self != nullptr && self->polls == this) {
        self->gathered.take_all(jobs);
    } else if (agenda_.post(jobs)) {
        wake();
    }
}

void loop::post(core::posted& called) noexcept
{
    schedule::job_list jobs;
    jobs.push_back(*new (called.room()) schedule::job(run_posted, posts_));
    post(jobs);
}

bool loop::put_in_line(schedule::job_list& jobs) noexcept
{
    const worker* const self = worker::current();
    return agenda_.post(jobs, self != nullptr && self->polls == this ? self : nullptr);
}

void loop::release_line(worker& self) noexcept
{
    if (agenda_.release_line(self)) {
        wake();
    }
}

void loop::hurry(schedule::job_line& line) noexcept
{
    if (agenda_.hurry(line)) {
        wake();
    }
}

// The same callback at two looks, and the holder has been blocked in it, or has run, for long enough. A running one is
// measured by its own clock: one that others keep from running would not be faster elsewhere. Of one that may be either
// it is the time that counts.
schedule::agenda::sight loop::look(std::uint64_t now) noexcept
{
    using sight = schedule::agenda::sight;
    const schedule::agenda::view seen = agenda_.look(now);
    if (seen.is_offered || seen.what == sight::well) {
        return seen.what;
    }
    const std::uint64_t used_ns = read_ns(seen.thread.clock);
    if (seen.what == sight::in_callback) {
        used_ns_ = used_ns;
        return seen.what;
    }
    const thread_state state = state_of_thread(seen.thread.thread);
    const std::uint64_t has_lasted_ns = state == thread_state::runs ? used_ns - used_ns_ : seen.seen_for_ns;
    if (has_lasted_ns < pool_.patience_with_callback(state != thread_state::is_blocked)) {
        return sight::lasting;
    }
    return agenda_.offer(seen, now) ? sight::stuck : sight::well;
}

void loop::stand_in(worker& self) noexcept
{
    if (!agenda_.is_offered()) {
        return;
    }
    self.its_loop = this; // what ends in the look may go by it
    poll(self, false);
    post(self.gathered);
    for (;;) {
        const schedule::agenda::step made = agenda_.take_waited_for(self);
        if (made.wakes) {
            wake();
        }
        if (made.next == nullptr) {
            break;
        }
        self.run(*made.next, operation::run);
    }
    if (!agenda_.is_offered()) {
        wake(); // somebody holds it by now, and what was to wake him may have ended our look
    }
}

} // namespace async_socket::linux_os
