// How long closes take, on whatever thread they run.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "problems.hpp"
#include "support/signal.hpp"

namespace stress {

class stopwatch {
public:
    // Runs one close (or destroy).
    template <typename Close>
    void time(Close close)
    {
        const auto begin = std::chrono::steady_clock::now();
        close();
        const auto took = std::chrono::steady_clock::now() - begin;
        signal_.update([&] {
            ++count_;
            longest_ = std::max(longest_, std::chrono::duration_cast<std::chrono::milliseconds>(took));
        });
    }

    // Until so many have returned; false if they did not within the deadline.
    [[nodiscard]] bool wait(std::size_t count)
    {
        return signal_.wait([&] { return count_ >= count; });
    }

    // None may have taken longer than a close may take.
    void check(problems& found)
    {
        const auto longest = signal_.read([&] { return longest_; });
        found.require(longest <= contract::ending_limit, "a close took " + std::to_string(longest.count()) + " ms");
    }

private:
    contract::signal signal_;
    std::size_t count_ = 0;
    std::chrono::milliseconds longest_{0};
};

} // namespace stress
