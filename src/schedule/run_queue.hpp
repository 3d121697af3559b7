// The jobs of one direction of a socket, and the queue in which a loop has such lines. All of it is the loop's: under
// its lock.
#pragma once

#include <cstdint>

#include "schedule/job.hpp"

namespace async_socket::schedule {

// Receives first: they make room for what the other side wants to send, and so decide how fast a stream is.
enum class urgency : std::uint8_t { receive, other };

// Every connection has two, so a line is small. It stays in memory for as long as the queue.
class job_line {
public:
    explicit job_line(urgency when) noexcept : urgency_(when) {}
    job_line(const job_line&) = delete;
    job_line& operator=(const job_line&) = delete;

    [[nodiscard]] bool is_receive() const noexcept { return urgency_ == urgency::receive; }

    // Nobody waits for its jobs any more. It has none.
    void begin_again() noexcept { is_waited_for_ = false; }

private:
    friend class line_circle;
    friend class run_queue;

    job_list jobs_;
    job_line* next_ = nullptr; // in a circle
    const urgency urgency_;
    bool is_in_circle_ = false;
    bool is_waited_for_ = false; // last: what derives from a line goes on right behind it
};

// Lines of one urgency. One whose turn it is gives one job and goes behind the others. So a socket that always has
// something is not in the way of one that has something now and then.
class line_circle {
public:
    [[nodiscard]] bool empty() const noexcept { return lines_ == 0; }
    // Lines that have jobs.
    [[nodiscard]] std::uint32_t size() const noexcept { return lines_; }

    void add(job& added, job_line& line) noexcept
    {
        lines_ += line.jobs_.empty() ? 1U : 0U;
        line.jobs_.push_back(added);
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

    // All jobs of the line. It stays until it is its turn, and leaves then if it still has none.
    void take_all(job_line& line, job_list& taken) noexcept
    {
        lines_ -= line.jobs_.empty() ? 0U : 1U;
        taken.take_all(line.jobs_);
    }

    // It is not empty.
    [[nodiscard]] job* take() noexcept
    {
        for (;;) {
            job_line& line = *last_->next_;
            job* const taken = line.jobs_.pop_front();
            if (!line.jobs_.empty()) {
                last_ = &line;
                return taken;
            }
            remove_first();
            if (taken != nullptr) {
                --lines_;
                return taken;
            }
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
    std::uint32_t lines_ = 0; // that have jobs
};

// What a loop has to do.
class run_queue {
public:
    // Closers wait for them: they go before all others, and need no permit.
    job_list waited_for;
    line_circle receives;
    line_circle others;

    [[nodiscard]] bool has_unhurried() const noexcept { return !receives.empty() || !others.empty(); }

    void add(job& added) noexcept
    {
        job_line& line = added.line();
        if (line.is_waited_for_) {
            waited_for.push_back(added);
        } else {
            circle_of(line).add(added, line);
        }
    }

    // A closer waits for the jobs of the line, those to come too, until it begins again.
    void hurry(job_line& line) noexcept
    {
        line.is_waited_for_ = true;
        circle_of(line).take_all(line, waited_for);
    }

private:
    [[nodiscard]] line_circle& circle_of(const job_line& line) noexcept
    {
        return line.is_receive() ? receives : others;
    }
};

} // namespace async_socket::schedule
