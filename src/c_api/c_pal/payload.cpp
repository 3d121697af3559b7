#include "c_api/c_pal/payload.hpp"

#include "c_api/c_pal/call.hpp"

namespace async_socket::c_api {

const char* payload_problem(const ASYNC_SOCKET_BUFFER* payload, std::uint32_t buffer_count,
                            std::uint64_t* total) noexcept
{
    if (payload == nullptr) {
        return "payload is NULL";
    }
    if (buffer_count == 0) {
        return "buffer_count is 0";
    }
    if (call::size_for(buffer_count) > UINT32_MAX) {
        return "buffer_count needs more than UINT32_MAX bytes of memory";
    }
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < buffer_count; ++i) {
        if (payload[i].buffer == nullptr) {
            return "a buffer is NULL";
        }
        if (payload[i].length == 0) {
            return "a buffer has length 0";
        }
        sum += payload[i].length;
    }
    if (sum > UINT32_MAX) {
        return "the buffers hold more than UINT32_MAX bytes";
    }
    *total = sum;
    return nullptr;
}

} // namespace async_socket::c_api
