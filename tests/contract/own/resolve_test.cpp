// async_socket/resolve.h, on the machine's own resolver: with what every machine knows, and what none does.
#include "async_socket/resolve.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

as_question asking(const char* host, const char* service)
{
    as_question question{};
    question.host = host;
    question.service = service;
    return question;
}

// One question after the other.
class name_record {
public:
    explicit name_record(std::size_t capacity = 8) : found(capacity) {}

    as_outcome start(const engine& on, const as_question& question)
    {
        return record.noted(as_resolve(on.handle(), &question, &record.operation, found.data(),
                                       static_cast<std::uint32_t>(found.size()), &count, until));
    }
    // Accepted, and ended: as what?
    as_outcome ask(const engine& on, const as_question& question)
    {
        const std::size_t before = record.count();
        expect(start(on, question), AS_DONE);
        EXPECT_TRUE(record.wait(before + 1));
        return record.outcome();
    }
    [[nodiscard]] std::vector<std::string> texts() const
    {
        std::vector<std::string> all;
        for (std::uint32_t i = 0; i < count && i < found.size(); ++i) {
            char text[AS_ADDRESS_TEXT_SIZE];
            (void)as_address_text_with_port(&found[i], text, sizeof text);
            all.emplace_back(text);
        }
        return all;
    }

    operation_record record;
    std::vector<as_address> found;
    std::uint32_t count = 99;
    as_deadline until = AS_NEVER;
};

using texts = std::vector<std::string>;

TEST(OwnResolve, ReadsAnAddressInItsNotation)
{
    const engine used;
    name_record asked;
    expect(asked.ask(used, asking("192.0.2.7", "80")), AS_DONE);
    EXPECT_EQ(asked.texts(), texts{"192.0.2.7:80"});
    expect(asked.ask(used, asking("2001:db8::7", nullptr)), AS_DONE);
    EXPECT_EQ(asked.texts(), texts{"[2001:db8::7]:0"});
}

TEST(OwnResolve, ReadsTheScopeOfAnAddress)
{
    const engine used;
    name_record asked;
    for (const std::uint32_t flags : {0U, AS_QUESTION_NUMERIC}) {
        as_question question = asking("fe80::1%1", "80"); // by number, which needs no interface
        question.flags = flags;
        expect(asked.ask(used, question), AS_DONE);
        EXPECT_EQ(asked.texts(), texts{"[fe80::1%1]:80"});
        question.host = "fe80::1%nosuchif";
        expect(asked.ask(used, question), AS_NO_SUCH_NAME);
        EXPECT_NE(asked.record.outcome().code, 0U);
        EXPECT_EQ(asked.count, 0U);
    }
}

TEST(OwnResolve, KnowsLocalhost)
{
    const engine used;
    name_record asked;
    as_question question = asking("localhost", "4711");
    question.family = AS_IPV4;
    expect(asked.ask(used, question), AS_DONE);
    ASSERT_GE(asked.count, 1U);
    EXPECT_EQ(asked.texts().front(), "127.0.0.1:4711");
}

TEST(OwnResolve, KnowsAService)
{
    const engine used;
    name_record asked;
    as_question question = asking("127.0.0.1", "http");
    const as_outcome outcome = asked.ask(used, question);
    if (outcome.how == AS_NO_SUCH_NAME) { // on a machine without a list of services
        EXPECT_EQ(asked.count, 0U);
        return;
    }
    expect(outcome, AS_DONE);
    EXPECT_EQ(asked.texts(), texts{"127.0.0.1:80"});
}

