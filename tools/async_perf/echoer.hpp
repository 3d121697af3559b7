// Answers each message with one of the same size.
#pragma once

#include <array>
#include <vector>

#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class echoer : public transfer {
public:
    echoer(stream& connection, const request& asked);

    void start() override;

private:
    void receive();
    void received();

    stream& connection_;
    std::vector<std::byte> question_;
    // Not the question itself: the next one may come before the system has let go of the answer.
    std::vector<std::byte> answer_;
    whole_receive receive_;
    whole_send send_count_;
    std::array<std::byte, count_size> count_{};
};

} // namespace async_perf
