// A lock for short use. <mutex> would be the longest part of a program's compilation.
#pragma once

#include <cstdint>

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/shared_word.hpp"
#include "async_socket/wait.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

class lock {
public:
    // Holds it for one scope.
    class holder {
    public:
        explicit holder(lock& held) noexcept : held_(held) { held_.acquire(); }
        ~holder() { held_.release(); }
        holder(const holder&) = delete;
        holder& operator=(const holder&) = delete;

    private:
        lock& held_;
    };

private:
    enum : std::uint32_t { open, held, held_and_waited_for };

    void acquire() noexcept
    {
        std::uint32_t seen = open;
        if (!word_.change(seen, held)) {
            while (word_.exchange(held_and_waited_for) != open) {
                (void)as_wait(word_.address(), held_and_waited_for, AS_NEVER);
            }
        }
    }
    // It may be gone when the word is open.
    void release() noexcept
    {
        std::uint32_t* const address = word_.address();
        if (word_.exchange(open) == held_and_waited_for) {
            as_wake(address);
        }
    }

    shared_word<std::uint32_t> word_{open};
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
