#include "core/resolve/resolver.hpp"

#include <utility>

#include "core/common/countdown.hpp"
#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "core/platform/address_wait.hpp"
#include "core/platform/backend.hpp"
#include "core/resolve/name_job.hpp"

namespace async_socket::core {

namespace {

using backend::look_up_in;

name_answer unasked(ending how) noexcept
{
    return {{how, 0, 0}, {}};
}

// With a service that has to be looked for there is more to do than to read a notation.
bool may_be_known_at_once(const name_question& question) noexcept
{
    return kind_of_service(question.service) != service_kind::name;
}

// "No" is the last word if there is no name to look for.
bool is_final(const name_answer& answer, const name_question& question) noexcept
{
    return answer.outcome.how != ending::no_such_name || question.is_numeric;
}

} // namespace

resolver* resolver::create(limits how) noexcept
{
    resolver* const created = backend::prepare_resolving() ? core::create<resolver>(how) : nullptr;
    if (created == nullptr) {
        return nullptr;
    }
    created->group_ = backend::thread_group_create(run_thread, created);
    if (created->group_ == nullptr) {
        destroy(created);
        return nullptr;
    }
    return created;
}

// Whoever asks has nobody to wait for, and a lock may be held by a thread that is not there.
bool resolver::threads_are_gone() const noexcept
{
    return process_.is_inherited() || backend::process_is_ending();
}

std::optional<name_answer> resolver::start(name_lookup& lookup, const name_question& question) noexcept
{
    if (threads_are_gone()) {
        return unasked(ending::closed_here);
    }
    if (!makes_sense(question)) {
        return unasked(ending::invalid);
    }
    if (may_be_known_at_once(question)) {
        name_answer answer = backend::look_up(question, look_up_in::notation);
        if (is_final(answer, question)) {
            return answer;
        }
    }
    name_job* const job = core::create<name_job>(lookup, question);
    if (job == nullptr) {
        return unasked(ending::no_room);
    }
    if (!put_in_line(*job)) {
        (void)job->part();
        destroy(job);
        return unasked(ending::no_room);
    }
    return std::nullopt;
}

// A thread is started under the lock, so that nobody relies on one that has not started yet. It is a rare thing.
bool resolver::put_in_line(name_job& added) noexcept
{
    idler* called = nullptr;
    std::uint32_t error = 0;
    bool is_in_line = true;
    {
        const lock::scope scope(lock_);
        called = idle_.pop_front();
        if (called != nullptr) {
            called->is_called.store(1, std::memory_order_relaxed); // it asks under the lock
        } else if (threads_ < limits_.most_threads) {
            references_.fetch_add(1, std::memory_order_relaxed);
            error = backend::thread_group_start(*group_);
            threads_ += error == 0 ? 1U : 0U;
        }
        is_in_line = threads_ != 0;
        if (is_in_line) {
            line_.push_back(added);
        }
    }
    if (called != nullptr) {
        backend::wake_all(called->is_called); // which may be gone
    }
    if (error != 0) {
        references_.fetch_sub(1, std::memory_order_relaxed); // not the last one: the user's is left
        LOG_WARNING_CODE(error, "the resolver cannot start a further thread");
    }
    return is_in_line;
}

bool resolver::abandon(name_lookup& lookup) noexcept
{
    if (threads_are_gone()) {
        return true;
    }
    name_job* in_line = nullptr;
    {
        const lock::scope scope(lock_);
        name_job* const job = lookup.job_;
        if (job == nullptr) {
            return false;
        }
        (void)job->part();
        in_line = line_.pop_first([job](const name_job& each) { return &each == job; });
    }
    if (in_line != nullptr) {
        destroy(in_line);
    }
    return true;
}

void resolver::close() noexcept
{
    end(backend::thread_group_close);
}

void resolver::close_and_wait() noexcept
{
    end(backend::thread_group_close_and_wait);
}

void resolver::end(void (*end_threads)(backend::thread_group*)) noexcept
{
    if (threads_are_gone()) {
        return;
    }
    abandon_all();
    wait_for_answers();
    backend::thread_group* const group = group_;
    release();
    end_threads(group);
}

void resolver::abandon_all() noexcept
{
    const lock::scope scope(lock_);
    is_closed_ = true;
    while (name_job* const job = line_.pop_front()) {
        (void)job->part();
        destroy(job);
    }
    while (name_job* const job = with_system_.pop_front()) { // its thread frees it
        (void)job->part();
    }
    while (idler* const called = idle_.pop_front()) {
        called->is_called.store(1, std::memory_order_relaxed);
        backend::wake_all(called->is_called);
    }
}

void resolver::wait_for_answers() const noexcept
{
    for (std::uint32_t left = answers_.load(std::memory_order_acquire); left != 0;
         left = answers_.load(std::memory_order_acquire)) {
        backend::wait_while_equal(answers_, left);
    }
}

void resolver::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        destroy(this);
    }
}

void resolver::run_thread(void* self) noexcept
{
    auto& owner = *static_cast<resolver*>(self);
    while (name_job* const taken = owner.take()) {
        owner.run(*taken);
    }
    owner.release();
}

name_job* resolver::take() noexcept
{
    for (;;) {
        idler self;
        {
            const lock::scope scope(lock_);
            if (is_closed_) {
                return nullptr;
            }
            if (name_job* const first = line_.pop_front()) {
                with_system_.push_back(*first);
                return first;
            }
            idle_.push_front(self);
        }
        if (!is_called(self)) {
            return nullptr;
        }
    }
}

bool resolver::is_called(idler& self) noexcept
{
    const countdown time(limits_.idle_ms);
    for (std::uint32_t left = time.left_ms(); left != 0 && self.is_called.load(std::memory_order_relaxed) == 0;
         left = time.left_ms()) {
        backend::wait_while_equal(self.is_called, 0, left);
    }
    const lock::scope scope(lock_);
    if (self.is_called.load(std::memory_order_relaxed) != 0) {
        return true;
    }
    (void)idle_.pop_first([&self](const idler& each) { return &each == &self; });
    --threads_;
    return false;
}

void resolver::run(name_job& taken) noexcept
{
    name_answer answer = backend::look_up(taken.question(), look_up_in::everything);
    name_lookup* const asked_by = begin_answer(taken);
    destroy(&taken);
    if (asked_by != nullptr) {
        asked_by->on_answer_(*asked_by, std::move(answer));
        end_answer();
    }
}

name_lookup* resolver::begin_answer(name_job& done) noexcept
{
    const lock::scope scope(lock_);
    (void)with_system_.pop_first([&done](const name_job& each) { return &each == &done; });
    name_lookup* const asked_by = done.part();
    if (asked_by != nullptr) {
        answers_.fetch_add(1, std::memory_order_relaxed);
    }
    return asked_by;
}

void resolver::end_answer() noexcept
{
    if (answers_.fetch_sub(1, std::memory_order_release) == 1) {
        backend::wake_all(answers_); // a closer, if there is one
    }
}

} // namespace async_socket::core
