// async_socket/connect.h: as_connect, by name and to several addresses.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

constexpr std::uint32_t for_ever_ms = UINT32_MAX;

// A connect with what is told of it; its stream is closed at the end. One after the other.
class way_there {
public:
    way_there() : told(8)
    {
        options.attempts = told.data();
        options.attempt_capacity = static_cast<std::uint32_t>(told.size());
        options.attempt_count = &count;
        options.reached = &reached;
    }
    ~way_there() { as_stream_close(stream); }
    way_there(const way_there&) = delete;
    way_there& operator=(const way_there&) = delete;

    as_outcome start(const engine& on, const as_target& target)
    {
        return record.noted(as_connect(on.handle(), &target, &options, &record.operation, &stream, until));
    }
    as_outcome start(const engine& on, const std::vector<as_address>& addresses)
    {
        as_target target{};
        target.addresses = addresses.data();
        target.address_count = static_cast<std::uint32_t>(addresses.size());
        return start(on, target);
    }
    // Accepted, and ended: as what?
    template <typename Target>
    as_outcome go(const engine& on, const Target& target)
    {
        expect(start(on, target), AS_DONE);
        return end();
    }
    [[nodiscard]] as_outcome end()
    {
        EXPECT_TRUE(record.wait());
        EXPECT_EQ(record.outcome().how == AS_DONE, stream != nullptr);
        return record.outcome();
    }
    void cancel() { as_operation_cancel(&record.operation); }
    // Which has to last.
    void give(const std::vector<as_option_value>& list)
    {
        options.options = list.data();
        options.option_count = static_cast<std::uint32_t>(list.size());
    }

    // So that nobody has to guess why: with the system's code, whoever ended it.
    [[nodiscard]] bool has_codes_of_failures() const
    {
        return std::all_of(
            told.begin(), told.begin() + static_cast<std::ptrdiff_t>(std::min(count, options.attempt_capacity)),
            [](const as_attempt& each) { return (each.outcome.how == AS_DONE) == (each.outcome.code == 0); });
    }
    // What was told of each attempt: "REFUSED" and so on, in their order.
    [[nodiscard]] std::vector<std::string> hows() const
    {
        std::vector<std::string> all;
        for (std::uint32_t i = 0; i < count && i < options.attempt_capacity; ++i) {
            all.emplace_back(as_how_text(told[i].outcome.how));
        }
        return all;
    }

    as_connect_options options = AS_CONNECT_OPTIONS;
    as_deadline until = AS_NEVER;
    as_stream* stream = nullptr;
    operation_record record;
    std::vector<as_attempt> told;
    std::uint32_t count = 99;
    as_address reached{};
};

using hows = std::vector<std::string>;

// Nobody accepts there, and nobody refuses: the system's queue is full.
class silence {
public:
    explicit silence(const engine& on)
    {
        for (arrival& each : filling_) {
            expect(each.connect(on, address()), AS_DONE);
        }
    }
    ~silence()
    {
        for (arrival& each : filling_) {
            each.cancel();
            (void)each.record.wait();
        }
    }
    silence(const silence&) = delete;
    silence& operator=(const silence&) = delete;

    [[nodiscard]] as_address address() const { return loopback(AS_IPV4, there_.port()); }

private:
    const plain_listener there_{0};
    std::list<arrival> filling_{std::list<arrival>(8)};
};

// The service has to last.
as_target named(const char* host, const std::string& service, as_family family = AS_NO_FAMILY)
{
    as_target target{};
    target.host = host;
    target.service = service.c_str();
    target.family = static_cast<std::uint32_t>(family);
    return target;
}

class OwnConnectByName : public testing::Test {
protected:
    // Whoever connects to it has to wait, where the system has such a place.
    [[nodiscard]] bool is_silent(const silence& there)
    {
        way_there tried;
        tried.until = as_in_ms(100);
        return tried.go(engine_, std::vector{there.address()}).how == AS_TIMED_OUT;
    }

    engine engine_;
};

TEST_F(OwnConnectByName, ConnectsToANameOfThisMachine)
{
    const plain_listener there;
    const std::string port = std::to_string(there.port());
    for (const as_family family : {AS_IPV4, AS_NO_FAMILY}) {
        way_there connected;
        expect(connected.go(engine_, named("localhost", port, family)), AS_DONE);
        EXPECT_TRUE(as_address_equal(&connected.reached, &connected.told[connected.count - 1].address));
        const as_address expected = loopback(AS_IPV4, there.port());
        EXPECT_TRUE(as_address_equal(&connected.reached, &expected));
        EXPECT_EQ(connected.hows().back(), "done");
        peer far_end = there.accept();
        expect_connected(connected.stream, far_end);
    }
}

