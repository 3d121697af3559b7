// The line that tells a waiting user how the test goes, on stderr. A terminal has one, written again and
// again; elsewhere each is a line of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "protocol.hpp"

namespace async_perf {

using std::chrono::steady_clock;

class progress {
public:
    progress(kind test, std::chrono::milliseconds interval, bool quiet);
    ~progress() { end(); }
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    void begin(steady_clock::time_point now);
    // When update wants to be called next.
    [[nodiscard]] steady_clock::time_point next() const { return next_; }
    // What all streams have moved so far.
    void update(steady_clock::time_point now, std::uint64_t bytes, std::uint64_t operations);
    // Leaves the line. What is printed next begins a new one.
    void end();

private:
    void show(const std::string& text);

    kind test_;
    std::chrono::milliseconds interval_;
    bool quiet_;
    bool on_terminal_;
    std::size_t shown_ = 0; // characters that stand in the terminal's line
    steady_clock::time_point begun_;
    steady_clock::time_point last_;
    steady_clock::time_point next_;
    std::uint64_t last_bytes_ = 0;
    std::uint64_t last_operations_ = 0;
};

} // namespace async_perf
