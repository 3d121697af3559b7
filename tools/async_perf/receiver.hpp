// Receives until the sender has ended its stream, and tells it how much that was.
#pragma once

#include <array>
#include <vector>

#include "transfer.hpp"
#include "whole.hpp"

namespace async_perf {

class receiver : public transfer {
public:
    receiver(stream& source, const request& asked);

    void start() override { receive(); }

private:
    void receive();
    void received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count);
    void keep_tail(std::span<const std::byte> piece);
    void end();

    stream& source_;
    std::vector<std::byte> room_;
    // The last bytes so far: the sender's count, if the stream ends here.
    std::array<std::byte, count_size> tail_{};
    std::uint64_t received_ = 0; // the sender's count included
    whole_send send_count_;
    std::array<std::byte, count_size> own_count_{};
};

} // namespace async_perf
