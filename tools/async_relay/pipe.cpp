#include "pipe.hpp"

#include "connection.hpp"

namespace async_relay {

pipe::pipe(connection& owner, as_stream* const& source, as_stream* const& sink,
           std::atomic<std::uint64_t>& bytes_moved) noexcept
    : owner_(owner), source_(source), sink_(sink), bytes_moved_(bytes_moved), operation_{on_end, this, {}}
{
}

void pipe::start()
{
    keep_alive_ = owner_.shared_from_this();
    receive();
}

// The callback of what a step starts may come on another thread, and end the pipe, before the step has returned: so the
// connection is kept until then.
void pipe::on_end(as_operation* operation, as_outcome outcome)
{
    auto& self = *static_cast<pipe*>(operation->context);
    const std::shared_ptr<connection> alive = self.keep_alive_;
    (self.*self.next_)(outcome);
}

void pipe::receive()
{
    then(&pipe::received);
    piece_ = as_buffer_of(room_.data(), room_.size());
    const auto start = [this](as_stream* from) { return as_stream_receive(from, &operation_, &piece_, 1, AS_NEVER); };
    if (!owner_.start(source_, start)) {
        fail();
    }
}

void pipe::received(const as_outcome& outcome)
{
    if (outcome.how == AS_DONE) {
        piece_ = as_buffer_of(room_.data(), static_cast<std::size_t>(outcome.bytes));
        send();
    } else if (outcome.how == AS_END_OF_STREAM) {
        pass_end();
    } else {
        fail();
    }
}

// Some, and then the rest, so that a slow peer that takes a little now and then is not taken for an idle one.
void pipe::send()
{
    then(&pipe::sent);
    const auto start = [this](as_stream* to) { return as_stream_send_some(to, &operation_, &piece_, 1, AS_NEVER); };
    if (!owner_.start(sink_, start)) {
        fail();
    }
}

void pipe::sent(const as_outcome& outcome)
{
    bytes_moved_ += outcome.bytes;
    if (outcome.how != AS_DONE) {
        fail();
        return;
    }
    const auto taken = static_cast<std::size_t>(outcome.bytes);
    if (taken < piece_.size) {
        piece_ = as_buffer_of(static_cast<std::byte*>(piece_.data) + taken, piece_.size - taken);
        send();
    } else {
        receive();
    }
}

void pipe::pass_end()
{
    then(&pipe::passed_end);
    const auto start = [this](as_stream* to) { return as_stream_shutdown_send(to, &operation_, AS_NEVER); };
    if (!owner_.start(sink_, start)) {
        fail();
    }
}

void pipe::passed_end(const as_outcome& outcome)
{
    if (outcome.how == AS_DONE) {
        stop();
    } else {
        fail();
    }
}

void pipe::fail()
{
    (void)owner_.reset();
    stop();
}

void pipe::stop()
{
    keep_alive_.reset(); // whoever is in a step keeps the connection until its end
}

} // namespace async_relay
