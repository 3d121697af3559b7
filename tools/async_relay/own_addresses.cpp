#include "own_addresses.hpp"

#include <algorithm>
#include <string>

namespace async_relay {

void own_addresses::add(const as::listener& listener)
{
    for (std::uint32_t i = 0; const auto address = listener.local_address(i); ++i) {
        all_.push_back(*address);
    }
}

// A machine that connects to itself has the same address at both ends, or asks at its loopback interface.
bool own_addresses::is_at_the_end_of(const as::stream& connected) const
{
    const as::address there = *connected.remote_address();
    const as::address here = *connected.local_address();
    const std::string host = there.text_without_port().c_str();
    const bool is_local = host == here.text_without_port().c_str() || host.starts_with("127.") || host == "::1";
    return std::any_of(all_.begin(), all_.end(), [&](const as::address& own) {
        return own == there || (is_local && own == as::address::any(there.family(), there.port()));
    });
}

} // namespace async_relay
