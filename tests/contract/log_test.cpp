// What the library tells about errors, and what it keeps to itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "async_socket/log.h"
#include "support/completions.hpp"

namespace contract {
namespace {

struct log_line {
    ASYNC_SOCKET_LOG_LEVEL level;
    std::string text;
};

// Collects what is logged instead of letting it go to stderr. The settings are the program's, so only
// one of these exists at a time.
class collected_log {
public:
    collected_log()
    {
        lines().clear();
        async_socket_set_log_callback(note);
    }
    ~collected_log()
    {
        async_socket_set_log_callback(nullptr);
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
    }
    collected_log(const collected_log&) = delete;
    collected_log& operator=(const collected_log&) = delete;

    // What was logged since the last call.
    [[nodiscard]] std::vector<log_line> take()
    {
        const std::lock_guard<std::mutex> lock(mutex());
        return std::exchange(lines(), {});
    }

private:
    static std::mutex& mutex()
    {
        static std::mutex one;
        return one;
    }
    static std::vector<log_line>& lines()
    {
        static std::vector<log_line> all;
        return all;
    }
    static void note(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
    {
        {
            const std::lock_guard<std::mutex> lock(mutex());
            lines().push_back({level, message});
        }
        set_last_error(4711); // a logger that writes somewhere would do no better
    }
};

void expect_one_line(collected_log& log, ASYNC_SOCKET_LOG_LEVEL level)
{
    const std::vector<log_line> lines = log.take();
    ASSERT_EQ(1U, lines.size());
    EXPECT_EQ(level, lines[0].level);
    EXPECT_FALSE(lines[0].text.empty());
    EXPECT_EQ(std::string::npos, lines[0].text.find('\n'));
}

// A connection that lives and ends as connections do.
void run_healthy_connection(EXECUTION_ENGINE_HANDLE engine)
{
    receive_record received;
    open_pair pair(engine);
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    EXPECT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.close();
    EXPECT_TRUE(received.wait());
    async_socket_close(pair.near_end.handle());
}

TEST(Log, ANormalEndOfStreamIsNotLoggedAtAnyLevel)
{
    collected_log log;
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    const engine engine;
    run_healthy_connection(engine.handle());
    EXPECT_EQ(0U, log.take().size());
}

TEST(Log, OurOwnCloseOfPendingOperationsIsNotLoggedAtAnyLevel)
{
    collected_log log;
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    const bytes large = pattern(std::size_t{32} << 20);
    const engine engine;
    send_record sent;
    receive_record received;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), large.data(), large.size()));
    async_socket_close(pair.near_end.handle());
    EXPECT_EQ(1U, sent.count());
    EXPECT_EQ(0U, log.take().size());
}

TEST(Log, ARefusedCallIsOneLine)
{
    collected_log log;
    const engine engine;
    send_record sent;
    receive_record received;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE socket = pair.near_end.handle();
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(socket, nullptr, 1));
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(nullptr, "x", 1));
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_NE(0, received.start(socket, {{nullptr, 1}}));
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_NE(0, received.start(nullptr));
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_NE(0, pair.near_end.open()); // already open
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    shut_down_sending(pair.connection.near_end);
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(socket, "x", 1));
    expect_one_line(log, ASYNC_SOCKET_LOG_WARNING);
}

TEST(Log, AFailedOpenIsOneLine)
{
    collected_log log;
    const engine engine;
    loopback_pair connection = connect_pair();
    close_socket(connection.near_end);
#if ASYNC_SOCKET_API_VERSION == 1
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle(), connection.near_end);
    EXPECT_NE(0, async_socket_open_async(
                     socket, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr));
#else
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle());
#if ASYNC_SOCKET_API_VERSION == 2
    const SOCKET_TRANSPORT_HANDLE given = socket_transport_create_client(); // not connected
#else
    const SOCKET_HANDLE given = connection.near_end;
#endif
    EXPECT_NE(0, async_socket_open_async(
                     socket, given, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr));
#if ASYNC_SOCKET_API_VERSION == 2
    socket_transport_destroy(given);
#endif
#endif
    expect_one_line(log, ASYNC_SOCKET_LOG_ERROR);
    async_socket_destroy(socket);
}

// What also happens in a healthy program is only told to those who ask.
TEST(Log, AResetIsInformation)
{
    collected_log log;
    const engine engine;
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    ASSERT_TRUE(received.wait());
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1));
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    EXPECT_EQ(0U, log.take().size());
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1));
    expect_one_line(log, ASYNC_SOCKET_LOG_INFO);
}

TEST(Log, ACallOnAClosedSocketIsInformation)
{
    collected_log log;
    const engine engine;
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle());
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1));
    EXPECT_EQ(0U, log.take().size());
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1));
    expect_one_line(log, ASYNC_SOCKET_LOG_INFO);
    EXPECT_NE(0, received.start(pair.near_end.handle()));
    expect_one_line(log, ASYNC_SOCKET_LOG_INFO);
}

TEST(Log, CanBeSilent)
{
    collected_log log;
    const engine engine;
    send_record sent;
    open_pair pair(engine.handle());
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), nullptr, 1));
    EXPECT_EQ(0U, log.take().size());
    async_socket_set_log_level(ASYNC_SOCKET_LOG_ERROR);
    shut_down_sending(pair.connection.near_end);
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), "x", 1)); // a warning
    EXPECT_EQ(0U, log.take().size());
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(pair.near_end.handle(), nullptr, 1));
    EXPECT_EQ(1U, log.take().size());
}

TEST(Log, GoesToStderrWithoutACallback)
{
    testing::internal::CaptureStderr();
    send_record sent;
    EXPECT_NE(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(nullptr, "x", 1));
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_NE(std::string::npos, printed.find("async_socket error: async_socket_send_async"));
    EXPECT_EQ(1, std::count(printed.begin(), printed.end(), '\n'));
}

// A caller looks at the last error of a refused send; the logger in between has errors of its own.
TEST(Log, DoesNotDisturbTheLastError)
{
    collected_log log;
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    const engine engine;
    receive_record received;
    send_record sent;
    open_pair pair(engine.handle());
    ASSERT_EQ(0, received.start(pair.near_end.handle()));
    pair.far_end.reset();
    ASSERT_TRUE(received.wait());
    set_last_error(0);
    EXPECT_EQ(send_refused_not_open, sent.start(pair.near_end.handle(), "x", 1));
    EXPECT_EQ(reset_error(), last_error()); // 42_002
    EXPECT_EQ(1U, log.take().size());

    set_last_error(1234);
    EXPECT_EQ(ASYNC_SOCKET_SEND_SYNC_ERROR, sent.start(pair.near_end.handle(), nullptr, 1));
    EXPECT_EQ(1U, log.take().size());
    EXPECT_EQ(1234, last_error());
}

} // namespace
} // namespace contract
