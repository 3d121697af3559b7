// Keeps as many sends under way as the request asks for, until the time is over.
#pragma once

#include <array>
#include <atomic>
#include <vector>

#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class sender : public transfer {
public:
    sender(stream& sink, const request& asked);

    void start() override;

private:
    void send();
    void sent(ASYNC_SOCKET_SEND_RESULT result);
    void send_count();
    void compare_counts();

    stream& sink_;
    request asked_;
    std::vector<std::byte> message_; // one for all sends: nobody changes it
    steady_clock::time_point deadline_;
    // Callbacks of sends may run at the same time; the one that ends the last send goes on alone.
    std::atomic<std::uint32_t> under_way_;
    whole_send send_count_;
    whole_receive receive_count_;
    std::array<std::byte, count_size> own_count_{};
    std::array<std::byte, count_size> peer_count_{};
};

} // namespace async_perf