TEST_F(OwnConnectByName, ConnectsToANotation)
{
    const plain_listener there;
    const std::string port = std::to_string(there.port());
    way_there connected;
    expect(connected.go(engine_, named("127.0.0.1", port)), AS_DONE);
    EXPECT_EQ(connected.hows(), hows{"done"});
    peer far_end = there.accept();
    expect_connected(connected.stream, far_end);
}

// The attempt says it, too, even where no way leads there.
TEST_F(OwnConnectByName, GoesToTheScopeOfANotation)
{
    way_there lost;
    lost.until = as_in_ms(1000); // where nobody says so
    EXPECT_NE(lost.go(engine_, named("fe80::1%1", "9")).how, AS_DONE);
    ASSERT_EQ(lost.count, 1U);
    char text[AS_ADDRESS_TEXT_SIZE];
    (void)as_address_text_with_port(&lost.told[0].address, text, sizeof text);
    EXPECT_STREQ(text, "[fe80::1%1]:9");
    way_there none;
    expect(none.go(engine_, named("fe80::1%nosuchif", "9")), AS_NO_SUCH_NAME);
    EXPECT_NE(none.record.outcome().code, 0U);
    EXPECT_EQ(none.count, 0U);
}

TEST_F(OwnConnectByName, NeedsNoOptions)
{
    const plain_listener there;
    const std::string port = std::to_string(there.port());
    const as_target target = named("127.0.0.1", port);
    way_there connected;
    expect(connected.record.noted(as_connect(engine_.handle(), &target, nullptr, &connected.record.operation,
                                             &connected.stream, AS_NEVER)),
           AS_DONE);
    expect(connected.end(), AS_DONE);
}

TEST_F(OwnConnectByName, TellsThatNobodyKnowsTheName)
{
    way_there lost;
    const as_outcome end = lost.go(engine_, named("nobody.invalid", "80"));
    EXPECT_TRUE(end.how == AS_NO_SUCH_NAME || end.how == AS_FAILED) << as_how_text(end.how);
    EXPECT_NE(end.code, 0U);
    EXPECT_EQ(lost.count, 0U);
}

TEST_F(OwnConnectByName, TriesTheNextWhenOneIsRefused)
{
    const plain_listener nobody(-1);
    const plain_listener there;
    const std::vector<as_address> addresses{loopback(AS_IPV4, nobody.port()), loopback(AS_IPV4, there.port())};
    way_there connected;
    connected.options.delay_ms = for_ever_ms;
    expect(connected.go(engine_, addresses), AS_DONE);
    EXPECT_EQ(connected.hows(), (hows{"refused", "done"}));
    EXPECT_TRUE(as_address_equal(&connected.told[0].address, &addresses[0]));
    EXPECT_NE(connected.told[0].outcome.code, 0U);
    EXPECT_TRUE(as_address_equal(&connected.reached, &addresses[1]));
    peer far_end = there.accept();
    expect_connected(connected.stream, far_end);
}

TEST_F(OwnConnectByName, TriesIPv6First)
{
    const plain_listener there;
    const std::vector<as_address> addresses{loopback(AS_IPV4, there.port()), loopback(AS_IPV6, there.port())};
    way_there connected;
    connected.options.delay_ms = for_ever_ms;
    expect(connected.go(engine_, addresses), AS_DONE);
    ASSERT_EQ(connected.count, 2U);
    EXPECT_EQ(as_address_family(&connected.told[0].address), AS_IPV6);
    EXPECT_EQ(as_address_family(&connected.reached), AS_IPV4);
}

TEST_F(OwnConnectByName, TellsEachReasonIfAllFail)
{
    const plain_listener nobody(-1);
    const as_address closed = loopback(AS_IPV4, nobody.port());
    way_there refused;
    refused.options.attempt_capacity = 2;
    expect(refused.go(engine_, std::vector{closed, closed, closed}), AS_REFUSED);
    EXPECT_NE(refused.record.outcome().code, 0U);
    EXPECT_EQ(refused.count, 3U);
    EXPECT_EQ(refused.hows(), (hows{"refused", "refused"}));
}

TEST_F(OwnConnectByName, TheNextStartsBesideOneThatDoesNotAnswer)
{
    const silence nothing(engine_);
    ASSERT_TRUE(is_silent(nothing)) << "a full queue does not keep others waiting here";
    const plain_listener there;
    way_there connected;
    connected.options.delay_ms = 10;
    expect(connected.go(engine_, std::vector{nothing.address(), loopback(AS_IPV4, there.port())}), AS_DONE);
    EXPECT_EQ(connected.hows(), (hows{"cancelled", "done"}));
    EXPECT_TRUE(connected.has_codes_of_failures());
    peer far_end = there.accept();
    expect_connected(connected.stream, far_end);
}

