#include "message_log.hpp"

#include <utility>

#include "model/breach.hpp"

namespace sim {

namespace {

message_log* innermost = nullptr;

} // namespace

void message_log::take(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    trace("log");
    ++innermost->count_;
    innermost->last_ = message;
    innermost->last_level_ = level;
}

message_log::message_log(ASYNC_SOCKET_LOG_LEVEL level) : level_(level), outer_(std::exchange(innermost, this))
{
    async_socket_set_log_callback(take);
    async_socket_set_log_level(level);
}

message_log::~message_log()
{
    innermost = outer_;
    async_socket_set_log_callback(outer_ != nullptr ? take : nullptr);
    async_socket_set_log_level(outer_ != nullptr ? outer_->level_ : ASYNC_SOCKET_LOG_OFF);
}

} // namespace sim
