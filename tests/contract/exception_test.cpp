// c_pal/async_socket.h: an exception that leaves a callback ends the program. The open callback, and that for
// messages, run on a thread of the caller's, who may be waiting for the exception.
#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "support/completions.hpp"

namespace contract {
namespace {

struct ours {};

// True if an exception came through.
template <typename Call>
bool lets_it_through(Call call)
{
    try {
        call();
    } catch (const ours&) {
        return true;
    }
    return false;
}

// Ends the program in a way of its own unless that has happened before.
template <typename Call>
[[noreturn]] void ends_here(Call call)
{
    (void)lets_it_through(call);
    std::_Exit(0);
}

TEST(ExceptionDeathTest, OfTheOpenCallbackEndsTheProgram)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            const engine engine;
            const loopback_pair connection = connect_pair();
            async_end end(engine.handle(), connection.near_end);
            ends_here([&] { (void)end.open([](void*, ASYNC_SOCKET_OPEN_RESULT) { throw ours(); }, nullptr); });
        },
        "");
}

TEST(ExceptionDeathTest, OfTheCallbackForMessagesEndsTheProgram)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { throw ours(); });
            ends_here([&] { (void)async_socket_send_async(nullptr, nullptr, 0, nullptr, nullptr); });
        },
        "");
}

} // namespace
} // namespace contract
