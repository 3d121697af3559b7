// Between beginning something and its end, which may come on another thread before whoever begins it is ready.
//
// What follows the end is to go on where the end was, and not on the thread that begins: that one may hold a lock
// meanwhile, and has things of its own to do. So an end on another thread waits until the beginning is over. That is
// soon, and never depends on the end: what was begun waits for something by then, and none of the program's code runs
// any more before the beginning is over.
#pragma once

#include <cstdint>

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/shared_word.hpp"
#include "async_socket/detail/this_thread.hpp"
#include "async_socket/wait.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

class beginning {
public:
    // Made by the thread that begins.
    beginning() noexcept = default;
    beginning(const beginning&) = delete;
    beginning& operator=(const beginning&) = delete;

    void begin() noexcept { thread_ = this_thread(); }

    // By the same thread. It may be gone as soon as others know.
    void be_over() noexcept
    {
        std::uint32_t* const address = word_.address();
        if (word_.exchange(over) == waited_for) {
            as_wake(address); // by its address only
        }
    }

    // By whoever ends it. True: it is over by now. False: this is the thread that begins, and it is not.
    [[nodiscard]] bool wait() noexcept
    {
        std::uint32_t seen = word_.load();
        if (seen == over) {
            return true;
        }
        if (thread_ == this_thread()) {
            return false;
        }
        while (seen != over) {
            if (seen == waited_for || word_.change(seen, waited_for)) {
                (void)as_wait(word_.address(), waited_for, AS_NEVER);
                seen = word_.load();
            }
        }
        return true;
    }

private:
    enum : std::uint32_t { under_way, waited_for, over };

    shared_word<std::uint32_t> word_{under_way};
    const void* thread_ = nullptr;
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
