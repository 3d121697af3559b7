// Listeners and connects on a system whose calls fail.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/log.h"
#include "faulty_calls.hpp"
#include "own_engine.hpp"
#include "support/signal.hpp"
#include "sweep.hpp"
#include "variant.hpp"
#include "verdict.hpp"

namespace faults {

namespace {

int warnings = 0;

void count_warning(ASYNC_SOCKET_LOG_LEVEL, const char*)
{
    ++warnings;
}

// An accept or a connect. What it starts is the library's affair.
struct arrival {
    as_operation operation{on_end, this, {}};
    as_stream* stream = nullptr;
    as_outcome outcome{};
    bool has_ended = false;
    contract::signal ended;

    arrival() = default;
    ~arrival()
    {
        const library_call inside;
        as_stream_close(stream);
    }
    arrival(const arrival&) = delete;
    arrival& operator=(const arrival&) = delete;

    [[nodiscard]] as_outcome accept(as_listener* listener)
    {
        const library_call inside;
        return as_listener_accept(listener, &operation, &stream, AS_NEVER);
    }
    [[nodiscard]] as_outcome connect(as_engine* engine, const as_address& to)
    {
        const library_call inside;
        return as_connect_address(engine, &to, &operation, &stream, AS_NEVER);
    }
    [[nodiscard]] as_outcome connect(as_engine* engine, const std::array<as_address, 2>& to,
                                     const as_connect_options& how)
    {
        as_target target{};
        target.addresses = to.data();
        target.address_count = 2;
        const library_call inside;
        return as_connect(engine, &target, &how, &operation, &stream, AS_NEVER);
    }
    void cancel()
    {
        const library_call inside;
        as_operation_cancel(&operation);
    }
    [[nodiscard]] as_outcome wait()
    {
        EXPECT_TRUE(ended.wait([this] { return has_ended; }));
        EXPECT_EQ(stream != nullptr, outcome.how == AS_DONE);
        return outcome;
    }

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        const test_call outside;
        auto& self = *static_cast<arrival*>(operation->context);
        self.ended.update([&] {
            self.outcome = outcome;
            self.has_ended = true;
        });
    }
};

as_address loopback(const char* text)
{
    as_address address{};
    EXPECT_EQ(as_address_parse(&address, text, 0).how, static_cast<std::uint32_t>(AS_DONE));
    return address;
}

class listening {
public:
    explicit listening(const own_engine& on) : on_(on) {}
    ~listening()
    {
        const library_call inside;
        as_listener_close(handle);
    }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;

    [[nodiscard]] as_outcome open(const as_listener_options* options = nullptr)
    {
        const std::array<as_address, 2> both{loopback("127.0.0.1"), loopback("127.0.0.2")};
        const library_call inside;
        return as_listener_open(on_.handle(), both.data(), 2, options, &handle);
    }
    [[nodiscard]] as_outcome open_again(const as_listener_options* options)
    {
        {
            const library_call inside;
            as_listener_close(handle);
        }
        return open(options);
    }
    [[nodiscard]] as_address address(std::uint32_t index) const
    {
        as_address found{};
        EXPECT_EQ(as_listener_address(handle, index, &found).how, static_cast<std::uint32_t>(AS_DONE));
        return found;
    }

