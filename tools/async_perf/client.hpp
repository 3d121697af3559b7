// The client's course: connects all streams, has them go at once, waits, adds up.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "async_socket/async_socket.hpp"
#include "client_report.hpp"
#include "meter.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "protocol.hpp"

namespace async_perf {

class client {
public:
    client(const client_options& chosen, as::engine& engine);

    // Blocks until the test has ended, or has failed, or is interrupted; what was moved until then is in the result.
    client_result run();

private:
    // A stream of the test.
    struct part {
        explicit part(const request& test) : asked(test) {}

        request asked;
        as::stream connection;
        meter counted;
    };
    using step = as::task<> (client::*)(part&);

    as::task<> run_all();
    as::task<> all_do(step what);
    as::task<> connect(part& one);
    as::task<std::string> greet(part& one);
    as::task<> measure(part& one);
    as::task<> watch();

    void fail(std::string_view reason) noexcept; // the first one counts; empty: none
    [[nodiscard]] bool has_failed();
    [[nodiscard]] moved so_far() const;
    [[nodiscard]] client_result result();

    const client_options& options_;
    as::engine& engine_;
    progress progress_;
    bool is_measuring_ = false;
    double cpu_seconds_ = 0;
    std::deque<part> parts_;
    std::mutex mutex_; // for the failure
    std::string failure_;
    bool has_failed_ = false;
};

} // namespace async_perf
