// How far many parallel activities have come, and the first thing that went wrong in one of them.
#pragma once

#include <cstdint>
#include <string>

#include "support/signal.hpp"

namespace stress {

class progress {
public:
    void move(std::uint64_t count)
    {
        signal_.update([&] { moved_ += count; });
    }

    // To be called once by each activity; with a problem if it ended too soon.
    void end(const std::string& problem = "")
    {
        signal_.update([&] {
            ++ended_;
            problem_ = problem_.empty() ? problem : problem_;
        });
    }

    // True when `count` activities have ended; false if nothing has moved for as long as the deadline.
    [[nodiscard]] bool wait(std::size_t count)
    {
        for (;;) {
            const std::uint64_t seen = moved();
            const bool over = signal_.wait([&] { return ended_ >= count; });
            if (over || moved() == seen) {
                return over;
            }
        }
    }

    [[nodiscard]] std::uint64_t moved()
    {
        return signal_.read([&] { return moved_; });
    }
    [[nodiscard]] std::size_t ended()
    {
        return signal_.read([&] { return ended_; });
    }
    [[nodiscard]] std::string problem()
    {
        return signal_.read([&] { return problem_; });
    }

private:
    contract::signal signal_;
    std::uint64_t moved_ = 0;
    std::size_t ended_ = 0;
    std::string problem_;
};

} // namespace stress
