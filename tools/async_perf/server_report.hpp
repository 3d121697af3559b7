// What a server tells its user: a line for each test on stdout, as text or as JSON, problems on stderr.
#pragma once

#include <cstdint>
#include <string>

#include "common/endpoint.hpp"
#include "protocol.hpp"

namespace async_perf {

// A test as the server has seen it, its streams added up.
struct served_test {
    request asked;
    tools::endpoint client;
    std::uint32_t streams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t operations = 0;
    double seconds = 0; // of the longest stream
    std::string error;  // empty for a success
};

class server_report {
public:
    explicit server_report(bool json) noexcept : json_(json) {}

    void listening(const tools::endpoint& address) const;
    void test(const served_test& served) const;
    void warning(const tools::endpoint& client, const std::string& message) const;

private:
    bool json_;
};

} // namespace async_perf