TEST(OwnResolve, SaysThatThereIsNoSuchAddress)
{
    const engine used;
    name_record asked;
    as_question question = asking("localhost", "80");
    question.flags = AS_QUESTION_NUMERIC;
    expect(asked.ask(used, question), AS_NO_SUCH_NAME);
    EXPECT_NE(asked.record.outcome().code, 0U);
    EXPECT_EQ(asked.count, 0U);
    question = asking("::1", "80");
    question.family = AS_IPV4;
    question.flags = AS_QUESTION_NUMERIC;
    const as_outcome of_the_other_family = asked.ask(used, question);
    EXPECT_TRUE(is(of_the_other_family, AS_NO_SUCH_NAME, 0) || is(of_the_other_family, AS_FAILED, 0)); // Wine: -9
    EXPECT_EQ(asked.count, 0U);
}

TEST(OwnResolve, TellsOfAllInterfacesToWhoListens)
{
    const engine used;
    name_record asked;
    as_question question = asking(nullptr, "80");
    question.flags = AS_QUESTION_PASSIVE;
    question.family = AS_IPV4;
    expect(asked.ask(used, question), AS_DONE);
    EXPECT_EQ(asked.texts(), texts{"0.0.0.0:80"});
}

TEST(OwnResolve, CountsWhatThereIsNoRoomFor)
{
    const engine used;
    name_record asked(0);
    expect(asked.ask(used, asking("127.0.0.1", "80")), AS_DONE);
    EXPECT_EQ(asked.count, 1U);
    operation_record other;
    std::uint32_t count = 0;
    const as_question question = asking("127.0.0.1", "80");
    expect(other.noted(as_resolve(used.handle(), &question, &other.operation, nullptr, 0, &count, AS_NEVER)), AS_DONE);
    ASSERT_TRUE(other.wait());
    EXPECT_EQ(count, 1U);
}

TEST(OwnResolve, RefusesWhatMakesNoSense)
{
    const engine used;
    name_record asked;
    const std::string long_host(256, 'a');
    const std::string long_service(64, 'a');
    for (const as_question& question : {asking("", "80"), asking("a b", "80"), asking(long_host.c_str(), "80"),
                                        asking(nullptr, "80"), asking("localhost", ""), asking("localhost", "70000"),
                                        asking("localhost", " 1"), asking("localhost", long_service.c_str())}) {
        expect(asked.start(used, question), AS_INVALID);
    }
    for (const std::uint32_t family : {std::uint32_t{AS_UNIX}, 77U, ~0U}) {
        as_question question = asking("localhost", "80");
        question.family = family;
        expect(asked.start(used, question), AS_INVALID);
    }
    as_question question = asking("localhost", "80");
    question.flags = 4;
    expect(asked.start(used, question), AS_INVALID);
    as_operation_cancel(&asked.record.operation); // which was never accepted
}

TEST(OwnResolve, RefusesWhatIsNull)
{
    const engine used;
    const as_question question = asking("localhost", "80");
    operation_record record;
    as_operation without = {nullptr, nullptr, {}};
    as_address room;
    std::uint32_t count = 0;
    expect(as_resolve(nullptr, &question, &record.operation, &room, 1, &count, AS_NEVER), AS_INVALID);
    expect(as_resolve(used.handle(), nullptr, &record.operation, &room, 1, &count, AS_NEVER), AS_INVALID);
    expect(as_resolve(used.handle(), &question, nullptr, &room, 1, &count, AS_NEVER), AS_INVALID);
    expect(as_resolve(used.handle(), &question, &without, &room, 1, &count, AS_NEVER), AS_INVALID);
    expect(as_resolve(used.handle(), &question, &record.operation, nullptr, 1, &count, AS_NEVER), AS_INVALID);
    expect(as_resolve(used.handle(), &question, &record.operation, &room, 1, nullptr, AS_NEVER), AS_INVALID);
}

// No machine has it, but some have a server that has to say so, or no server at all.
TEST(OwnResolve, TellsThatNobodyKnowsAName)
{
    const engine used;
    name_record asked;
    const as_outcome outcome = asked.ask(used, asking("nobody.invalid", "80"));
    EXPECT_TRUE(outcome.how == AS_NO_SUCH_NAME || outcome.how == AS_FAILED) << as_how_text(outcome.how);
    EXPECT_NE(outcome.code, 0U);
    EXPECT_EQ(asked.count, 0U);
}

