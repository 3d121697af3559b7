// The jobs of one direction of a socket, and the queue in which a loop has such lines. All of it is the loop's: under
// its lock.
//
// A line keeps the order, or it does not. Of one that does, a job is taken only when none runs: it is *busy* from the
// moment in which a job is taken until whoever runs that says that it has ended (run_queue::release). What is added
// meanwhile stays in the line, where nobody sees it: as far as the queue goes, a busy line has nothing. So whoever
// releases a line may have made a job due, and has to see to it that somebody runs it.
//
// A line keeps the order of its jobs in any case: they are taken in the order in which they were added.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "schedule/job.hpp"

namespace async_socket::schedule {

// Receives first: they make room for what the other side wants to send, and so decide how fast a stream is.
enum class urgency : std::uint8_t { other, receive };

// Every connection has two, so a line is small. It stays in memory for as long as the queue.
class job_line {
public:
    explicit job_line(urgency when) noexcept : urgency_(when) {}
    job_line(const job_line&) = delete;
    job_line& operator=(const job_line&) = delete;

    [[nodiscard]] urgency when() const noexcept { return urgency_; }
    [[nodiscard]] bool is_receive() const noexcept { return urgency_ == urgency::receive; }
    // Its jobs are run one after the other.
    [[nodiscard]] bool keeps_order() const noexcept { return keeps_order_; }
    // The same, by who has no lock, and perhaps an event of an earlier life.
    [[nodiscard]] bool may_keep_order() noexcept
    {
        return std::atomic_ref(keeps_order_).load(std::memory_order_relaxed);
    }

    // A new life, without the lock. It has no jobs, and nobody waits for any. It may still be busy with the last one of
    // its last life, whose callback has returned: it is released soon, whether it keeps the order now or not.
    void begin_again(bool keeps_order) noexcept
    {
        is_waited_for_ = false;
        std::atomic_ref(keeps_order_).store(keeps_order, std::memory_order_relaxed);
    }

private:
    friend class line_circle;
    friend class run_queue;

    // It has a job that may be taken.
    [[nodiscard]] bool is_due() const noexcept { return !is_busy_ && !jobs_.empty(); }

    job_list jobs_;
    job_line* next_ = nullptr; // in a circle
    const urgency urgency_;
    bool is_in_circle_ = false;
    bool is_busy_ = false;
    // Of a life: written when it begins, and looked at with a job in hand.
    bool is_waited_for_ = false;
    bool keeps_order_ = false; // last: what derives from a line goes on right behind it
};

// Lines of one urgency. One whose turn it is gives one job and goes behind the others. So a socket that always has
// something is not in the way of one that has something now and then.
class line_circle {
public:
    [[nodiscard]] bool empty() const noexcept { return lines_ == 0; }
    // Lines that are due.
    [[nodiscard]] std::uint32_t size() const noexcept { return lines_; }

    // The line has become due.
    void add(job_line& line) noexcept
    {
        ++lines_;
        if (line.is_in_circle_) {
            return;
        }
        line.is_in_circle_ = true;
        if (last_ != nullptr) {
            line.next_ = last_->next_;
            last_->next_ = &line;
        } else {
            line.next_ = &line;
        }
        last_ = &line;
    }

    // The line, which is due, will not be. It stays until it is its turn, and leaves then if it still is not.
    void forget(const job_line& /*line*/) noexcept { --lines_; }

    // It is not empty. If the line keeps the order, it is busy from now on.
    [[nodiscard]] job* take() noexcept
    {
        for (;;) {
            job_line& line = *last_->next_;
            if (!line.is_due()) {
                remove_first();
                continue;
            }
            job* const taken = line.jobs_.pop_front();
            line.is_busy_ = line.keeps_order_;
            if (line.is_due()) {
                last_ = &line;
            } else {
                remove_first();
                --lines_;
            }
            return taken;
        }
    }

private:
    void remove_first() noexcept
    {
        job_line& first = *last_->next_;
        first.is_in_circle_ = false;
        last_->next_ = first.next_;
        last_ = &first != last_ ? last_ : nullptr;
    }

    job_line* last_ = nullptr;
    std::uint32_t lines_ = 0; // that are due
};

// What a loop has to do.
class run_queue {
public:
    // Closers wait for them: they go before all others, and need no permit. Of a line that keeps the order there is one
    // at most, and the line is busy with it already.
    job_list waited_for;
    line_circle receives;
    line_circle others;

    [[nodiscard]] bool has_unhurried() const noexcept { return !receives.empty() || !others.empty(); }
    // There is a job that may be taken.
    [[nodiscard]] bool has_any() const noexcept { return has_unhurried() || !waited_for.empty(); }

    void add(job& added) noexcept
    {
        job_line& line = added.line();
        const bool becomes_due = !line.is_busy_ && line.jobs_.empty();
        line.jobs_.push_back(added);
        if (becomes_due) {
            put_in_line(line);
        }
    }

    // Instead of that, of a line that keeps the order, while there is nothing to be taken: the line is busy with the
    // job at once. False: it is busy with another one.
    [[nodiscard]] bool take_past_it(const job& added) noexcept
    {
        job_line& line = added.line();
        const bool is_free = !line.is_busy_;
        line.is_busy_ = true;
        return is_free;
    }

    // A closer waits for the jobs of the line, those to come too, until it begins again.
    void hurry(job_line& line) noexcept
    {
        const bool is_due = line.is_due();
        line.is_waited_for_ = true;
        if (is_due) {
            circle_of(line).forget(line);
            put_in_line(line);
        }
    }

    // The job that the line is busy with has ended, or nobody waits for its end any more.
    void release(job_line& line) noexcept
    {
        line.is_busy_ = false;
        if (line.is_due()) {
            put_in_line(line);
        }
    }

private:
    [[nodiscard]] line_circle& circle_of(const job_line& line) noexcept
    {
        return line.is_receive() ? receives : others;
    }

    // It has become due.
    void put_in_line(job_line& line) noexcept
    {
        if (!line.is_waited_for_) {
            circle_of(line).add(line);
        } else {
            put_in_front(line);
        }
    }
    ASYNC_SOCKET_APART void put_in_front(job_line& line) noexcept
    {
        if (line.keeps_order_) {
            line.is_busy_ = true;
            waited_for.push_back(*line.jobs_.pop_front());
        } else {
            waited_for.take_all(line.jobs_);
        }
    }
};

} // namespace async_socket::schedule
