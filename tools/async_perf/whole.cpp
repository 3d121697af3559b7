#include "whole.hpp"

namespace async_perf {

void whole_receive::start(std::span<std::byte> room, std::function<void()> then)
{
    left_ = room;
    then_ = std::move(then);
    receive();
}

void whole_receive::receive()
{
    const auto on_complete = [](void* self, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count) {
        static_cast<whole_receive*>(self)->received(result, count);
    };
    source_.receive(left_, on_complete, this);
}

void whole_receive::received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
{
    if (result != ASYNC_SOCKET_RECEIVE_OK) {
        source_.fail_early();
        return;
    }
    left_ = left_.subspan(count);
    if (!left_.empty()) {
        receive();
        return;
    }
    const std::function<void()> then = std::move(then_); // it may start the next one
    then();
}

void whole_send::start(std::span<const std::byte> bytes, std::function<void()> then)
{
    then_ = std::move(then);
    const auto on_complete = [](void* self, ASYNC_SOCKET_SEND_RESULT result) {
        static_cast<whole_send*>(self)->sent(result);
    };
    sink_.send(bytes, on_complete, this);
}

void whole_send::sent(ASYNC_SOCKET_SEND_RESULT result)
{
    if (result != ASYNC_SOCKET_SEND_OK) {
        sink_.fail_early();
        return;
    }
    const std::function<void()> then = std::move(then_);
    then();
}

} // namespace async_perf
