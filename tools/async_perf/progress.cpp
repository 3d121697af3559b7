#include "progress.hpp"

#include <algorithm>

#include "common/print.hpp"
#include "system_process.hpp"
#include "text.hpp"

namespace async_perf {

namespace {

double seconds(steady_clock::duration time)
{
    return std::chrono::duration<double>(time).count();
}

} // namespace

progress::progress(kind test, std::chrono::milliseconds interval, bool quiet)
    : test_(test), interval_(interval), quiet_(quiet), on_terminal_(system_process::stderr_is_terminal())
{
}

void progress::begin(steady_clock::time_point now)
{
    begun_ = now;
    last_ = now;
    next_ = now + interval_;
}

void progress::update(steady_clock::time_point now, std::uint64_t bytes, std::uint64_t operations)
{
    if (now < next_) {
        return;
    }
    const double past = seconds(now - last_);
    const std::string rate =
        test_ == kind::throughput
            ? fixed(gbit_per_second(static_cast<double>(bytes - last_bytes_), past), 3) + " Gbit/s"
            : fixed(per_second(static_cast<double>(operations - last_operations_), past), 0) + " round trips a second";
    show(fixed(seconds(now - begun_), 1) + " s: " + rate);
    last_ = now;
    last_bytes_ = bytes;
    last_operations_ = operations;
    next_ = std::max(next_ + interval_, now); // what came too late is not made up for
}

void progress::show(const std::string& text)
{
    if (quiet_) {
        return;
    }
    if (!on_terminal_) {
        tools::print_line(stderr, text);
        return;
    }
    std::string line = "\r" + text;
    line.append(shown_ - std::min(shown_, text.size()), ' '); // over the rest of a longer one
    shown_ = text.size();
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
    (void)std::fflush(stderr);
}

void progress::end()
{
    if (shown_ != 0) {
        tools::print_line(stderr, "");
        shown_ = 0;
    }
}

} // namespace async_perf