TEST_F(OwnConnectByName, TheDeadlineIsThatOfAllTogether)
{
    const silence nothing(engine_);
    ASSERT_TRUE(is_silent(nothing)) << "a full queue does not keep others waiting here";
    const plain_listener nobody(-1);
    way_there late;
    late.options.delay_ms = 1;
    late.until = as_in_ms(50);
    const as_address closed = loopback(AS_IPV4, nobody.port());
    expect(late.go(engine_, std::vector{closed, nothing.address(), nothing.address()}), AS_TIMED_OUT);
    EXPECT_GE(as_now(), late.until);
    const std::string first = late.hows().front();
    EXPECT_TRUE(first == "refused" || first == "timed out") << first;
    EXPECT_TRUE(late.count == 1 || late.hows().back() == "timed out");
    EXPECT_NE(late.record.outcome().code, 0U);
    EXPECT_TRUE(late.has_codes_of_failures());
}

TEST_F(OwnConnectByName, ADeadlineThatIsOverEndsIt)
{
    const silence nothing(engine_);
    way_there late;
    late.until = 1;
    const as_outcome end = late.go(engine_, std::vector{nothing.address()});
    EXPECT_TRUE(end.how == AS_TIMED_OUT || end.how == AS_DONE) << as_how_text(end.how);
}

TEST_F(OwnConnectByName, CanBeCancelledWhileItWaits)
{
    const silence nothing(engine_);
    way_there cancelled;
    cancelled.options.delay_ms = for_ever_ms;
    expect(cancelled.start(engine_, std::vector{nothing.address(), nothing.address()}), AS_DONE);
    cancelled.cancel();
    cancelled.cancel();
    const as_outcome end = cancelled.end();
    EXPECT_TRUE(is(end, AS_CANCELLED, 0) || is(end, AS_DONE, 0));
    EXPECT_EQ(end.how == AS_DONE, end.code == 0);
    EXPECT_TRUE(cancelled.has_codes_of_failures());
}

// At any moment: with names, addresses that refuse, that answer, that do not.
TEST_F(OwnConnectByName, CanBeCancelledAtAnyTime)
{
    const plain_listener there(200);
    const plain_listener nobody(-1);
    const std::string port = std::to_string(there.port());
    const std::vector<as_address> addresses{loopback(AS_IPV6, nobody.port()), loopback(AS_IPV4, nobody.port()),
                                            loopback(AS_IPV4, there.port())};
    for (int round = 0; round < 60; ++round) {
        way_there either;
        either.options.delay_ms = 1;
        expect(round % 2 == 0 ? either.start(engine_, addresses) : either.start(engine_, named("localhost", port)),
               AS_DONE);
        std::thread canceller([&] {
            for (int i = 0; i < round / 4; ++i) {
                std::this_thread::yield();
            }
            either.cancel();
        });
        const as_outcome end = either.end();
        canceller.join();
        EXPECT_TRUE(is(end, AS_CANCELLED, 0) || is(end, AS_DONE, 0)) << as_how_text(end.how);
        EXPECT_EQ(either.record.count(), 1U);
    }
}

TEST_F(OwnConnectByName, ManyAtOnce)
{
    const plain_listener there(200);
    const plain_listener nobody(-1);
    const std::vector<as_address> addresses{loopback(AS_IPV4, nobody.port()), loopback(AS_IPV4, there.port()),
                                            loopback(AS_IPV4, there.port())};
    std::list<way_there> all(40);
    for (way_there& each : all) {
        each.options.delay_ms = 1;
        expect(each.start(engine_, addresses), AS_DONE);
    }
    for (way_there& each : all) {
        expect(each.end(), AS_DONE);
        const std::string first = each.hows().front(); // the second may be faster, if the first is told late
        EXPECT_TRUE(first == "refused" || first == "cancelled") << first;
    }
}

