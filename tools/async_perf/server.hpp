// The server's course: accepts streams, looks after them, tells what each test has come to.
#pragma once

#include <list>
#include <map>

#include "common/listener.hpp"
#include "options.hpp"
#include "server_report.hpp"
#include "server_stream.hpp"

namespace async_perf {

class server {
public:
    // Listens from now on. Throws std::runtime_error if that is not possible.
    server(const server_options& chosen, EXECUTION_ENGINE_HANDLE engine);

    // Until Ctrl-C, or the end of the only test. Returns the exit code.
    int run();

private:
    [[nodiscard]] bool done() const;
    void accept_one();
    void interrupt_all();
    void look_after_streams();
    void end(server_stream& ended);
    void report_tests();
    [[nodiscard]] bool runs(std::uint64_t test_id) const;

    const server_options& options_;
    EXECUTION_ENGINE_HANDLE engine_;
    server_report report_;
    tools::listener listener_;
    std::list<server_stream> streams_;
    std::map<std::uint64_t, served_test> tests_; // those of which a stream has ended
    std::uint64_t succeeded_ = 0;
    std::uint64_t failed_ = 0;
};

} // namespace async_perf
