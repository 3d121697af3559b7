// In-order mode (core::completion_mode::in_order): whose callback may be called next, of one direction of a channel.
//
// Completions come on any thread, in any order, and several at once. So what is over waits here until everything that
// was accepted before it has been called back, and until no callback of this direction runs. Whoever finds one that may
// be called back has the *right* to do so with it, and hands it on when that callback has returned, or is about to wait
// for a close: while one has it the others only leave what is over behind. A request that was cancelled may overtake
// those before it that are not over: nobody is to wait for a silent peer to learn that he has cancelled something.
//
// The lane that it belongs to holds its lock around all of this.
#pragma once

#include <cstdint>

#include "win32/socket/request.hpp"

namespace async_socket::win32 {

class callback_order {
public:
    // It will be over, and is the last one so far.
    void accept(request& accepted) noexcept;
    // An accepted one is, and has its verdict. Nothing of it may be changed any more.
    void over(request& ended) noexcept;

    // Which one may be called back now: it leaves the order, and the right is the caller's. Null: none may, or somebody
    // else has the right.
    [[nodiscard]] request* next() noexcept;
    // The right is nobody's any more.
    void give_up() noexcept
    {
        is_taken_ = false;
        keeper_ = nullptr;
    }

    // Who has the right will use it in this turn, after the callback that is running there; null: soon.
    void set_keeper(const turn* keeper) noexcept { keeper_ = keeper; }
    // Something is over and waits for a turn that is not `mine`.
    [[nodiscard]] bool waits_for_another_than(const turn* mine) const noexcept
    {
        return over_ != 0 && keeper_ != nullptr && keeper_ != mine;
    }

private:
    // The first one may be called back once it is over, others only if they were cancelled.
    [[nodiscard]] request* first_that_may() const noexcept;
    void remove(request& called) noexcept;

    request* first_ = nullptr; // the order, from the oldest on
    request* last_ = nullptr;
    std::uint32_t over_ = 0;       // of those in it
    std::uint32_t overtaking_ = 0; // of those that are over, by a cancel
    bool is_taken_ = false;        // somebody has the right
    const turn* keeper_ = nullptr;
};

} // namespace async_socket::win32