    as_listener* handle = nullptr;

private:
    const own_engine& on_;
};

// A connection is made and taken. What was left behind by one that failed may be taken in its place.
bool meet(const own_engine& on, const listening& here, std::uint32_t index)
{
    arrival connect;
    as_outcome made = connect.connect(on.handle(), here.address(index));
    made = made.how == AS_DONE ? connect.wait() : made;
    if (made.how != AS_DONE) {
        return false;
    }
    arrival accept;
    const as_outcome taken = accept.accept(here.handle);
    return taken.how == AS_DONE && accept.wait().how == AS_DONE;
}

std::string run_arrivals()
{
    const test_call outside;
    verdict found;
    {
        const own_engine on;
        listening here(on);
        if (!found.works_at_last("listen", [&] { return here.open().how == AS_DONE; })) {
            return found.text();
        }
        for (const std::uint32_t index : {0U, 1U}) {
            (void)found.works_at_last("meet", [&] { return meet(on, here, index); });
        }
        arrival waiting;
        (void)found.works_at_last("accept", [&] { return waiting.accept(here.handle).how == AS_DONE; });
        waiting.cancel();
        const as_outcome end = waiting.wait();
        found.require(end.how == AS_CANCELLED || has_struck(), "cancelled");
    }
    return found.text();
}

constexpr variant arrival_variants[] = {
    {"accept4", kind::error, EMFILE},      {"accept4", kind::error, ECONNABORTED},
    {"accept4", kind::error, EINVAL},      {"accept4", kind::interrupted, EINTR},
    {"bind", kind::error, EADDRINUSE},     {"connect", kind::error, ENETUNREACH},
    {"connect", kind::interrupted, EINTR}, {"epoll_ctl", kind::error, ENOMEM},
    {"getpeername", kind::error, ENOBUFS}, {"getsockname", kind::error, ENOBUFS},
    {"getsockopt", kind::error, ENOBUFS},  {"listen", kind::error, EADDRINUSE},
    {"malloc", kind::error, ENOMEM},       {"setsockopt", kind::error, ENOMEM},
    {"socket", kind::error, EMFILE},
};

class ArrivalFault : public testing::TestWithParam<variant> {
protected:
    static void SetUpTestSuite() { run_without_faults(run_arrivals); }
};

TEST_P(ArrivalFault, LeavesEverythingInOrder)
{
    expect_order_after_each_fault(GetParam(), run_arrivals);
}

INSTANTIATE_TEST_SUITE_P(Call, ArrivalFault, testing::ValuesIn(arrival_variants),
                         [](const auto& each) { return name_of(each.param); });

class ArrivalError : public testing::Test {
public:
    ArrivalError()
    {
        plan(nullptr);
        warnings = 0;
        async_socket_set_log_level(ASYNC_SOCKET_LOG_WARNING);
        async_socket_set_log_callback(count_warning);
        EXPECT_EQ(here_.open().how, static_cast<std::uint32_t>(AS_DONE));
    }
    ~ArrivalError() override
    {
        plan(nullptr);
        async_socket_set_log_callback(nullptr);
    }
    ArrivalError(const ArrivalError&) = delete;
    ArrivalError& operator=(const ArrivalError&) = delete;

protected:
    static void strike(const variant& how, std::uint32_t count = 1)
    {
        const fault planned{how.call, 1, count, how.what, how.code};
        plan(&planned);
    }
    // Accepts who has connected.
    [[nodiscard]] as_outcome accept() const
    {
        arrival accept;
        const as_outcome taken = accept.accept(here_.handle);
        return taken.how == AS_DONE ? accept.wait() : taken;
    }
    [[nodiscard]] as_outcome connect()
    {
        arrival connect;
        const as_outcome made = connect.connect(on_.handle(), here_.address(0));
        return made.how == AS_DONE ? connect.wait() : made;
    }

    const test_call outside_;
    const own_engine on_;
    listening here_{on_};
};

// LINUX_16_001
TEST_F(ArrivalError, AListenerWithoutRoomWaitsForSome)
{
    for (const int code : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        SCOPED_TRACE(code);
        warnings = 0;
        ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
        strike({"accept4", kind::error, code}, 4);
        EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_DONE));
        EXPECT_GE(calls_of("accept4"), 5U);
        EXPECT_LE(calls_of("accept4"), 20U); // no busy loop: each pause is longer than the one before
        EXPECT_EQ(1, warnings);
    }
}

TEST_F(ArrivalError, NobodyWaitsWhereThereIsNoRoomEither)
{
    arrival waiting;
    strike({"accept4", kind::error, EMFILE}, 1000);
    ASSERT_EQ(waiting.accept(here_.handle).how, static_cast<std::uint32_t>(AS_DONE));
    waiting.cancel();
    EXPECT_EQ(waiting.wait().how, static_cast<std::uint32_t>(AS_CANCELLED));
    EXPECT_EQ(0, warnings);
}

TEST_F(ArrivalError, APeerThatIsLostEndsNothing)
{
    for (const int code : {ECONNABORTED, EPROTO, EPERM, ENETUNREACH}) {
        SCOPED_TRACE(code);
        ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
        strike({"accept4", kind::error, code}, 5);
        EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_DONE));
        EXPECT_EQ(0, warnings);
    }
}

TEST_F(ArrivalError, AListenerThatIsBrokenSaysSo)
{
    ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
    strike({"accept4", kind::error, EINVAL}, 2); // at both doors
    const as_outcome end = accept();
    EXPECT_EQ(end.how, static_cast<std::uint32_t>(AS_FAILED));
    EXPECT_EQ(end.code, static_cast<std::uint32_t>(EINVAL));
    EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_DONE));
}

// There is a connection, and the loop cannot have it.
TEST_F(ArrivalError, AConnectionWithoutRoomForAStreamIsTold)
{
    ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
    strike({"epoll_ctl", kind::error, ENOMEM});
    EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_NO_ROOM));
    ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
    EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_DONE));
}

TEST_F(ArrivalError, APortThatIsTakenAtAnotherAddressIsNotTheChoice)
{
    listening both(on_);
    const fault second{"bind", 2, 1, kind::error, EADDRINUSE};
    plan(&second);
    EXPECT_EQ(both.open().how, static_cast<std::uint32_t>(AS_DONE));
    EXPECT_EQ(calls_of("bind"), 4U);
    listening none(on_);
    strike({"bind", kind::error, EADDRINUSE}, 1000);
    const as_outcome taken = none.open();
    EXPECT_EQ(taken.how, static_cast<std::uint32_t>(AS_FAILED));
    EXPECT_EQ(taken.code, static_cast<std::uint32_t>(EADDRINUSE));
}

