#include <algorithm>
#include <span>

#include "async_socket/connect.h"
#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/connect/connecting.hpp"
#include "core/platform/system_address.hpp"
#include "core/platform/system_socket.hpp"

using namespace async_socket;

namespace {

constexpr as_connect_options usual_way = AS_CONNECT_OPTIONS;

bool has_no_family(const as_address& address) noexcept
{
    return backend::family_of(address) == AS_NO_FAMILY;
}

bool make_sense(const as_connect_options& options) noexcept
{
    return options.size == sizeof(as_connect_options) && core::make_sense(options.options, options.option_count) &&
           (options.from == nullptr || !has_no_family(*options.from)) &&
           (options.attempts != nullptr || options.attempt_capacity == 0);
}

bool make_sense(std::span<const as_address> addresses) noexcept
{
    return addresses.size() <= core::field::most && addresses.data() != nullptr &&
           std::none_of(addresses.begin(), addresses.end(), has_no_family);
}

// The resolver looks at the name.
bool makes_sense(const as_target& target) noexcept
{
    if (target.address_count == 0) {
        return target.family <= AS_IPV6;
    }
    return target.host == nullptr && target.service == nullptr && target.family == AS_NO_FAMILY &&
           make_sense({target.addresses, target.address_count});
}

core::connecting::target understood(const as_target& target) noexcept
{
    core::connecting::target to{{target.host, target.service}, {target.addresses, target.address_count}};
    to.name.family = static_cast<as_family>(target.family);
    return to;
}

} // namespace

extern "C" as_outcome as_connect(as_engine* engine, const as_target* target, const as_connect_options* options,
                                 as_operation* operation, as_stream** stream, as_deadline deadline)
{
    const as_connect_options& how = options != nullptr ? *options : usual_way;
    const bool has_all = engine != nullptr && target != nullptr && operation != nullptr && stream != nullptr;
    if (!has_all || operation->on_end == nullptr || !make_sense(how) || !makes_sense(*target)) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return c_api::started(operation, core::connecting::start(operation, *c_api::to_engine(engine), understood(*target),
                                                             how, c_api::to_socket_in(*stream), deadline));
}