// Neither streams nor operations of attempts and timers are left of it when its callback comes.
TEST_F(OwnConnectByName, NothingIsLeftOfIt)
{
    const plain_listener there(200);
    const plain_listener nobody(-1);
    const as_address closed = loopback(AS_IPV4, nobody.port());
    const as_address open = loopback(AS_IPV4, there.port());
    for (int round = 0; round < 20; ++round) {
        engine used;
        way_there connected;
        connected.options.delay_ms = 1 + static_cast<std::uint32_t>(round % 3);
        connected.record.then = [&](const as_outcome&) { as_stream_close(std::exchange(connected.stream, nullptr)); };
        expect(connected.start(used, std::vector{closed, open, open, open}), AS_DONE);
        ASSERT_TRUE(connected.record.wait());
        expect(connected.record.outcome(), AS_DONE);
        expect(as_engine_end_and_wait(used.release()), AS_DONE);
    }
}

TEST_F(OwnConnectByName, KeepsItsEngineWhichCanBeEndedInTheCallback)
{
    const plain_listener nobody(-1);
    const as_address closed = loopback(AS_IPV4, nobody.port());
    way_there refused;
    refused.record.then = [&](const as_outcome&) { as_engine_end(engine_.release()); };
    expect(refused.go(engine_, std::vector{closed, closed}), AS_REFUSED);
    engine given_up;
    way_there other;
    expect(other.start(given_up, named("localhost", std::to_string(nobody.port()))), AS_DONE);
    as_engine_end(given_up.release());
    expect(other.end(), AS_REFUSED);
}

TEST_F(OwnConnectByName, BeginsAgainInItsCallback)
{
    const plain_listener nobody(-1);
    const as_address closed = loopback(AS_IPV4, nobody.port());
    way_there again;
    int left = 3; // the record counts an end behind this, so perhaps behind the next one's
    again.record.then = [&](const as_outcome&) {
        if (left-- > 0) {
            expect(again.start(engine_, std::vector{closed}), AS_DONE);
        }
    };
    expect(again.start(engine_, std::vector{closed}), AS_DONE);
    ASSERT_TRUE(again.record.wait(4));
}

TEST_F(OwnConnectByName, RefusesWhatMakesNoSense)
{
    way_there none;
    const as_address address = loopback(AS_IPV4, 1);
    const std::string port = "80";
    const as_target target = named("localhost", port);
    as_operation& operation = none.record.operation;
    as_operation silent{};
    as_engine* const used = engine_.handle();
    expect(as_connect(nullptr, &target, nullptr, &operation, &none.stream, AS_NEVER), AS_INVALID);
    expect(as_connect(used, nullptr, nullptr, &operation, &none.stream, AS_NEVER), AS_INVALID);
    expect(as_connect(used, &target, nullptr, nullptr, &none.stream, AS_NEVER), AS_INVALID);
    expect(as_connect(used, &target, nullptr, &silent, &none.stream, AS_NEVER), AS_INVALID);
    expect(as_connect(used, &target, nullptr, &operation, nullptr, AS_NEVER), AS_INVALID);
    expect(none.start(engine_, as_target{}), AS_INVALID);
    expect(none.start(engine_, named("localhost", "70000")), AS_INVALID);
    expect(none.start(engine_, named("localhost", "80", AS_UNIX)), AS_INVALID);
    expect(none.start(engine_, std::vector<as_address>(65, address)), AS_INVALID);
    expect(none.start(engine_, std::vector{address, as_address{}}), AS_INVALID);
    as_target both = target;
    both.addresses = &address;
    both.address_count = 1;
    expect(none.start(engine_, both), AS_INVALID);
    none.options.size -= 1;
    expect(none.start(engine_, target), AS_INVALID);
    none.options.size += 1;
    none.options.attempts = nullptr;
    expect(none.start(engine_, target), AS_INVALID);
}

TEST_F(OwnConnectByName, OptionsThatMakeNoSenseAreRefused)
{
    const std::vector<as_address> addresses{loopback(AS_IPV4, 1)};
    const std::vector<std::vector<as_option_value>> lists{
        {{0, 1}},
        {{1000, 1}},
        {{AS_OPTION_NO_DELAY, 2}},
        {{AS_OPTION_SEND_BUFFER, 0}},
        {{AS_OPTION_NO_DELAY, 1}, {AS_OPTION_KEEP_ALIVE, 1}, {AS_OPTION_NO_DELAY, 1}}};
    for (const std::vector<as_option_value>& list : lists) {
        way_there none;
        none.give(list);
        expect(none.start(engine_, addresses), AS_INVALID);
    }
    way_there none;
    none.options.option_count = 1;
    expect(none.start(engine_, addresses), AS_INVALID);
    none.options.option_count = 0;
    const as_address of_no_family{};
    none.options.from = &of_no_family;
    expect(none.start(engine_, addresses), AS_INVALID);
}

