// Several tasks at once for one coroutine, which goes on when all of them have ended.
#pragma once

#include <coroutine>
#include <cstdint>

#include "async_socket/detail/chain.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/shared_word.hpp"
#include "async_socket/task.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

class group : private stoppable {
public:
    static constexpr std::uint32_t nobody = 0xffff'ffff;

    // The first that has ended stops the others, or it does not.
    explicit constexpr group(bool first_stops_others) noexcept
        : stoppable(&stop_members), first_stops_others_(first_stops_others)
    {
    }
    group(const group&) = delete;
    group& operator=(const group&) = delete;

    // All before it is run; they stay where they are until it has ended.
    void add(promise_base& member, std::uint32_t index) noexcept
    {
        member.index = index;
        member.next = members_;
        members_ = &member;
        (void)left_.add(1);
    }

    // One that ends without having begun, since there was no memory for it.
    void add_empty(std::uint32_t index) noexcept
    {
        if (is_first(index) && first_stops_others_) {
            first_was_empty_ = true;
        }
    }

    // Begins all. True: `awaiting` will be resumed when all have ended; all of this may be gone then.
    [[nodiscard]] bool run(std::coroutine_handle<> awaiting, chain* line) noexcept
    {
        awaiting_ = awaiting;
        for (promise_base* each = members_; each != nullptr; each = each->next) {
            each->use_own_line();
            if (line != nullptr) {
                each->own_line().until = earlier(each->own_line().until, line->until);
            }
        }
        line_ = line;
        if (line != nullptr) {
            is_registered_ = line->begin(*this);
            if (is_registered_) {
                line->begun(*this);
            }
        }
        if ((line != nullptr && !is_registered_) || first_was_empty_) {
            stop_all();
        }
        for (promise_base* each = members_; each != nullptr; each = each->next) { // none goes before we are counted out
            each->run(&member_ended, this);
        }
        return left_.subtract(1) != 1;
    }

    // By the coroutine, when it goes on. Which one was first; `nobody` of none.
    std::uint32_t end() noexcept
    {
        if (is_registered_) {
            line_->end(*this);
        }
        if (line_ != nullptr) {
            for (promise_base* each = members_; each != nullptr; each = each->next) {
                line_->take_marks_of(each->own_line());
            }
        }
        return first_.load();
    }

private:
    static void stop_members(stoppable& self) noexcept { static_cast<group&>(self).stop_all(); }

    void stop_all() noexcept
    {
        for (promise_base* each = members_; each != nullptr; each = each->next) {
            each->own_line().stop();
        }
    }

    static void member_ended(promise_base& one) noexcept
    {
        group& self = *static_cast<group*>(one.told_context());
        if (self.is_first(one.index) && self.first_stops_others_) {
            self.stop_all(); // none is gone before we are counted out
        }
        // No end waits here for the beginning of the others, as that of a task does (beginning.hpp): a member that is
        // begun may close the very stream whose callback this is, and wait for it.
        const std::coroutine_handle<> awaiting = self.awaiting_;
        if (self.left_.subtract(1) == 1) {
            awaiting.resume();
        }
    }

    [[nodiscard]] bool is_first(std::uint32_t index) noexcept
    {
        std::uint32_t first = nobody;
        return first_.change(first, index);
    }

    const bool first_stops_others_;
    bool first_was_empty_ = false;
    bool is_registered_ = false;
    shared_word<std::uint32_t> left_{1}; // members that have not ended, and whoever begins them
    shared_word<std::uint32_t> first_{nobody};
    promise_base* members_ = nullptr;
    chain* line_ = nullptr;
    std::coroutine_handle<> awaiting_;
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
