// A request whose buffers are nothing but addresses, for tests of its book-keeping. The buffers lie
// one behind the other, so that the offset of a byte tells where it belongs.
#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "core/backend.hpp"
#include "win32/socket/request.hpp"

namespace async_socket::test {

// How the system ended one part.
struct part_end {
    ULONG code;
    std::uint64_t bytes;
};

class any_request {
public:
    any_request(core::direction way, const std::vector<std::uint32_t>& lengths)
    {
        std::vector<ASYNC_SOCKET_BUFFER> payload;
        for (const std::uint32_t length : lengths) {
            payload.push_back({reinterpret_cast<void*>(base + total_), length});
            total_ += length;
        }
        const core::operation asked{core::transfer_in(way), total_, nullptr, nullptr, nullptr};
        request_ = win32::request::create(core::completion_mode::documented, memory_, asked, payload.data(),
                                          static_cast<std::uint32_t>(payload.size()));
        // The descriptions were copied: the caller's may go.
    }

    // `count` buffers of `length` bytes each.
    any_request(core::direction way, std::uint32_t count, std::uint32_t length)
        : any_request(way, std::vector<std::uint32_t>(count, length))
    {
    }

    ~any_request() { backend::operation_destroy(request_); }
    any_request(const any_request&) = delete;
    any_request& operator=(const any_request&) = delete;

    [[nodiscard]] win32::request* operator->() const { return request_; }
    [[nodiscard]] win32::request& operator*() const { return *request_; }
    [[nodiscard]] std::uint64_t total() const { return total_; }

    // The offset of a buffer's first byte in the payload.
    [[nodiscard]] static std::uint64_t offset_of(const SOCKET_BUFFER& buffer)
    {
        return reinterpret_cast<std::uintptr_t>(buffer.buffer) - base;
    }

    // Rounds get the numbers 1, 2, 3 ...
    void begin_round() const { request_->begin_round(++rounds_); }

    // Ends the round under way with what the system said of each part, in that order.
    core::outcome end_round(const std::vector<part_end>& ends)
    {
        EXPECT_EQ(ends.size(), request_->part_count());
        for (std::uint32_t i = 0; i < ends.size(); ++i) {
            request_->part(i).code = ends[i].code;
            request_->part(i).bytes = static_cast<ULONG_PTR>(ends[i].bytes);
            EXPECT_EQ(request_->end_part(), i + 1 == ends.size());
        }
        return request_->end_round();
    }

    // One whole round.
    core::outcome run_round(const std::vector<part_end>& ends)
    {
        begin_round();
        return end_round(ends);
    }

    // Begins a round, and expects that its parts cover the bytes from `first` up to `end` without a
    // gap, in order, in no more buffers to a part than the system takes.
    void expect_round_covers(std::uint64_t first, std::uint64_t end)
    {
        begin_round();
        std::uint64_t next = first;
        for (std::uint32_t i = 0; i < request_->part_count(); ++i) {
            const win32::io_part& part = request_->part(i);
            EXPECT_GE(part.buffer_count, 1U);
            EXPECT_LE(part.buffer_count, win32::max_buffers_in_a_call);
            for (std::uint32_t k = 0; k < part.buffer_count; ++k) {
                ASSERT_EQ(offset_of(part.buffers[k]), next) << "part " << i << " buffer " << k;
                ASSERT_NE(part.buffers[k].length, 0U);
                next += part.buffers[k].length;
            }
        }
        EXPECT_EQ(next, end);
    }

private:
    static constexpr std::uintptr_t base = 0x10000;
    core::block_cache memory_{0}; // of fast mode only
    std::uint64_t total_ = 0;
    mutable std::uint64_t rounds_ = 0;
    win32::request* request_;
};

} // namespace async_socket::test
