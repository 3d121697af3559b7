// The whole: accepts, has the connections made, watches over them, and ends in good order.
#pragma once

#include <chrono>

#include "acceptor.hpp"
#include "connection_list.hpp"
#include "options.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace async_relay {

class relay {
public:
    // Listens from now on. Throws std::runtime_error if that is not possible.
    relay(const options& chosen, as_engine* engine);

    // Until Ctrl-C, and then until the last connection has ended. Returns the exit code. No exception: if memory is out
    // the program ends, here as in the callbacks of the connections, which would need what would go.
    int run() noexcept;

private:
    [[nodiscard]] std::size_t room() const;
    void take(as_stream* client);
    bool drain();
    void watch();

    const options& options_;
    as_engine* const engine_;
    report report_;
    statistics counted_;
    std::chrono::steady_clock::time_point next_stats_;
    connection_list connections_;
    acceptor acceptor_;
};

} // namespace async_relay
