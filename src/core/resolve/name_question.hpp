// What is asked of a resolver: which addresses does this name have, and which port this service?
#pragma once

#include <cstddef>
#include <cstdint>

#include "async_socket/address.h"

namespace async_socket::core {

struct name_question {
    // Bytes, as the system's resolver takes them: names that are not ASCII are best given in their ASCII form ("xn--").
    static constexpr std::size_t longest_host = 255;
    static constexpr std::size_t longest_service = 63;

    // A name, or an address in the system's notation. Null: none, which makes sense to who listens (`is_passive`) and
    // means all of this machine's interfaces.
    const char* host;
    // A port in decimal digits, 0 to 65535, or a service that the system knows ("http"). Null: none, the port is 0.
    const char* service;
    as_family family = AS_NO_FAMILY; // AS_IPV4 or AS_IPV6: only such addresses; AS_NO_FAMILY: both
    bool is_passive = false;         // the addresses are for who listens
    bool is_numeric = false;         // no name: nobody is asked for one
};

enum class service_kind : std::uint8_t { none, port, name, nonsense };

// Nonsense is what is no number from 0 to 65535 and has no letter either, or is empty, too long, or has blanks or
// control characters in it. The system is not asked: it takes "70000" as 4464, and " -1" as 65535.
[[nodiscard]] service_kind kind_of_service(const char* service) noexcept;

// There is something to ask: neither text is empty, too long, or has blanks or control characters in it, the service is
// no nonsense, the family is one that names can have, and there is a host, unless the question is a passive one.
// Whether there is such a name is not looked at.
[[nodiscard]] bool makes_sense(const name_question& question) noexcept;

} // namespace async_socket::core
