// The whole: accepts, has the connections made, watches over them, and ends in good order.
#pragma once

#include <chrono>

#include "common/listener.hpp"
#include "connection_list.hpp"
#include "connector.hpp"
#include "options.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace async_relay {

class relay {
public:
    // Listens from now on. Throws std::runtime_error if that is not possible.
    relay(const options& chosen, EXECUTION_ENGINE_HANDLE engine);

    // Until Ctrl-C, and then until the last connection has ended. Returns the exit code.
    int run();

private:
    void accept_until_interrupted();
    bool drain();
    void accept_one();
    void connect(connection& accepted);
    void watch();

    const options& options_;
    EXECUTION_ENGINE_HANDLE engine_;
    report report_;
    statistics counted_;
    tools::listener listener_;
    std::chrono::steady_clock::time_point next_watch_;
    std::chrono::steady_clock::time_point next_stats_;
    connection_list connections_;
    connector connector_; // last, so that its threads end first
};

} // namespace async_relay
