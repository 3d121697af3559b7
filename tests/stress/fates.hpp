// What an operation may come to, as a set.
#pragma once

#include <initializer_list>

namespace stress {

enum class fate : unsigned {
    refused = 1,  // not started: no callback; a send was told that the socket is not open
    whole = 2,    // a send: OK, a receive: OK with at least one byte
    cut = 4,      // a send: ERROR, a receive: ABANDONED with 0 bytes
    pending = 8,  // nothing, until our end closes; then it is cut
    strange = 16, // anything else; no set has it
};

class fates {
public:
    constexpr fates() = default;
    constexpr fates(std::initializer_list<fate> members)
    {
        for (const fate each : members) {
            bits_ |= static_cast<unsigned>(each);
        }
    }

    [[nodiscard]] constexpr bool contains(fate one) const { return (bits_ & static_cast<unsigned>(one)) != 0; }
    [[nodiscard]] constexpr fates with(fate one) const
    {
        fates more = *this;
        more.bits_ |= static_cast<unsigned>(one);
        return more;
    }
    constexpr bool operator==(const fates&) const = default;

private:
    unsigned bits_ = 0;
};

} // namespace stress
