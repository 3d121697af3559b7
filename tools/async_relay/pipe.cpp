#include "pipe.hpp"

#include "connection.hpp"

namespace async_relay {

void pipe::start()
{
    keep_alive_ = owner_.shared_from_this();
    receive();
}

// Once an operation has been started, its callback may run on another thread and free the pipe
// before the starting call has returned. So a start that succeeded is the last thing a function does.

void pipe::receive()
{
    const auto on_complete = [](void* self, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count) {
        static_cast<pipe*>(self)->received(result, count);
    };
    if (!source_.receive(buffer_, on_complete, this)) {
        fail();
    }
}

void pipe::received(ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
{
    if (result == ASYNC_SOCKET_RECEIVE_OK) {
        owner_.moved_bytes();
        received_ += count;
        send(count);
    } else if (result == ASYNC_SOCKET_RECEIVE_ABANDONED && owner_.pass_end(source_, received_, sink_)) {
        stop();
    } else {
        fail();
    }
}

void pipe::send(std::uint32_t count)
{
    count_ = count;
    const auto on_complete = [](void* self, ASYNC_SOCKET_SEND_RESULT result) {
        static_cast<pipe*>(self)->sent(result);
    };
    if (!sink_.send(std::span(buffer_).first(count), on_complete, this)) {
        fail();
    }
}

void pipe::sent(ASYNC_SOCKET_SEND_RESULT result)
{
    if (result == ASYNC_SOCKET_SEND_OK) {
        bytes_moved_ += count_;
        owner_.moved_bytes();
        receive();
    } else {
        fail();
    }
}

void pipe::fail()
{
    owner_.reset();
    stop();
}

void pipe::stop()
{
    // The last of the two pipes takes the connection, and itself, along when it returns.
    const std::shared_ptr<connection> last_touch = std::move(keep_alive_);
}

} // namespace async_relay