TEST_F(OwnConnectByName, HasTheOptionsThatWereAskedFor)
{
    const plain_listener nobody(-1);
    const plain_listener there;
    const std::vector<as_option_value> asked{{AS_OPTION_NO_DELAY, 1},
                                             {AS_OPTION_KEEP_ALIVE, 1},
                                             {AS_OPTION_SEND_BUFFER, 20000},
                                             {AS_OPTION_RECEIVE_BUFFER, 30000},
                                             {AS_OPTION_LINGER, 5}};
    way_there connected;
    connected.give(asked);
    connected.options.delay_ms = for_ever_ms;
    expect(connected.go(engine_, std::vector{loopback(AS_IPV4, nobody.port()), loopback(AS_IPV4, there.port())}),
           AS_DONE);
    EXPECT_EQ(connected.hows(), (hows{"refused", "done"}));
    expect_options(connected.stream, asked);
    peer far_end = there.accept();
    expect_connected(connected.stream, far_end);
}

TEST_F(OwnConnectByName, AnOptionThatTheSystemHasNotFailsEachAttempt)
{
    const plain_listener there;
    const as_address address = loopback(AS_IPV4, there.port());
    const std::vector<as_option_value> of_linux{{AS_OPTION_UNSENT_LOW_WATER, 16384}};
    way_there tried;
    tried.give(of_linux);
    tried.options.delay_ms = for_ever_ms;
    if (has_linux_options()) {
        expect(tried.go(engine_, std::vector{address, address}), AS_DONE);
        expect_options(tried.stream, of_linux);
        return;
    }
    expect(tried.go(engine_, std::vector{address, address}), AS_NOT_AVAILABLE);
    EXPECT_EQ(tried.hows(), (hows{"not available", "not available"}));
    EXPECT_TRUE(tried.has_codes_of_failures());
}

TEST_F(OwnConnectByName, ComesFromTheAddressThatWasAskedFor)
{
    const plain_listener there;
    as_address from{};
    expect(as_address_parse(&from, "127.0.0.2", 0), AS_DONE);
    for (int round = 0; round < 3; ++round) {
        way_there connected;
        connected.options.from = &from;
        expect(connected.go(engine_, std::vector{loopback(AS_IPV4, there.port())}), AS_DONE);
        as_address local{};
        expect(as_stream_local_address(connected.stream, &local), AS_DONE);
        const std::uint16_t port = as_address_port(&local);
        EXPECT_NE(port, 0);
        expect(as_address_set_port(&local, 0), AS_DONE);
        EXPECT_TRUE(as_address_equal(&local, &from));
        peer far_end = there.accept();
        expect_connected(connected.stream, far_end);
    }
}

TEST_F(OwnConnectByName, ComesFromThePortThatWasAskedFor)
{
    const plain_listener there;
    as_address from{};
    {
        const plain_listener free; // its port is, in a moment
        from = loopback(AS_IPV4, free.port());
    }
    way_there connected;
    connected.options.from = &from;
    expect(connected.go(engine_, std::vector{loopback(AS_IPV4, there.port())}), AS_DONE);
    as_address local{};
    expect(as_stream_local_address(connected.stream, &local), AS_DONE);
    EXPECT_TRUE(as_address_equal(&local, &from));
    way_there taken;
    taken.options.from = &from;
    expect(taken.go(engine_, std::vector{loopback(AS_IPV4, there.port())}), AS_FAILED);
    EXPECT_TRUE(taken.has_codes_of_failures());
}

TEST_F(OwnConnectByName, ThereIsNoWayFromAnotherFamily)
{
    const plain_listener there;
    const as_address from = loopback();
    way_there connected;
    connected.options.from = &from;
    connected.options.delay_ms = for_ever_ms;
    expect(connected.go(engine_, std::vector{loopback(AS_IPV4, there.port()), loopback(AS_IPV6, there.port())}),
           AS_DONE);
    EXPECT_EQ(connected.hows(), (hows{"unreachable", "done"}));
    EXPECT_TRUE(connected.has_codes_of_failures());
    way_there none;
    none.options.from = &from;
    expect(none.go(engine_, std::vector{loopback(AS_IPV6, there.port())}), AS_UNREACHABLE);
}

TEST_F(OwnConnectByName, ThereIsNoWayFromAnAddressThatIsNotHere)
{
    const plain_listener there;
    as_address from{};
    expect(as_address_parse(&from, "192.0.2.1", 0), AS_DONE); // for documents, nobody's
    way_there none;
    none.options.from = &from;
    expect(none.go(engine_, std::vector{loopback(AS_IPV4, there.port())}), AS_UNREACHABLE);
    EXPECT_TRUE(none.has_codes_of_failures());
}

} // namespace
