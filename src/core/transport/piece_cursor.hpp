// A place in a caller's array of pieces, and the system's description of what comes behind it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "c_pal/socket_transport.h"

namespace async_socket::core {

class piece_cursor {
public:
    piece_cursor(const SOCKET_BUFFER* pieces, std::uint32_t count) noexcept : piece_(pieces), end_(pieces + count)
    {
        skip_finished();
    }

    // The bytes behind the place.
    [[nodiscard]] std::uint64_t length() const noexcept
    {
        std::uint64_t sum = 0;
        for (const SOCKET_BUFFER* piece = piece_; piece != end_; ++piece) {
            sum += piece->length;
        }
        return sum - offset_;
    }

    [[nodiscard]] bool at_end() const noexcept { return piece_ == end_; }

    // The next pieces, as many as there is room for in an array of the system's type (address, length); empty ones are
    // left out. How many these are.
    template <typename Part, std::size_t most>
    [[nodiscard]] std::size_t describe(Part (&parts)[most]) const noexcept
    {
        std::size_t count = 0;
        std::uint32_t offset = offset_;
        for (const SOCKET_BUFFER* piece = piece_; piece != end_ && count < most; ++piece, offset = 0) {
            if (piece->length != 0) {
                parts[count++] = {piece->buffer + offset, piece->length - offset};
            }
        }
        return count;
    }

    // Not further than the end.
    void advance(std::size_t bytes) noexcept
    {
        while (bytes != 0) {
            const std::size_t rest = piece_->length - offset_;
            const std::size_t step = bytes < rest ? bytes : rest;
            offset_ += static_cast<std::uint32_t>(step);
            bytes -= step;
            skip_finished();
        }
    }

private:
    void skip_finished() noexcept
    {
        while (piece_ != end_ && offset_ == piece_->length) {
            ++piece_;
            offset_ = 0;
        }
    }

    const SOCKET_BUFFER* piece_;
    const SOCKET_BUFFER* end_;
    std::uint32_t offset_ = 0;
};

} // namespace async_socket::core
