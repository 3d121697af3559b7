#include "core/connect/address_order.hpp"

#include "core/platform/system_address.hpp"

namespace async_socket::core {

void interleave(std::span<const as_address> addresses, std::span<std::uint32_t> order) noexcept
{
    const auto count = static_cast<std::uint32_t>(addresses.size());
    const auto find = [&](std::uint32_t place, bool is_ipv6) {
        while (place < count && (backend::family_of(addresses[place]) == AS_IPV6) != is_ipv6) {
            ++place;
        }
        return place;
    };
    std::uint32_t six = find(0, true);
    std::uint32_t other = find(0, false);
    bool wants_six = true;
    for (std::uint32_t& each : order) {
        if (wants_six ? six != count : other == count) {
            each = six;
            six = find(six + 1, true);
        } else {
            each = other;
            other = find(other + 1, false);
        }
        wants_six = !wants_six;
    }
}

} // namespace async_socket::core
