#include "core/listener/listener.hpp"

#include "core/common/memory.hpp"
#include "core/engine/execution_engine.hpp"
#include "core/listener/doors.hpp"
#include "core/socket/socket.hpp"
#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

namespace {

socket* create_stream(execution_engine& engine) noexcept
{
    socket* const created = socket::create(engine, backend::no_connection(), 0, nullptr);
    if (created != nullptr) {
        (void)created->set_mode(completion_mode::in_order);
    }
    return created;
}

} // namespace

socket* open_listener(execution_engine& engine, doors& doors, refusal& why) noexcept
{
    socket* const created = create_stream(engine);
    if (created == nullptr) {
        doors::close(&doors);
        why = {ending::no_room};
        return nullptr;
    }
    created->adopt(doors);
    why = backend::pool_prepare_alarms(engine.pool()) ? created->open(nullptr, nullptr, nullptr)
                                                      : refusal{ending::no_room};
    if (!why.is_none()) {
        created->close_and_free();
        return nullptr;
    }
    return created;
}

// The stream is made before there is a connection, so that none has to be thrown away for want of memory for it.
refusal begin_accept(socket& listener, as_operation& operation, socket*& accepted, std::uint64_t deadline) noexcept
{
    const lifecycle::visit visit(listener.life());
    if (!visit.is_inside()) {
        return {ending::closed_here};
    }
    socket* const guest = create_stream(listener.engine());
    if (guest == nullptr) {
        return {ending::no_room};
    }
    core::operation asked{
        operation.on_end, operation.context, 1, {.connection = {guest, nullptr, &accepted}}, operation_kind::accept};
    operation_alarm::set(operation, asked, deadline);
    const refusal refused = listener.start(asked, &operation);
    if (!refused.is_none()) {
        destroy(guest);
        core::operation::of(&operation).holds.end(); // a cancel leaves it alone
    }
    return refused;
}

} // namespace async_socket::core
