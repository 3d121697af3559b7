// What the threads of a pool run: a callback to be delivered, or hooks to be asked. A job is part of what
// it is about, so putting one in a list allocates nothing and cannot fail.
#pragma once

#include "core/common/list.hpp"

namespace async_socket::schedule {

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
    [[nodiscard]] bool is_run_by(run_function function) const noexcept { return run_ == function; }
    [[nodiscard]] job_line& line() const noexcept { return line_; }

private:
    friend core::list<job>;

    const run_function run_;
    job_line& line_;
    job* next_ = nullptr; // in a job_list
};

// First in, first out.
using job_list = core::list<job>;

} // namespace async_socket::schedule
