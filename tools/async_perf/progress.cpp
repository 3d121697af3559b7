#include "progress.hpp"

#include <algorithm>

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

progress::progress(kind test, std::chrono::milliseconds length, bool quiet)
    : test_(test), length_(length), quiet_(quiet), on_terminal_(system_process::stderr_is_terminal())
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
    keep(now, so_far);
    next_ = std::max(next_ + length_, now); // what came too late is not made up for
    if (!quiet_) {
        show(fixed(seconds(now - begun_), 1) + " s: " + rate_of(test_, intervals_.back().part));
    }
}

void progress::end(clock::time_point now, const moved& all)
{
    leave_line();
    if (all.operations != before_.operations || all.bytes != before_.bytes) {
        keep(now, all);
    }
}

void progress::keep(clock::time_point now, const moved& so_far)
{
    intervals_.push_back(
        {seconds(last_ - begun_),
         {so_far.bytes - before_.bytes, so_far.operations - before_.operations, seconds(now - last_)}});
    last_ = now;
    before_ = so_far;
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
