// The PROXY protocol, versions 1 and 2, as HAProxy's specification has it: before the first byte of a connection it is
// said between whom it really is.
#pragma once

#include <array>
#include <span>
#include <string>

#include "async_socket/address.hpp"
#include "async_socket/deadline.hpp"
#include "async_socket/stream.hpp"
#include "async_socket/task.hpp"

namespace async_relay {

enum class proxy_version { none = 0, v1 = 1, v2 = 2 };

// Of no family where that is not known, or nobody's: a health check, say.
struct passage {
    as::address source;
    as::address destination;
    bool is_own = false; // the connection is a proxy's own: it passes nobody on
};

// What is to be sent. Version 1 has no words for sockets of one machine alone: it says that it does not know.
std::string header_of(proxy_version version, const passage& told);

// For the longest header that is read, and what may come with it.
using header_room = std::array<char, 4096>;

// Reads a header of either version. What has come behind it is in `early`, which is in the room. `invalid`: it is none,
// or one that does not fit.
as::task<as::result> read_header(as::stream& from, header_room& room, passage& told, std::span<const char>& early,
                                 as::deadline until);

} // namespace async_relay
