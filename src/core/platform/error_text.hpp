// The system's words for its errors, for messages. Implemented by the platform.
#pragma once

#include <cstddef>
#include <cstdint>

namespace async_socket::backend {

// Writes what the system says of one of its error codes (last_error.hpp) into the room: one line without a full
// stop, in English if it knows it in English, cut to the room or left out if it does not fit; "" if there are no
// such words. May change the last error.
void describe_error(std::uint32_t code, char* room, std::size_t size) noexcept;

} // namespace async_socket::backend
