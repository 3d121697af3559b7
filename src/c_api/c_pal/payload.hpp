// The checks of a caller's buffer array that send and receive share.
#pragma once

#include <cstdint>

#include "c_pal/async_socket.h"

namespace async_socket::c_api {

// Null if `payload` may be sent or received into, otherwise what is wrong with it. On success
// *total is the number of bytes.
// The count is checked before the array is walked: a count whose descriptions would need more than
// UINT32_MAX bytes of memory (01_103) is refused without reading a single one.
// Requirements: 01_025, 01_085, 01_089, 01_090, 01_101, 01_103 (send); 01_074, 01_086, 01_091,
// 01_092, 01_096 (receive).
const char* payload_problem(const ASYNC_SOCKET_BUFFER* payload, std::uint32_t buffer_count,
                            std::uint64_t* total) noexcept;

} // namespace async_socket::c_api
