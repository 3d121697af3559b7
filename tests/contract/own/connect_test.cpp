// async_socket/connect.h: as_connect_address.
#include <gtest/gtest.h>

#include <array>
#include <list>
#include <thread>

#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnConnect : public testing::Test {
protected:
    engine engine_;
};

// Its answers come in a callback or at once.
as_how end_of(arrival& connected, const as_outcome& answer)
{
    const as_outcome end = answer.how == AS_DONE ? connected.end() : answer;
    EXPECT_EQ(end.bytes, 0U);
    return static_cast<as_how>(end.how);
}

TEST_F(OwnConnect, ConnectsToWhoListens)
{
    const plain_listener there;
    arrival connected;
    expect(connected.connect(engine_, loopback(AS_IPV4, there.port())), AS_DONE);
    peer far_end = there.accept();
    expect(connected.end(), AS_DONE);
    ASSERT_NE(connected.stream, nullptr);
    expect_connected(connected.stream, far_end);
}

TEST_F(OwnConnect, IsRefusedWhereNobodyListens)
{
    const plain_listener nobody(-1);
    arrival connected;
    const as_outcome answer = connected.connect(engine_, loopback(AS_IPV4, nobody.port()));
    EXPECT_EQ(end_of(connected, answer), AS_REFUSED);
    EXPECT_EQ(connected.stream, nullptr);
}

TEST_F(OwnConnect, ManyAtOnce)
{
    const listening here(engine_);
    std::list<arrival> accepted(50);
    std::list<arrival> connected(50);
    for (arrival& each : accepted) {
        expect(each.accept(here.handle()), AS_DONE);
    }
    for (arrival& each : connected) {
        expect(each.connect(engine_, here.address()), AS_DONE);
    }
    for (arrival& each : connected) {
        expect(each.end(), AS_DONE);
    }
    for (arrival& each : accepted) {
        expect(each.end(), AS_DONE);
    }
}

// Nobody accepts, and nobody refuses: the system's queue is full.
class full_queue {
public:
    explicit full_queue(const engine& on)
    {
        for (arrival& each : filling_) {
            expect(each.connect(on, address()), AS_DONE);
        }
    }
    ~full_queue()
    {
        for (arrival& each : filling_) {
            each.cancel();
            (void)each.record.wait();
        }
    }
    full_queue(const full_queue&) = delete;
    full_queue& operator=(const full_queue&) = delete;

    [[nodiscard]] as_address address() const { return loopback(AS_IPV4, there_.port()); }

private:
    const plain_listener there_{0};
    std::list<arrival> filling_{std::list<arrival>(8)};
};

TEST_F(OwnConnect, ACancelEndsIt)
{
    const full_queue there(engine_);
    std::array<arrival, 2> connected;
    for (arrival& each : connected) {
        expect(each.connect(engine_, there.address()), AS_DONE);
        each.cancel();
        each.cancel();
        const as_outcome end = each.end();
        EXPECT_TRUE(is(end, AS_CANCELLED, 0) || is(end, AS_DONE, 0)); // the latter where the queue is longer than asked
        EXPECT_EQ(end.how == AS_DONE, each.stream != nullptr);
    }
    expect(connected[0].connect(engine_, there.address()), AS_DONE); // the memory is free again
    connected[0].cancel();
    ASSERT_TRUE(connected[0].record.wait(2));
}

TEST_F(OwnConnect, ACancelRacesWithTheConnection)
{
    const plain_listener there(200);
    for (int round = 0; round < 50; ++round) {
        arrival connected;
        expect(connected.connect(engine_, loopback(AS_IPV4, there.port())), AS_DONE);
        std::thread canceller([&] { connected.cancel(); });
        const as_outcome end = connected.end();
        canceller.join();
        EXPECT_TRUE(is(end, AS_CANCELLED, 0) || is(end, AS_DONE, 0));
        EXPECT_EQ(end.how == AS_DONE, connected.stream != nullptr);
    }
}

// As somebody does who tries one address after the other.
TEST_F(OwnConnect, BeginsAgainInTheCallback)
{
    const plain_listener nobody(-1);
    const plain_listener there;
    arrival connected;
    gate over;
    connected.record.then = [&](const as_outcome& outcome) {
        if (outcome.how != AS_DONE) {
            expect(connected.connect(engine_, loopback(AS_IPV4, there.port())), AS_DONE);
        } else {
            over.open();
        }
    };
    const as_outcome answer = connected.connect(engine_, loopback(AS_IPV4, nobody.port()));
    if (answer.how != AS_DONE) {
        expect(connected.connect(engine_, loopback(AS_IPV4, there.port())), AS_DONE);
    }
    ASSERT_TRUE(over.wait());
    peer far_end = there.accept();
    expect_connected(connected.stream, far_end);
}

TEST_F(OwnConnect, TheEngineCanBeEndedInTheCallback)
{
    const plain_listener nobody(-1);
    arrival connected;
    connected.record.then = [&](const as_outcome&) { as_engine_end(engine_.release()); };
    const as_outcome answer = connected.connect(engine_, loopback(AS_IPV4, nobody.port()));
    EXPECT_EQ(end_of(connected, answer), AS_REFUSED);
}

TEST_F(OwnConnect, KeepsItsEngine)
{
    const full_queue there(engine_);
    arrival connected;
    expect(connected.connect(engine_, there.address()), AS_DONE);
    expect(as_engine_end_and_wait(engine_.handle()), AS_INVALID);
    as_engine_end(engine_.release());
    connected.cancel();
    (void)connected.end();
}

TEST_F(OwnConnect, WhatIsLeftOfAFailureIsNothing)
{
    engine alone;
    {
        const plain_listener nobody(-1);
        for (int i = 0; i < 20; ++i) {
            arrival connected;
            const as_outcome answer = connected.connect(alone, loopback(AS_IPV4, nobody.port()));
            EXPECT_EQ(end_of(connected, answer), AS_REFUSED);
        }
    }
    expect(as_engine_end_and_wait(alone.release()), AS_DONE); // no stream is left on it
}

TEST_F(OwnConnect, NoWayIsUnreachable)
{
    as_address broadcast{};
    expect(as_address_parse(&broadcast, "fe80::1%4000000", 1), AS_DONE); // of an interface that is not there
    arrival connected;
    const as_outcome answer = connected.connect(engine_, broadcast);
    const as_how how = end_of(connected, answer);
    EXPECT_TRUE(how == AS_UNREACHABLE || how == AS_FAILED || how == AS_NOT_AVAILABLE) << as_how_text(how);
    EXPECT_EQ(connected.stream, nullptr);
}

TEST_F(OwnConnect, WhatMakesNoSenseIsRefused)
{
    arrival connected;
    as_operation& operation = connected.record.operation;
    as_operation silent{};
    const as_address address = loopback(AS_IPV4, 1);
    const as_address of_no_family{};
    expect(as_connect_address(nullptr, &address, &operation, &connected.stream, AS_NEVER), AS_INVALID);
    expect(as_connect_address(engine_.handle(), nullptr, &operation, &connected.stream, AS_NEVER), AS_INVALID);
    expect(as_connect_address(engine_.handle(), &of_no_family, &operation, &connected.stream, AS_NEVER), AS_INVALID);
    expect(as_connect_address(engine_.handle(), &address, nullptr, &connected.stream, AS_NEVER), AS_INVALID);
    expect(as_connect_address(engine_.handle(), &address, &silent, &connected.stream, AS_NEVER), AS_INVALID);
    expect(as_connect_address(engine_.handle(), &address, &operation, nullptr, AS_NEVER), AS_INVALID);
}

} // namespace
