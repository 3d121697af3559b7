// A caller's buffers, as they lie in the caller's memory, of which the first bytes have been moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "async_socket/buffer.h"

namespace async_socket::core {

class pieces {
public:
    pieces() = default;
    // Each buffer has at least one byte.
    pieces(const as_buffer* first, std::uint32_t count) noexcept : first_(first), count_(count) {}

    // That are left; not 0 before the last byte has been moved.
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    // What is left of the first one.
    [[nodiscard]] as_buffer front() const noexcept
    {
        as_buffer left = *first_;
        left.data = static_cast<unsigned char*>(left.data) + gone_;
        left.size -= gone_;
        return left;
    }

    // The first of those that are left, one behind the other, as the system takes them: where they are, or, if
    // something is gone of the first one, copies of some of them in `room`.
    struct row {
        const as_buffer* first;
        std::uint32_t count;
    };
    template <std::size_t Size>
    [[nodiscard]] row next(std::uint32_t most, as_buffer (&room)[Size]) const noexcept
    {
        if (gone_ == 0) {
            return {first_, std::min(count_, most)};
        }
        const std::uint32_t copied = std::min({count_, most, static_cast<std::uint32_t>(Size)});
        std::copy_n(first_, copied, room);
        room[0] = front();
        return {room, copied};
    }

    // `bytes` more were moved, of those that are left.
    void skip(std::uint64_t bytes) noexcept
    {
        while (bytes != 0) {
            const auto step = static_cast<buffer_size>(std::min<std::uint64_t>(bytes, first_->size - gone_));
            gone_ += step;
            bytes -= step;
            if (gone_ == first_->size) {
                ++first_;
                --count_;
                gone_ = 0;
            }
        }
    }

private:
    using buffer_size = decltype(as_buffer::size);

    const as_buffer* first_ = nullptr;
    buffer_size gone_ = 0; // bytes of the first one
    std::uint32_t count_ = 0;
};

[[nodiscard]] inline std::uint64_t length_of(const pieces::row& buffers) noexcept
{
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < buffers.count; ++i) {
        sum += buffers.first[i].size;
    }
    return sum;
}

} // namespace async_socket::core
