// What a server tells its user: a line for each test on stdout, as text or as JSON, problems on stderr.
#pragma once

#include <string>
#include <string_view>

#include "async_socket/address.hpp"
#include "served_tests.hpp"

namespace async_perf {

class server_report {
public:
    explicit server_report(bool json) noexcept : json_(json) {}

    void listening(const as::address& at) const;
    // Without memory for the line nothing is told.
    void test(const served_test& served) const noexcept;
    void warning(std::string_view client, std::string_view message) const noexcept;

private:
    const bool json_;
};

} // namespace async_perf
