// What the library logs while this lives.
#pragma once

#include <cstddef>
#include <string>

#include "api.hpp"

namespace sim {

// The innermost one gets the messages. Outside of all the library is silent, as simulate() leaves it.
class message_log {
public:
    explicit message_log(ASYNC_SOCKET_LOG_LEVEL level);
    ~message_log();
    message_log(const message_log&) = delete;
    message_log& operator=(const message_log&) = delete;

    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] const std::string& last() const { return last_; }
    [[nodiscard]] ASYNC_SOCKET_LOG_LEVEL last_level() const { return last_level_; }

private:
    static void take(ASYNC_SOCKET_LOG_LEVEL level, const char* message);

    const ASYNC_SOCKET_LOG_LEVEL level_;
    message_log* const outer_;
    std::size_t count_ = 0;
    std::string last_;
    ASYNC_SOCKET_LOG_LEVEL last_level_ = ASYNC_SOCKET_LOG_OFF;
};

} // namespace sim
