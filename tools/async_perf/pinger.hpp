// Sends a message, waits for the answer, and so on until the time is over; notes how long each took.
#pragma once

#include <array>
#include <vector>

#include "histogram.hpp"
#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class pinger : public transfer {
public:
    pinger(stream& connection, const request& asked);

    void start() override;
    [[nodiscard]] const histogram* latencies() const override { return &latencies_; }

private:
    void send(std::span<const std::byte> bytes);
    void ask();
    void answered();
    void ask_for_count();
    void compare_counts();

    stream& connection_;
    request asked_;
    std::vector<std::byte> question_;
    std::vector<std::byte> last_question_;
    std::vector<std::byte> answer_;
    steady_clock::time_point deadline_;
    steady_clock::time_point asked_at_;
    whole_receive receive_;
    std::array<std::byte, count_size> count_{};
    histogram latencies_;
};

} // namespace async_perf
