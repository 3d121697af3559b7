// Names, where the program has time to wait for them: at its beginning.
#pragma once

#include <string>
#include <vector>

#include "async_socket/resolve.h"
#include "common/endpoint.hpp"

namespace async_relay {

// All addresses of the host, or of all interfaces. Blocks. Throws std::runtime_error if there are none.
std::vector<as_address> addresses_to_listen_at(as_engine* engine, const tools::endpoint& endpoint);

// What to tell the user.
std::string reason_of(const as_outcome& outcome);

} // namespace async_relay
