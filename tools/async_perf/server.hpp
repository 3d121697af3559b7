// The server's course: accepts streams, does what each asks for, until it is told to end.
#pragma once

#include <cstdint>
#include <string>

#include "async_socket/async_socket.hpp"
#include "common/network.hpp"
#include "options.hpp"
#include "served_tests.hpp"
#include "server_report.hpp"

namespace async_perf {

class server {
public:
    // Listens from now on. Throws std::runtime_error if that is not possible.
    server(const server_options& chosen, as::engine& engine);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // Blocks until Ctrl-C, or the end of the only test. Returns the exit code.
    int run();

private:
    [[nodiscard]] bool is_over();
    void warn_of_shortage();
    as::task<> accept_clients();
    as::task<> wait_for_the_end();
    as::task<> serve(as::stream client);
    as::task<std::string> serve_unknown(as::stream& client, const std::string& name);
    static as::task<> refuse(as::stream& client);
    as::task<std::string> serve_test(as::stream& client, const request& asked, meter& counted);

    const server_options& options_;
    as::engine& engine_;
    const server_report report_;
    served_tests tests_;
    as::listener listener_;
    const tools::socket_file file_;
    as::scope clients_;
    std::uint64_t shortages_ = 0; // that were told of
};

} // namespace async_perf
