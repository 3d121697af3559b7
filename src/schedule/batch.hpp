// What a worker runs between two looks at its sockets: so many jobs, for so long. LINUX_15_008
//
// Receives go first, with all that their callbacks start; then as many others as there are by then, so that neither
// kind waits for ever.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/common/hot_path.hpp"
#include "core/platform/clock.hpp"

namespace async_socket::schedule {

class batch {
public:
    // Each asked once before each job.

    [[nodiscard]] bool allows_receive() noexcept
    {
        if (receives_left_ == 0 || is_over()) {
            receives_left_ = 0;
            return false;
        }
        --receives_left_;
        return true;
    }

    [[nodiscard]] bool allows_other(std::uint32_t waiting) noexcept
    {
        if (others_left_ == not_begun) {
            others_left_ = std::max(waiting, others_at_once);
            until_clock_ = jobs_before_the_clock; // with a time of their own
            has_begun_ = false;
        }
        if (others_left_ == 0 || is_over()) {
            return false;
        }
        --others_left_;
        return true;
    }

    // The clock is not read for each job: in a batch of many short ones that would be felt. For the second, when it is
    // known that there is more than one; for the fourth, and every fourth behind it.
    [[nodiscard]] bool is_over() noexcept { return --until_clock_ == 0 && look_at_clock(); }

private:
    ASYNC_SOCKET_APART [[nodiscard]] bool look_at_clock() noexcept
    {
        const std::uint64_t now_ns = backend::now_ns();
        if (!has_begun_) {
            has_begun_ = true;
            began_ns_ = now_ns;
            until_clock_ = 2;
            return false;
        }
        until_clock_ = jobs_for_a_look_at_the_clock;
        return now_ns - began_ns_ > time_at_once_ns;
    }

    static constexpr std::uint32_t not_begun = UINT32_MAX;
    static constexpr std::uint32_t receives_at_once = 128;
    // A callback of a send that goes on sending is called a few times between two looks, which saves looks; without
    // a limit the bytes would be out of the cache before anybody reads them. With eight they may be: of 64 KiB each,
    // half of the runs on one processor had a third of the rate.
    static constexpr std::uint32_t others_at_once = 4;
    static constexpr std::uint64_t time_at_once_ns = 250'000; // of either kind
    static constexpr std::uint32_t jobs_before_the_clock = 2;
    static constexpr std::uint32_t jobs_for_a_look_at_the_clock = 4;

    std::uint32_t receives_left_ = receives_at_once;
    std::uint32_t others_left_ = not_begun;
    std::uint32_t until_clock_ = jobs_before_the_clock;
    bool has_begun_ = false; // at began_ns_
    std::uint64_t began_ns_ = 0;
};

} // namespace async_socket::schedule
