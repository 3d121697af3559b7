// Which of several addresses is tried when, and which of them it will be (RFC 8305, "happy eyeballs"): the rules alone,
// without sockets, clock, threads or lock. Whoever runs a race (connecting.hpp) tells it what happens, and asks it what
// to do until it says nothing:
//
//     ended, waited, stop  ──>  race  ──>  start, wait; when it is decided: cancel, close, stop_waiting; at last:
//     conclude
//
// The addresses are tried in their order, the next one when the last one has failed, or has had its time. The first
// that is connected has won. All others are cancelled, and closed if they come all the same; when nothing is under way
// any more the race is concluded, and not before: nobody has to be waited for then.
#pragma once

#include <cstdint>
#include <span>

#include "core/operation/outcome.hpp"

namespace async_socket::core {

class race {
public:
    // Of one address.
    class attempt {
    public:
        // How it ended; done only of the winner. If it was given up when the race was decided, or has lost: cancelled,
        // or what the race was stopped for. Not of one that was not started.
        [[nodiscard]] const core::outcome& outcome() const noexcept { return outcome_; }

    private:
        friend class race;
        enum class state : std::uint8_t { not_started, under_way, given_up, connected_too, over };

        core::outcome outcome_{};
        state state_ = state::not_started;
    };

    // At least one attempt, none of them started. `delay_ns`: what each has before the next one starts beside it; the
    // time never comes to 2^64 by it.
    race(std::span<attempt> attempts, std::uint64_t delay_ns) noexcept : attempts_(attempts), delay_ns_(delay_ns) {}
    race(const race&) = delete;
    race& operator=(const race&) = delete;

    enum class doing : std::uint8_t {
        nothing,      // until something happens
        start,        // the attempt; `ended` follows once, at once if it is refused
        wait,         // until `until_ns`; `waited` follows once, also if it is told to stop
        cancel,       // the attempt; `ended` follows all the same
        close,        // the attempt, which is connected, and has not won
        stop_waiting, // at once
        conclude      // all is over: nobody asks again
    };
    struct step {
        doing what;
        std::uint32_t attempt = 0;
        std::uint64_t until_ns = 0;
    };
    [[nodiscard]] step next(std::uint64_t now_ns) noexcept;

    // ---- what happens

    // An attempt, as `how`. If it is done it has a connection.
    void ended(std::uint32_t whose, const core::outcome& how) noexcept;
    void waited() noexcept { is_waiting_ = false; }
    // Nobody wants to win any more: without effect if the race is decided.
    void stop(ending why) noexcept;

    // ---- how it has ended

    // Done if somebody has won; what it was stopped for; or how the attempt has failed that tells the most, the first
    // of those: that somebody is there and refuses says more than that nobody has answered, and that more than that
    // there is no way, as of IPv6 on many machines.
    [[nodiscard]] const core::outcome& outcome() const noexcept { return outcome_; }
    // If it is done.
    [[nodiscard]] std::uint32_t winner() const noexcept { return winner_; }
    [[nodiscard]] std::uint32_t started() const noexcept { return started_; }

private:
    using state = attempt::state;

    // After the race was decided.
    [[nodiscard]] core::outcome outcome_of_losers() const noexcept;
    void decide(const core::outcome& how) noexcept;
    void decide_by_failures() noexcept;
    [[nodiscard]] step go_on(std::uint64_t now_ns) noexcept;
    [[nodiscard]] step clear_up() noexcept;

    const std::span<attempt> attempts_;
    const std::uint64_t delay_ns_;
    std::uint64_t next_at_ns_ = 0;
    std::uint32_t started_ = 0;
    std::uint32_t under_way_ = 0;
    std::uint32_t winner_ = 0;
    bool is_waiting_ = false;
    bool has_stopped_waiting_ = false;
    bool is_decided_ = false;
    core::outcome outcome_{};
};

} // namespace async_socket::core
