// What the program tells its user, as text or as JSON lines. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "async_socket/address.hpp"
#include "common/endpoint.hpp"
#include "counters.hpp"

namespace async_relay {

class report {
public:
    report(bool json, bool quiet, std::string targets) : json_(json), quiet_(quiet), targets_(std::move(targets)) {}

    // The first line; a script that waits for it can connect then.
    void listening(const as::address& at) const;
    void counts(std::size_t open, const counters& counted) const noexcept;
    void warning(std::string_view message) const noexcept;

private:
    const bool json_;
    const bool quiet_;
    const std::string targets_;
};

// Also what --quiet does not keep back.
void print_error(std::string_view message) noexcept;

} // namespace async_relay
