// What one end of a stream does between the go and the end: it sends, receives, asks or answers.
#pragma once

#include <string>

#include "async_socket/async_socket.hpp"
#include "meter.hpp"
#include "protocol.hpp"

namespace async_perf {

enum class role { client, server };

// Until both ends agree on what was moved; answers an empty text then, and otherwise why not. All that is given stays
// as long as it lasts.
as::task<std::string> transfer(as::engine& engine, as::stream& peer, const request& asked, role own, meter& counted);

// Why something with the peer went wrong, to be read by whoever uses the program at this end.
std::string failure_of(const as::result& failed, role own);

} // namespace async_perf
