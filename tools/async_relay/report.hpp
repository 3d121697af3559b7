// What the relay tells its user: results on stdout, as text or as JSON lines, problems on stderr.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/endpoint.hpp"
#include "statistics.hpp"

namespace async_relay {

class report {
public:
    report(bool json, bool quiet) noexcept : json_(json), quiet_(quiet) {}

    void listening(const tools::endpoint& address, const tools::endpoint& target) const;
    void counts(std::size_t open, const statistics& counted) const;
    void warning(std::string_view message) const;

private:
    bool json_;
    bool quiet_;
};

// One line on stderr, whatever the message looks like.
void print_error(std::string_view message);

} // namespace async_relay
