#include "async_socket/connect.h"

#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/connect/attempt.hpp"
#include "core/platform/system_address.hpp"

using namespace async_socket;

extern "C" as_outcome as_connect_address(as_engine* engine, const as_address* address, as_operation* operation,
                                         as_stream** stream, as_deadline deadline)
{
    if (engine == nullptr || address == nullptr || operation == nullptr || operation->on_end == nullptr ||
        stream == nullptr || backend::family_of(*address) == AS_NO_FAMILY) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    return c_api::started(operation, core::begin_connect(*c_api::to_engine(engine), *address, {}, *operation,
                                                         c_api::to_socket_in(*stream), deadline));
}
