// The client's course: connects all streams, has them go at once, waits, adds up.
#pragma once

#include <memory>
#include <vector>

#include "client_result.hpp"
#include "client_stream.hpp"
#include "doorbell.hpp"
#include "options.hpp"

namespace async_perf {

class client {
public:
    client(const client_options& chosen, EXECUTION_ENGINE_HANDLE engine);

    // Throws std::runtime_error if the test fails.
    client_result run();

private:
    void connect();
    void wait_until_ready();
    void measure();
    void look_for_trouble(std::chrono::milliseconds patience);
    [[nodiscard]] stream_result moved() const;
    [[nodiscard]] client_result result() const;

    const client_options& options_;
    EXECUTION_ENGINE_HANDLE engine_;
    request asked_;
    doorbell bell_; // outlives the streams, which ring it
    std::vector<std::unique_ptr<client_stream>> streams_;
};

} // namespace async_perf
