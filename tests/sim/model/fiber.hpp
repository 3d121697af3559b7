// A stack of its own, and the switch to it.
#pragma once

#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace sim {

class fiber {
public:
    fiber() noexcept = default;
    ~fiber();
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;

    // The next switch to it calls `entry`, which never returns. May be used again once it is left for good.
    void prepare(void (*entry)()) noexcept;
    // Leaves `from`, which goes on when somebody switches back.
    static void switch_to(fiber& from, fiber& to, bool from_ends) noexcept;
    // The first thing that `entry` does.
    static void arrived(fiber& here) noexcept;

private:
    static constexpr std::size_t stack_size = std::size_t{256} * 1024;

    void* stack_ = nullptr; // null for the stack that the program started on
#if defined(__x86_64__)
    void* top_ = nullptr;
#else
    ucontext_t context_{};
#endif
    // What the C++ runtime keeps for each thread: the exceptions that are being handled, and how many are on their way.
    struct exceptions {
        void* handled = nullptr;
        unsigned int on_their_way = 0;
    };

    exceptions exceptions_;
    void* shadow_ = nullptr; // AddressSanitizer's
    const void* bottom_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace sim
