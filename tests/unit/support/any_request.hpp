// A request whose buffers are nothing but addresses, for tests of its book-keeping. The buffers lie
// one behind the other, so that the offset of a byte tells where it belongs.
#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "win32/socket/request.hpp"

namespace async_socket::test {

class any_request {
public:
    any_request(core::direction way, const std::vector<std::uint32_t>& lengths)
        : buffers_(buffers_of(lengths)), request_(asked(way), unset_event())
    {
    }

    // `count` buffers of `length` bytes each.
    any_request(core::direction way, std::uint32_t count, std::uint32_t length)
        : any_request(way, std::vector<std::uint32_t>(count, length))
    {
    }

    any_request(const any_request&) = delete;
    any_request& operator=(const any_request&) = delete;

    [[nodiscard]] win32::request* operator->() { return &request_; }
    [[nodiscard]] win32::request& operator*() { return request_; }
    [[nodiscard]] std::uint64_t total() const { return request_.total; }

    // The offset of a buffer's first byte in the payload.
    [[nodiscard]] static std::uint64_t offset_of(const as_buffer& buffer)
    {
        return reinterpret_cast<std::uintptr_t>(buffer.data) - base;
    }

    // Rounds get the numbers 1, 2, 3 ... What the buffers of this one are.
    std::vector<as_buffer> begin_round()
    {
        as_buffer room[win32::request::buffers_behind_a_cut];
        const core::pieces::row row = request_.begin_round(++rounds_, room);
        return {row.first, row.first + row.count};
    }

    // Ends the round under way with what the system said of it.
    core::outcome end_round(ULONG code, std::uint64_t bytes)
    {
        request_.code = code;
        request_.bytes = static_cast<ULONG_PTR>(bytes);
        return request_.end_round();
    }

    // One whole round.
    core::outcome run_round(ULONG code, std::uint64_t bytes)
    {
        (void)begin_round();
        return end_round(code, bytes);
    }

    // Begins a round, and expects that it covers the bytes from `first` up to `end` without a gap, in order, in no more
    // buffers than the system takes.
    void expect_round_covers(std::uint64_t first, std::uint64_t end)
    {
        const std::vector<as_buffer> buffers = begin_round();
        EXPECT_GE(buffers.size(), 1U);
        EXPECT_LE(buffers.size(), win32::max_buffers_in_a_call);
        std::uint64_t next = first;
        for (const as_buffer& each : buffers) {
            ASSERT_EQ(offset_of(each), next);
            ASSERT_NE(each.size, 0U);
            next += each.size;
        }
        EXPECT_EQ(next, end);
        EXPECT_EQ(request_.wanted, end - first);
        EXPECT_EQ(request_.has_more_rounds(), end != total());
    }

private:
    static constexpr std::uintptr_t base = 0x10000;

    static std::vector<as_buffer> buffers_of(const std::vector<std::uint32_t>& lengths)
    {
        std::vector<as_buffer> buffers;
        std::uint64_t offset = 0;
        for (const std::uint32_t length : lengths) {
            buffers.push_back(
                as_buffer_of(reinterpret_cast<void*>(static_cast<std::uintptr_t>(base + offset)), length));
            offset += length;
        }
        return buffers;
    }

    core::operation asked(core::direction way)
    {
        const auto count = static_cast<std::uint32_t>(buffers_.size());
        return {nullptr,
                nullptr,
                core::length_of({buffers_.data(), count}),
                {.left = {buffers_.data(), count}},
                core::transfer_in(way)};
    }

    static win32::unique_event unset_event()
    {
        win32::unique_event event;
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
        return event;
    }

    const std::vector<as_buffer> buffers_;
    std::uint64_t rounds_ = 0;
    win32::request request_;
};

} // namespace async_socket::test
