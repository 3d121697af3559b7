#include "async_socket/listener.h"

#include <algorithm>

#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/listener/doors.hpp"
#include "core/listener/listener.hpp"
#include "core/platform/system_address.hpp"

using namespace async_socket;

namespace {

using core::told;

constexpr as_listener_options usual_options = AS_LISTENER_OPTIONS;
static_assert(core::doors::most == AS_LISTENER_ADDRESSES);

bool make_sense(const as_listener_options& options) noexcept
{
    return options.size == sizeof(as_listener_options) && options.ipv6_only <= 1 && options.reuse_address <= 1 &&
           options.reserved == 0 && core::make_sense(options.options, options.option_count);
}

bool make_sense(const as_address* addresses, std::uint32_t count) noexcept
{
    return addresses != nullptr && count != 0 && count <= core::doors::most &&
           std::none_of(addresses, addresses + count,
                        [](const as_address& each) { return backend::family_of(each) == AS_NO_FAMILY; });
}

core::door_options understood(const as_listener_options& options) noexcept
{
    return {
        options.backlog, options.ipv6_only != 0, options.reuse_address != 0, {options.options, options.option_count}};
}

} // namespace

extern "C" as_outcome as_listener_open(as_engine* engine, const as_address* addresses, std::uint32_t count,
                                       const as_listener_options* options, as_listener** listener)
{
    const as_listener_options asked = options != nullptr ? *options : usual_options;
    if (engine == nullptr || listener == nullptr || !make_sense(addresses, count) || !make_sense(asked)) {
        return told(core::ending::invalid);
    }
    if (c_api::to_engine(engine)->is_inherited()) { // before anything is bound
        return told(core::ending::not_available);
    }
    core::refusal why;
    core::doors* const doors = core::doors::open(addresses, count, understood(asked), why);
    if (doors == nullptr) {
        return told(why);
    }
    core::socket* const opened = core::open_listener(*c_api::to_engine(engine), *doors, why);
    if (opened != nullptr) {
        *listener = c_api::to_public_listener(opened);
    }
    return told(why);
}

extern "C" as_outcome as_listener_address(as_listener* listener, std::uint32_t index, as_address* address)
{
    if (listener == nullptr || address == nullptr) {
        return told(core::ending::invalid);
    }
    core::socket& socket = *c_api::to_socket(listener);
    const core::lifecycle::visit visit(socket.life()); // while it lasts the doors stay
    if (!visit.is_inside()) {
        return told(core::ending::closed_here);
    }
    const core::doors& doors = *socket.listens_at();
    if (index >= doors.count()) {
        return told(core::ending::invalid);
    }
    *address = doors.at(index).address;
    return told(core::ending::done);
}

extern "C" as_outcome as_listener_accept(as_listener* listener, as_operation* operation, as_stream** stream,
                                         as_deadline deadline)
{
    if (listener == nullptr || operation == nullptr || operation->on_end == nullptr || stream == nullptr) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return c_api::started(
        operation, core::begin_accept(*c_api::to_socket(listener), *operation, c_api::to_socket_in(*stream), deadline));
}

extern "C" void as_listener_close(as_listener* listener)
{
    if (listener != nullptr) {
        c_api::to_socket(listener)->close_and_free();
    }
}
