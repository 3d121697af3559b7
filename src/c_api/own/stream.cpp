#include "async_socket/stream.h"

#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/common/hot_path.hpp"
#include "core/operation/operation.hpp"
#include "core/socket/draining.hpp"
#include "core/time/operation_alarm.hpp"

using namespace async_socket;

namespace {

using core::told;

bool makes_sense(const as_buffer& buffer) noexcept
{
    return buffer.data != nullptr && buffer.size != 0;
}

// The bytes in all buffers together; 0 if one of them, or the number of bytes, makes no sense.
ASYNC_SOCKET_APART std::uint64_t total_of_many(const as_buffer* buffers, std::uint32_t count) noexcept
{
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!makes_sense(buffers[i]) || buffers[i].size > UINT64_MAX - sum) {
            return 0;
        }
        sum += buffers[i].size;
    }
    return sum;
}

std::uint64_t total_of(const as_buffer* buffers, std::uint32_t count) noexcept
{
    if (buffers == nullptr) {
        return 0;
    }
    if (count == 1) {
        return makes_sense(*buffers) ? buffers->size : 0;
    }
    return total_of_many(buffers, count);
}

bool can_be_started(const as_stream* stream, const as_operation* operation) noexcept
{
    return stream != nullptr && operation != nullptr && operation->on_end != nullptr;
}

// All arguments have been checked.
as_outcome start(as_stream* stream, as_operation* operation, core::operation_kind kind, core::pieces buffers,
                 std::uint64_t total, as_deadline deadline) noexcept
{
    core::socket& socket = *c_api::to_socket(stream);
    const core::lifecycle::visit visit(socket.life());
    if (!visit.is_inside()) {
        return c_api::refused(operation, {core::ending::closed_here});
    }
    core::operation asked{operation->on_end, operation->context, total, {.left = buffers}, kind};
    core::operation_alarm::set(*operation, asked, deadline);
    const core::refusal refused = socket.start(asked, operation);
    if (refused.is_none()) {
        return told(core::ending::done);
    }
    core::operation::of(operation).holds.end(); // a cancel leaves it alone
    return c_api::refused(operation, refused);
}

// The arguments of the public functions as they are, so that those only add the kind.
ASYNC_SOCKET_APART ASYNC_SOCKET_IN_ONE_PIECE as_outcome transfer(as_stream* stream, as_operation* operation,
                                                                 const as_buffer* buffers, std::uint32_t count,
                                                                 as_deadline deadline,
                                                                 core::operation_kind kind) noexcept
{
    const std::uint64_t total = total_of(buffers, count);
    if (total == 0 || !can_be_started(stream, operation)) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return start(stream, operation, kind, {buffers, count}, total, deadline);
}

} // namespace

extern "C" as_outcome as_stream_adopt(as_engine* engine, as_socket socket, as_stream** stream)
{
    const backend::connection given{nullptr, SOCKET_HANDLE(socket)};
    if (engine == nullptr || stream == nullptr || !backend::is_connection(given)) {
        return told(core::ending::invalid);
    }
    core::socket* const created = core::socket::create(*c_api::to_engine(engine), backend::no_connection(), 0, nullptr);
    if (created == nullptr) {
        return told(core::ending::no_room);
    }
    (void)created->set_mode(core::completion_mode::in_order);
    const core::refusal refused = created->open(&given, nullptr, nullptr);
    if (!refused.is_none()) {
        created->close_and_free();
        return told(refused);
    }
    created->count_in(core::tally::origin::adopted);
    *stream = c_api::to_public(created);
    return told(core::ending::done);
}

extern "C" as_outcome as_stream_send(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                                     std::uint32_t buffer_count, as_deadline deadline)
{
    return transfer(stream, operation, buffers, buffer_count, deadline, core::operation_kind::send);
}

extern "C" as_outcome as_stream_receive(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                                        std::uint32_t buffer_count, as_deadline deadline)
{
    return transfer(stream, operation, buffers, buffer_count, deadline, core::operation_kind::receive);
}

extern "C" as_outcome as_stream_send_some(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                                          std::uint32_t buffer_count, as_deadline deadline)
{
    return transfer(stream, operation, buffers, buffer_count, deadline, core::operation_kind::send_some);
}

extern "C" as_outcome as_stream_receive_exactly(as_stream* stream, as_operation* operation, const as_buffer* buffers,
                                                std::uint32_t buffer_count, as_deadline deadline)
{
    return transfer(stream, operation, buffers, buffer_count, deadline, core::operation_kind::receive_exactly);
}

extern "C" as_outcome as_stream_shutdown_send(as_stream* stream, as_operation* operation, as_deadline deadline)
{
    if (!can_be_started(stream, operation)) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return start(stream, operation, core::operation_kind::shut_down_send, {}, 0, deadline);
}

extern "C" as_outcome as_stream_drain_and_close(as_stream* stream, as_operation* operation, as_deadline deadline)
{
    if (!can_be_started(stream, operation)) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    core::socket& socket = *c_api::to_socket(stream);
    const core::lifecycle::visit visit(socket.life());
    return c_api::started(operation, visit.is_inside() ? core::draining::start(operation, socket, deadline)
                                                       : core::refusal{core::ending::closed_here});
}

extern "C" as_outcome as_stream_set_idle_time(as_stream* stream, std::uint64_t ms)
{
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    if (stream == nullptr) {
        return told(core::ending::invalid);
    }
    core::socket& socket = *c_api::to_socket(stream);
    const core::lifecycle::visit visit(socket.life());
    if (!visit.is_inside()) {
        return told(core::ending::closed_here);
    }
    return told(socket.set_idle_time(ms <= AS_NEVER / ns_per_ms ? ms * ns_per_ms : AS_NEVER));
}

extern "C" void as_stream_close(as_stream* stream)
{
    if (stream != nullptr) {
        c_api::to_socket(stream)->close_and_free();
    }
}