// Whichever comes first, there is one callback.
TEST(OwnResolve, CanBeCancelledAtAnyTime)
{
    const engine used;
    name_record asked;
    for (int i = 0; i < 20; ++i) {
        const std::size_t before = asked.record.count();
        expect(asked.start(used, asking("nobody.invalid", "80")), AS_DONE);
        as_operation_cancel(&asked.record.operation);
        as_operation_cancel(&asked.record.operation);
        ASSERT_TRUE(asked.record.wait(before + 1));
        const std::uint32_t how = asked.record.outcome().how;
        EXPECT_TRUE(how == AS_CANCELLED || how == AS_NO_SUCH_NAME || how == AS_FAILED) << as_how_text(how);
        EXPECT_EQ(asked.count, 0U);
    }
}

TEST(OwnResolve, EndsAtItsDeadlineIfThatIsFirst)
{
    const engine used;
    for (const char* const host : {"nobody.invalid", "127.0.0.1"}) {
        name_record asked;
        asked.until = 1; // is over
        const as_outcome outcome = asked.ask(used, asking(host, "80"));
        EXPECT_NE(outcome.how, std::uint32_t{AS_CANCELLED});
        EXPECT_EQ(asked.count, outcome.how == AS_DONE ? 1U : 0U);
        name_record quick;
        quick.until = as_in_ms(1'000'000);
        expect(quick.ask(used, asking("127.0.0.1", "80")), AS_DONE);
    }
}

TEST(OwnResolve, MayStartAgainInItsCallback)
{
    const engine used;
    name_record asked;
    const as_question question = asking("127.0.0.1", "80");
    int left = 5; // the record counts an end behind this, so perhaps behind the next one's
    asked.record.then = [&](const as_outcome&) {
        if (left-- > 0) {
            expect(asked.start(used, question), AS_DONE);
        }
    };
    expect(asked.start(used, question), AS_DONE);
    ASSERT_TRUE(asked.record.wait(6));
}

// The operation may come to its callback after the engine was given up, and end it.
TEST(OwnResolve, OneThatIsUnderWayKeepsItsEngine)
{
    engine given_up;
    name_record asked;
    expect(asked.start(given_up, asking("localhost", "80")), AS_DONE);
    as_engine_end(given_up.release());
    ASSERT_TRUE(asked.record.wait());
    expect(asked.record.outcome(), AS_DONE);
}

TEST(OwnResolve, TheEndOfTheEngineWaitsForTheCallback)
{
    engine used;
    name_record asked;
    gate has_begun;
    bool has_returned = false;
    as_outcome in_callback{};
    asked.record.then = [&](const as_outcome&) {
        in_callback = as_engine_end_and_wait(used.handle());
        has_begun.open();
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // the longer, the surer is it noticed
        has_returned = true;
    };
    expect(asked.start(used, asking("127.0.0.1", "80")), AS_DONE);
    ASSERT_TRUE(has_begun.wait());
    expect(as_engine_end_and_wait(used.release()), AS_DONE);
    EXPECT_TRUE(has_returned);
    expect(in_callback, AS_INVALID);
}

// The callback is a thread of the engine's, so a close in it works as in all others.
TEST(OwnResolve, AStreamMayBeClosedInItsCallback)
{
    const engine used(1);
    stream_end end(used);
    operation_record receive;
    expect(receive.receive(end.handle(), 10), AS_DONE);
    name_record asked;
    asked.record.then = [&](const as_outcome&) { end.close(); };
    expect(asked.ask(used, asking("127.0.0.1", "80")), AS_DONE);
    ASSERT_TRUE(receive.wait());
    expect(receive.outcome(), AS_CLOSED_HERE);
}

} // namespace
