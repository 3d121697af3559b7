// How a test goes, interval by interval: shown to a waiting user on stderr, or kept for the result, or both. A terminal
// has one line, written again and again; elsewhere each is a line of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "meter.hpp"
#include "protocol.hpp"

namespace async_perf {

// What has been moved from one point of a test to the next.
struct interval {
    double begin;
    moved part;
};

class progress {
public:
    using clock = meter::clock;

    progress(kind test, std::chrono::milliseconds length, bool shows, bool keeps);
    ~progress() { leave_line(); }
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    void begin(clock::time_point now);
    // When the interval is over that it is in.
    [[nodiscard]] clock::time_point next() const { return next_; }
    // What all streams have moved so far.
    void update(clock::time_point now, const moved& so_far);
    // The same at the end, for the interval that is not over. What is printed next begins a new line.
    void end(clock::time_point now, const moved& all);

    [[nodiscard]] const std::vector<interval>& intervals() const { return intervals_; }

private:
    moved take(clock::time_point now, const moved& so_far);
    void show(const std::string& text);
    void leave_line();

    const kind test_;
    const std::chrono::milliseconds length_;
    const bool shows_;
    const bool keeps_; // which needs memory for each
    const bool on_terminal_;
    std::size_t shown_ = 0; // characters that stand in the terminal's line
    clock::time_point begun_;
    clock::time_point last_;
    clock::time_point next_;
    moved before_;
    std::vector<interval> intervals_;
};

} // namespace async_perf
