#include "progress.hpp"

#include <algorithm>
#include <utility>

#include "common/print.hpp"
#include "system_process.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

double seconds(progress::clock::duration time)
{
    return std::chrono::duration<double>(time).count();
}

} // namespace

progress::progress(kind test, std::chrono::milliseconds length, bool shows, bool keeps)
    : test_(test), length_(length), shows_(shows), keeps_(keeps), on_terminal_(system_process::stderr_is_terminal())
{
}

void progress::begin(clock::time_point now)
{
    begun_ = now;
    last_ = now;
    next_ = now + length_;
}

void progress::update(clock::time_point now, const moved& so_far)
{
    if (now < next_) {
        return;
    }
    const moved part = take(now, so_far);
    next_ += length_;
    if (next_ <= now) {
        next_ = now + length_; // what came too late is not made up for
    }
    if (shows_) {
        show(fixed(seconds(now - begun_), 1) + " s: " + rate_of(test_, part));
    }
}

void progress::end(clock::time_point now, const moved& all)
{
    leave_line();
    if (all.operations != before_.operations || all.bytes != before_.bytes) {
        (void)take(now, all);
    }
}

// What is new since the last one.
moved progress::take(clock::time_point now, const moved& so_far)
{
    const moved part{so_far.bytes - before_.bytes, so_far.operations - before_.operations, seconds(now - last_)};
    if (keeps_) {
        intervals_.push_back({seconds(last_ - begun_), part});
    }
    last_ = now;
    before_ = so_far;
    return part;
}

void progress::show(const std::string& text)
{
    if (!on_terminal_) {
        tools::print_line(stderr, text);
        return;
    }
    std::string line = "\r" + text;
    line.append(shown_ - std::min(shown_, text.size()), ' '); // over the rest of a longer one
    shown_ = text.size();
    tools::print(stderr, std::move(line));
}

void progress::leave_line()
{
    if (shown_ != 0) {
        tools::print_line(stderr, "");
        shown_ = 0;
    }
}

} // namespace async_perf
