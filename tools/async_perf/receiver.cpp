#include "receiver.hpp"

#include <algorithm>

namespace async_perf {

namespace {

// Small messages are received many at a time.
constexpr std::uint32_t least_room = 64U << 10U;
constexpr std::uint32_t most_room = 1U << 20U;

} // namespace

receiver::receiver(stream& source, const request& asked)
    : source_(source), room_(std::clamp(asked.message_size, least_room, most_room)), send_count_(source)
{
}

void receiver::receive()
{
    const auto on_complete = [](void* self, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count) {
        static_cast<receiver*>(self)->received(result, count);
    };
    source_.receive(room_, on_complete, this);
}

void receiver::received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
{
    if (result == ASYNC_SOCKET_RECEIVE_OK) {
        keep_tail(std::span(room_).first(count));
        // The last count_size bytes so far are not counted: they may be no message.
        const std::uint64_t before = received_;
        received_ += count;
        source_.count(std::max<std::uint64_t>(received_, count_size) - std::max<std::uint64_t>(before, count_size));
        receive();
    } else if (result == ASYNC_SOCKET_RECEIVE_ABANDONED) {
        end();
    } else {
        source_.fail_early();
    }
}

void receiver::keep_tail(std::span<const std::byte> piece)
{
    const auto fresh = piece.last(std::min(piece.size(), tail_.size()));
    std::shift_left(tail_.begin(), tail_.end(), static_cast<std::ptrdiff_t>(fresh.size()));
    std::ranges::copy(fresh, tail_.end() - static_cast<std::ptrdiff_t>(fresh.size()));
}

// The stream's end, or a reset: only the sender's count tells them apart.
void receiver::end()
{
    if (received_ < count_size || decode_count(tail_) != source_.bytes()) {
        source_.fail_early();
        return;
    }
    own_count_ = encode(source_.bytes());
    send_count_.start(own_count_, [this] { source_.succeed(); });
}

} // namespace async_perf
