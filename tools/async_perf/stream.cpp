#include "stream.hpp"

#include "common/system_socket.hpp"

namespace async_perf {

stream::stream(SOCKET_TRANSPORT_HANDLE connected, std::function<void()> on_end)
    : on_end_(std::move(on_end)),
      peer_address_(tools::system_socket::peer_address(socket_transport_get_underlying_socket(connected))),
      peer_(connected)
{
}

void stream::open(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode)
{
    tools::system_socket::send_without_delay(peer_.socket());
    if (!peer_.open(engine, mode)) {
        fail("the connection cannot be taken into use");
    }
}

void stream::send(std::span<const std::byte> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE on_complete, void* context)
{
    if (!peer_.send(bytes, on_complete, context)) {
        fail_early();
    }
}

void stream::receive(std::span<std::byte> room, ON_ASYNC_SOCKET_RECEIVE_COMPLETE on_complete, void* context)
{
    if (!peer_.receive(room, on_complete, context)) {
        fail_early();
    }
}

void stream::end_sending()
{
    if (!tools::system_socket::end_sending(peer_.socket())) {
        fail_early();
    }
}

void stream::count(std::uint64_t bytes)
{
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    operations_.fetch_add(1, std::memory_order_relaxed);
}

void stream::end(const std::string& error)
{
    {
        const std::lock_guard lock(mutex_);
        if (ended_) {
            return;
        }
        error_ = error;
        end_ = steady_clock::now();
        ended_ = true;
    }
    on_end_();
}

std::string stream::error() const
{
    const std::lock_guard lock(mutex_);
    return error_;
}

double stream::seconds() const
{
    const std::lock_guard lock(mutex_);
    const bool measured = begun_ != steady_clock::time_point();
    return measured ? std::chrono::duration<double>(end_ - begun_).count() : 0;
}

bool stream::stalled(std::chrono::milliseconds limit)
{
    const auto now = steady_clock::now();
    const std::uint64_t operations = operations_;
    if (operations != operations_seen_) {
        operations_seen_ = operations;
        last_change_ = now;
    }
    return now - last_change_ > limit;
}

} // namespace async_perf
