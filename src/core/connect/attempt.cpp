#include "core/connect/attempt.hpp"

#include "core/engine/execution_engine.hpp"
#include "core/socket/socket.hpp"
#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

namespace {

refusal start(socket& connecting, const as_address& address, as_operation& operation, socket*& connected,
              std::uint64_t deadline) noexcept
{
    const lifecycle::visit visit(connecting.life());
    core::operation asked{operation.on_end,
                          operation.context,
                          1,
                          {.connection = {nullptr, &address, &connected}},
                          operation_kind::connect};
    operation_alarm::set(operation, asked, deadline);
    const refusal refused = connecting.start(asked, &operation);
    if (!refused.is_none()) {
        core::operation::of(&operation).holds.end(); // a cancel leaves it alone
    }
    return refused;
}

refusal connect(execution_engine& engine, const as_address& address, const attempt_options& how,
                as_operation& operation, socket*& connected, std::uint64_t deadline) noexcept
{
    refusal why;
    backend::unique_socket socket = backend::open_connecting(address, how, why);
    if (!why.is_none()) {
        return why;
    }
    core::socket* const made = core::socket::create(engine, {nullptr, socket.get()}, 0, nullptr);
    if (made == nullptr) {
        return {ending::no_room};
    }
    (void)socket.release();
    (void)made->set_mode(completion_mode::in_order);
    why = made->open(nullptr, nullptr, nullptr);
    if (why.is_none()) {
        why = start(*made, address, operation, connected, deadline);
    }
    if (!why.is_none()) {
        made->close_and_free();
    }
    return why;
}

} // namespace

refusal begin_connect(execution_engine& engine, const as_address& address, const attempt_options& how,
                      as_operation& operation, socket*& connected, std::uint64_t deadline) noexcept
{
    if (engine.is_inherited()) { // before anything is connected
        return {ending::not_available};
    }
    const refusal why = connect(engine, address, how, operation, connected, deadline);
    if (!why.is_none()) {
        engine.tally().count(tally::event::connect_failed);
    }
    return why;
}

} // namespace async_socket::core
