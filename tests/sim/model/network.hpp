// The simulated world beyond the machine: names that tests use, and peers that connect by themselves.
#pragma once

#include <cstdint>

namespace sim {

// A host name has one letter for each of its addresses, which says what a connect to it meets.
constexpr char answers_at_once = 'a';
constexpr char answers_later = 'w';
constexpr char refuses = 'r';
constexpr char refuses_silently = 'q'; // and SO_ERROR does not say so
constexpr char never_answers = 'u';
constexpr char is_ipv6 = 'A';           // answers at once, too
constexpr char of_another_family = 'f'; // neither IPv4 nor IPv6
constexpr char too_long_to_print = 'T';
constexpr char is_loopback = 'l'; // of an adapter
constexpr char is_down = 'd';     // the same
constexpr char not_found = 'x';   // as the first letter: no such name
// As the first letter, in front of the addresses:
constexpr char is_notation = '9'; // it is no name, but the addresses themselves
constexpr char is_slow = 's';     // nobody knows it for the next `slow_name_ms`
constexpr unsigned slow_name_ms = 5000;

// A peer connects to a socket that listens, and the program's event is set unless that is `lost`.
// False: so many do not listen.
bool peer_connects(bool lost = false, std::uint32_t which = 0);

} // namespace sim
