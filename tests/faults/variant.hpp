// One way in which a call can go wrong.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "faulty_calls.hpp"

namespace faults {

struct variant {
    const char* call;
    kind what;
    int code; // of getaddrinfo: what it returns
};

[[nodiscard]] std::string name_of(const variant& each);
void PrintTo(const variant& each, std::ostream* out);

// Every call that the library makes for an async socket, with everything that may come of it.
[[nodiscard]] std::span<const variant> async_socket_variants();
// And for a transport that is used by itself.
[[nodiscard]] std::span<const variant> transport_variants();

} // namespace faults