TEST_F(ArrivalError, AConnectionThatCannotHaveAnOptionIsLost)
{
    as_listener_options options = AS_LISTENER_OPTIONS;
    const as_option_value asked{AS_OPTION_NO_DELAY, 1};
    options.options = &asked;
    options.option_count = 1;
    ASSERT_EQ(here_.open_again(&options).how, static_cast<std::uint32_t>(AS_DONE));
    ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
    ASSERT_EQ(connect().how, static_cast<std::uint32_t>(AS_DONE));
    strike({"setsockopt", kind::error, ENOBUFS});
    EXPECT_EQ(accept().how, static_cast<std::uint32_t>(AS_DONE));
    EXPECT_EQ(calls_of("accept4"), 2U);
    EXPECT_EQ(1, warnings);
}

TEST_F(ArrivalError, AListenerThatCannotHaveAnOptionIsRefused)
{
    as_listener_options options = AS_LISTENER_OPTIONS;
    const as_option_value asked{AS_OPTION_NO_DELAY, 1};
    options.options = &asked;
    options.option_count = 1;
    listening none(on_);
    strike({"setsockopt", kind::error, ENOPROTOOPT});
    const as_outcome answer = none.open(&options);
    EXPECT_EQ(answer.how, static_cast<std::uint32_t>(AS_NOT_AVAILABLE));
    EXPECT_EQ(answer.code, static_cast<std::uint32_t>(ENOPROTOOPT));
    EXPECT_EQ(none.handle, nullptr);
}

// Of what it does before it connects; the next address is tried.
TEST_F(ArrivalError, AnAttemptSaysWhyItWasNotPrepared)
{
    struct {
        variant fault;
        as_how how;
        std::uint32_t number; // of the call
    } const ends[] = {
        {{"setsockopt", kind::error, ENOPROTOOPT}, AS_NOT_AVAILABLE, 1},
        {{"setsockopt", kind::error, ENOBUFS}, AS_NO_ROOM, 1},
        {{"setsockopt", kind::error, ENOPROTOOPT}, AS_DONE, 2}, // that the port may wait
        {{"bind", kind::error, EADDRNOTAVAIL}, AS_UNREACHABLE, 1},
        {{"bind", kind::error, EADDRINUSE}, AS_FAILED, 1},
    };
    for (const auto& each : ends) {
        SCOPED_TRACE(name_of(each.fault));
        const as_address from = loopback("127.0.0.3");
        const as_option_value asked{AS_OPTION_KEEP_ALIVE, 1};
        as_attempt attempts[2]{};
        as_connect_options how = AS_CONNECT_OPTIONS;
        how.options = &asked;
        how.option_count = 1;
        how.from = &from;
        how.attempts = attempts;
        how.attempt_capacity = 2;
        const fault planned{each.fault.call, each.number, 1, each.fault.what, each.fault.code};
        plan(&planned);
        arrival connect;
        const as_outcome made = connect.connect(on_.handle(), {here_.address(0), here_.address(1)}, how);
        ASSERT_EQ(made.how, static_cast<std::uint32_t>(AS_DONE));
        EXPECT_EQ(connect.wait().how, static_cast<std::uint32_t>(AS_DONE));
        EXPECT_STREQ(as_how_text(attempts[0].outcome.how), as_how_text(each.how));
        EXPECT_EQ(attempts[0].outcome.code, each.how == AS_DONE ? 0U : static_cast<std::uint32_t>(each.fault.code));
        EXPECT_EQ(0, warnings);
    }
}

TEST_F(ArrivalError, AConnectSaysWhy)
{
    struct {
        variant fault;
        as_how how;
    } const ends[] = {
        {{"socket", kind::error, EMFILE}, AS_NO_ROOM},        {{"socket", kind::error, EAFNOSUPPORT}, AS_NOT_AVAILABLE},
        {{"connect", kind::error, ECONNREFUSED}, AS_REFUSED}, {{"connect", kind::error, EHOSTUNREACH}, AS_UNREACHABLE},
        {{"connect", kind::error, ETIMEDOUT}, AS_TIMED_OUT},  {{"connect", kind::error, EAGAIN}, AS_NO_ROOM},
        {{"connect", kind::error, ENOENT}, AS_REFUSED},       {{"connect", kind::error, EADDRNOTAVAIL}, AS_UNREACHABLE},
        {{"connect", kind::error, EACCES}, AS_FAILED},        {{"connect", kind::interrupted, EINTR}, AS_DONE},
        {{"getpeername", kind::error, ENOBUFS}, AS_NO_ROOM},
    };
    for (const auto& each : ends) {
        SCOPED_TRACE(name_of(each.fault));
        strike(each.fault);
        const as_outcome end = connect();
        EXPECT_STREQ(as_how_text(end.how), as_how_text(each.how));
        EXPECT_EQ(end.code, each.how == AS_DONE ? 0U : static_cast<std::uint32_t>(each.fault.code));
        EXPECT_EQ(end.bytes, 0U);
        EXPECT_EQ(0, warnings);
    }
}

} // namespace
} // namespace faults
