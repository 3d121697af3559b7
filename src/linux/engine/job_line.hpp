// The jobs of one direction of a socket, and the lines that wait in a loop's run queue. All of it is the
// loop's: under its lock.
//
// A line whose turn it is gives one job and goes behind the others. So a socket that always has something is
// not in the way of one that has something now and then.
#pragma once

#include <cstdint>

#include "linux/engine/job.hpp"

namespace async_socket::linux_os {

// Receives first: they make room for what the other side wants to send, and so decide how fast a stream is.
enum class urgency : std::uint8_t { receive, other };

class job_line {
public:
    explicit job_line(urgency when) noexcept : urgency_(when) {}
    job_line(const job_line&) = delete;
    job_line& operator=(const job_line&) = delete;

    void add(job& added) noexcept { jobs_.push_back(added); }
    [[nodiscard]] bool is_receive() const noexcept { return urgency_ == urgency::receive; }

    // A closer waits for these jobs: they go before all others, and need no permit. Until the socket is opened again.
    void hurry(bool is_waited_for) noexcept { is_waited_for_ = is_waited_for; }
    [[nodiscard]] bool is_waited_for() const noexcept { return is_waited_for_; }

private:
    friend class run_queue;

    job_list jobs_;
    job_line* next_ = nullptr; // in a run_queue
    job_line* previous_ = nullptr;
    class run_queue* queue_ = nullptr; // null: in none
    const urgency urgency_;
    bool is_waited_for_ = false; // last: what derives from a line goes on right behind it
};

// Lines that have jobs, each in turn. A circle.
class run_queue {
public:
    [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

    // Takes the line out of the queue in which it is. One without jobs is in none.
    void put(job_line& line) noexcept
    {
        if (line.queue_ == this || line.jobs_.empty()) {
            return;
        }
        if (line.queue_ != nullptr) {
            line.queue_->remove(line);
        }
        line.queue_ = this;
        ++size_;
        if (front_ == nullptr) {
            front_ = line.next_ = line.previous_ = &line;
            return;
        }
        line.next_ = front_;
        line.previous_ = front_->previous_;
        line.previous_->next_ = front_->previous_ = &line;
    }

    // The queue is not empty.
    [[nodiscard]] job* take() noexcept
    {
        job_line& line = *front_;
        job* const taken = line.jobs_.pop_front();
        if (line.jobs_.empty()) {
            remove(line);
        } else {
            front_ = line.next_; // which puts it behind the others
        }
        return taken;
    }

private:
    void remove(job_line& line) noexcept
    {
        line.queue_ = nullptr;
        --size_;
        if (line.next_ == &line) {
            front_ = nullptr;
            return;
        }
        line.previous_->next_ = line.next_;
        line.next_->previous_ = line.previous_;
        if (front_ == &line) {
            front_ = line.next_;
        }
    }

    job_line* front_ = nullptr;
    std::uint32_t size_ = 0;
};

} // namespace async_socket::linux_os
