// core/common/log.hpp and async_socket/log.h
#include "core/common/log.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/test_platform.hpp"
#include "support/waiting.hpp"

namespace {

using async_socket::test::background;

// The callback has no context, so what it collects is global.
std::mutex mutex;
std::vector<std::pair<ASYNC_SOCKET_LOG_LEVEL, std::string>> messages;
std::atomic<int> calls{0};

void collect(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    const std::lock_guard lock(mutex);
    messages.emplace_back(level, message);
}

void count(ASYNC_SOCKET_LOG_LEVEL, const char* message)
{
    calls.fetch_add(1, std::memory_order_relaxed);
    EXPECT_EQ(std::strncmp(message, "round ", 6), 0);
}

void count_too(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    count(level, message);
}

class Log : public testing::Test {
public:
    ~Log() override
    {
        async_socket_set_log_callback(nullptr);
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
    }

protected:
    Log()
    {
        messages.clear();
        calls = 0;
        async_socket_set_log_callback(collect);
    }

    // How many of the three levels come through.
    static std::string levels_that_come_through()
    {
        messages.clear();
        LOG_ERROR("e");
        LOG_WARNING("w");
        LOG_INFO("i");
        std::string text;
        for (const auto& [level, message] : messages) {
            text += message;
        }
        return text;
    }
};

TEST_F(Log, ErrorsAndWarningsByDefault)
{
    EXPECT_EQ(levels_that_come_through(), "ew");
}

TEST_F(Log, EachLevelIncludesTheOnesAbove)
{
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    EXPECT_EQ(levels_that_come_through(), "");
    async_socket_set_log_level(ASYNC_SOCKET_LOG_ERROR);
    EXPECT_EQ(levels_that_come_through(), "e");
    async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
    EXPECT_EQ(levels_that_come_through(), "ew");
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    EXPECT_EQ(levels_that_come_through(), "ewi");
}

TEST_F(Log, TheCallbackGetsTheLevelAndTheFormattedMessage)
{
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    LOG_ERROR("%s %d", "one", 1);
    LOG_INFO("100%%");
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].first, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_EQ(messages[0].second, "one 1");
    EXPECT_EQ(messages[1].first, ASYNC_SOCKET_LOG_INFO);
    EXPECT_EQ(messages[1].second, "100%");
}

TEST_F(Log, AnErrorIsToldByItsNumberAndInWords)
{
    LOG_ERROR_CODE(-1, "%s failed", "all");
    LOG_WARNING_CODE(13L, "listen");
    LOG_WARNING_CODE(async_socket::test::wordless_error, "listen");
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0].first, ASYNC_SOCKET_LOG_ERROR);
    EXPECT_EQ(messages[0].second, "all failed: error 4294967295 (words of 4294967295)");
    EXPECT_EQ(messages[1].first, ASYNC_SOCKET_LOG_WARNING);
    EXPECT_EQ(messages[1].second, "listen: error 13 (words of 13)");
    EXPECT_EQ(messages[2].second, "listen: error 4711");
}

TEST_F(Log, AnErrorIsNotCutWithItsMessage)
{
    const std::string text(100000, 'x');
    LOG_ERROR_CODE(13, "%s", text.c_str());
    ASSERT_EQ(messages.size(), 1U);
    const std::string& cut = messages[0].second;
    const std::string error = ": error 13 (words of 13)";
    ASSERT_GT(cut.size(), 100U);
    EXPECT_EQ(cut, text.substr(0, cut.size() - error.size()) + error);
}

TEST_F(Log, AMessageThatIsOffIsNotFormatted)
{
    int evaluated = 0;
    LOG_INFO("%d", ++evaluated);
    EXPECT_EQ(evaluated, 0);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    LOG_ERROR("%d", ++evaluated);
    LOG_ERROR_CODE(++evaluated, "one that is off");
    EXPECT_EQ(evaluated, 0);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    LOG_INFO("%d", ++evaluated);
    EXPECT_EQ(evaluated, 1);
}

TEST_F(Log, ALongMessageIsCut)
{
    const std::string text(100000, 'x');
    LOG_ERROR("%s", text.c_str());
    ASSERT_EQ(messages.size(), 1U);
    const std::string& cut = messages[0].second;
    EXPECT_GE(cut.size(), 100U);
    EXPECT_LT(cut.size(), text.size());
    EXPECT_EQ(cut, text.substr(0, cut.size()));
}

TEST_F(Log, TheLastErrorIsUndisturbed)
{
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { errno = ENOMEM; });
    errno = EAGAIN;
    LOG_ERROR("%s", "an error");
    EXPECT_EQ(errno, EAGAIN);
    LOG_INFO("%s", "one that is off");
    EXPECT_EQ(errno, EAGAIN);
    LOG_ERROR_CODE(ENOMEM, "an error");
    EXPECT_EQ(errno, EAGAIN);
}

TEST_F(Log, TheCallbackSeesTheLastError)
{
    static int seen = 0;
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { seen = errno; });
    errno = EAGAIN;
    LOG_ERROR("formatted %d %s", 1, "two");
    EXPECT_EQ(seen, EAGAIN);
    seen = 0;
    LOG_ERROR_CODE(ENOMEM, "with words");
    EXPECT_EQ(seen, EAGAIN);
}

TEST_F(Log, WithoutACallbackMessagesGoToStderrOneLineEach)
{
    async_socket_set_log_callback(nullptr);
    testing::internal::CaptureStderr();
    LOG_ERROR("first");
    LOG_WARNING("second");
    LOG_INFO("off");
    errno = EAGAIN;
    LOG_ERROR("third");
    const int after = errno;
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "async_socket error: first\nasync_socket warning: second\nasync_socket error: third\n");
    EXPECT_EQ(after, EAGAIN);
}

TEST_F(Log, SilentWithoutACallbackToo)
{
    async_socket_set_log_callback(nullptr);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    testing::internal::CaptureStderr();
    LOG_ERROR("silent");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Log, SettingsMayChangeWhileOthersLog)
{
    async_socket_set_log_callback(count);
    std::atomic<bool> over{false};
    {
        const auto keep_logging = [&] {
            for (int round = 0; !over; ++round) {
                LOG_WARNING("round %d", round);
            }
        };
        background first(keep_logging);
        background second(keep_logging);
        for (int i = 0; i < 5000; ++i) {
            async_socket_set_log_callback(i % 2 == 0 ? count_too : count);
            async_socket_set_log_level(i % 3 == 0 ? ASYNC_SOCKET_LOG_OFF : ASYNC_SOCKET_LOG_WARNING);
        }
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
        EXPECT_TRUE(async_socket::test::wait_until([] { return calls > 0; }));
        over = true;
    }
    EXPECT_GT(calls, 0);
}

} // namespace
