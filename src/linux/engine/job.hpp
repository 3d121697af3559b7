// What the threads of a pool run: a callback to be delivered, or hooks to be asked. A job is part of what
// it is about, so putting one in a list allocates nothing and cannot fail.
#pragma once

#include <utility>

namespace async_socket::linux_os {

class job_line;

class job {
public:
    using run_function = void (*)(job& self) noexcept;

    // `line`: in which it waits for its turn.
    job(run_function function, job_line& line) noexcept : run_(function), line_(line) {}
    job(const job&) = delete;
    job& operator=(const job&) = delete;

    // Its memory may be gone when this returns.
    void run() noexcept { run_(*this); }
    [[nodiscard]] job_line& line() const noexcept { return line_; }

private:
    friend class job_list;

    const run_function run_;
    job_line& line_;
    job* next_ = nullptr; // in a job_list
};

// Jobs, first in, first out. It owns none of them. A circle, so that a list is one pointer.
class job_list {
public:
    [[nodiscard]] bool empty() const noexcept { return last_ == nullptr; }
    // Null if there is none.
    [[nodiscard]] job* front() const noexcept { return last_ != nullptr ? last_->next_ : nullptr; }

    void push_back(job& added) noexcept
    {
        if (last_ != nullptr) {
            added.next_ = last_->next_;
            last_->next_ = &added;
        } else {
            added.next_ = &added;
        }
        last_ = &added;
    }

    void push_front(job& added) noexcept
    {
        if (last_ == nullptr) {
            push_back(added);
        } else {
            added.next_ = last_->next_;
            last_->next_ = &added;
        }
    }

    // Null if there is none.
    job* pop_front() noexcept
    {
        job* const first = front();
        if (first == last_) {
            last_ = nullptr;
        } else {
            last_->next_ = first->next_;
        }
        return first;
    }

    // Appends all of `other`, which is empty then.
    void take_all(job_list& other) noexcept
    {
        if (other.empty()) {
            return;
        }
        if (last_ != nullptr) {
            std::swap(last_->next_, other.last_->next_);
        }
        last_ = other.last_;
        other.last_ = nullptr;
    }

private:
    job* last_ = nullptr;
};

} // namespace async_socket::linux_os
