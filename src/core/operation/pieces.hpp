// A caller's buffers, of which the first bytes have been moved. What describes the first one that is left is copied, so
// of a single one, as most operations have, the caller's description may go; several lie in the caller's memory, as
// they are. Bytes are never copied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "async_socket/buffer.h"

namespace async_socket::core {

class pieces {
public:
    pieces() = default;
    // At least one, and each has at least one byte.
    pieces(const as_buffer* first, std::uint32_t count) noexcept : front_(*first), behind_(first + 1), count_(count) {}

    // That are left; not 0 before the last byte has been moved.
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    // What is left of the first one.
    [[nodiscard]] const as_buffer& front() const noexcept { return front_; }

    // The first of those that are left, one behind the other, as the system takes them: where they are, which may be
    // here, or, if something is gone of the first of several, copies of some of them in `room`.
    struct row {
        const as_buffer* first;
        std::uint32_t count;
    };
    template <std::size_t Size>
    [[nodiscard]] row next(std::uint32_t most, as_buffer (&room)[Size]) const noexcept
    {
        if (count_ <= 1) {
            return {&front_, count_};
        }
        if (front_.data == behind_[-1].data) {
            return {behind_ - 1, std::min(count_, most)};
        }
        const std::uint32_t copied = std::min({count_, most, static_cast<std::uint32_t>(Size)});
        room[0] = front_;
        std::copy_n(behind_, copied - 1, room + 1);
        return {room, copied};
    }

    // `bytes` more were moved, of those that are left, and not the last one.
    void skip(std::uint64_t bytes) noexcept
    {
        while (bytes != 0) {
            const auto step = static_cast<buffer_size>(std::min<std::uint64_t>(bytes, front_.size));
            front_.data = static_cast<unsigned char*>(front_.data) + step;
            front_.size -= step;
            bytes -= step;
            if (front_.size == 0) {
                front_ = *behind_++;
                --count_;
            }
        }
    }

private:
    using buffer_size = decltype(as_buffer::size);

    as_buffer front_{};                 // what is left of the first one
    const as_buffer* behind_ = nullptr; // the others, where the caller has them
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
