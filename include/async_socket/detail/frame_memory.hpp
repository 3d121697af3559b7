// The memory of coroutines' frames, used again: each thread, and so each loop, keeps those that have ended on it, and
// frees them when it ends.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

// Frames of a thread. There is no destructor, since frames may end later than that of any object of the thread.
class frame_bins {
public:
    static constexpr std::size_t largest = 4096; // larger frames are rare; those of an operation are about half a KiB

    // Aligned as malloc's; null when memory is out. `size` is from 1 to `largest`.
    [[nodiscard]] void* take(std::size_t size) noexcept
    {
        bin& from = bins_[index_of(size)];
        if (from.first == nullptr) {
            return std::malloc((index_of(size) + 1) * step);
        }
        kept* const taken = from.first;
        from.first = taken->next;
        --from.count;
        return taken;
    }

    // False: it is not kept.
    [[nodiscard]] bool keep(void* memory, std::size_t size) noexcept
    {
        bin& in = bins_[index_of(size)];
        if (is_over_ || in.count == most_kept) {
            return false;
        }
        in.first = new (memory) kept{in.first};
        ++in.count;
        return true;
    }

    // From now on nothing is kept.
    void end() noexcept
    {
        is_over_ = true;
        for (bin& each : bins_) {
            while (each.first != nullptr) {
                kept* const freed = each.first;
                each.first = freed->next;
                std::free(freed);
            }
            each.count = 0;
        }
    }

    // Whether somebody is registered to call end().
    [[nodiscard]] bool has_end() const noexcept { return has_end_; }
    void note_end() noexcept { has_end_ = true; }

    [[nodiscard]] static frame_bins& of_this_thread() noexcept
    {
        static constinit thread_local frame_bins bins;
        return bins;
    }

private:
    static constexpr std::size_t step = 256;
    static constexpr std::size_t most_kept = 32;

    struct kept {
        kept* next;
    };
    struct bin {
        kept* first = nullptr;
        std::size_t count = 0;
    };

    [[nodiscard]] static constexpr std::size_t index_of(std::size_t size) noexcept { return (size - 1) / step; }

    bin bins_[largest / step];
    bool is_over_ = false;
    bool has_end_ = false;
};

// Empties the bins of a thread at its end.
struct frame_bins_end {
    constexpr frame_bins_end() noexcept = default;
    frame_bins_end(const frame_bins_end&) = delete;
    frame_bins_end& operator=(const frame_bins_end&) = delete;
    ~frame_bins_end() { frame_bins::of_this_thread().end(); }

    // False: there is no memory for it. To register the destructor takes a little, and the GNU C library ends the
    // program if that cannot be had; so it is asked for before, in a size that comes from where that will.
    [[nodiscard]] static bool come(frame_bins& bins) noexcept
    {
        constexpr std::size_t more_than_enough = 4096;
        void* const asked = std::malloc(more_than_enough);
        if (asked == nullptr) {
            return false;
        }
        std::free(asked);
        static constinit thread_local frame_bins_end at_the_end;
        at_the_end.is_needed = true; // so that it is registered
        bins.note_end();
        return true;
    }

    bool is_needed = false;
};

[[nodiscard]] inline void* take_frame(std::size_t size) noexcept
{
    return size <= frame_bins::largest ? frame_bins::of_this_thread().take(size) : std::malloc(size);
}

// `size` as it was taken; on any thread.
inline void give_back_frame(void* memory, std::size_t size) noexcept
{
    if (size <= frame_bins::largest) {
        frame_bins& bins = frame_bins::of_this_thread();
        if ((bins.has_end() || frame_bins_end::come(bins)) && bins.keep(memory, size)) {
            return;
        }
    }
    std::free(memory);
}

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
