// async_socket/connect.hpp, listener.hpp, resolve.hpp: connections made and taken by coroutines.
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "face/ends.hpp"

namespace {

using namespace contract;
using namespace contract::face;
using namespace std::chrono_literals;

class FaceConnect : public FaceTest {
protected:
    [[nodiscard]] as::listener listening(const as::listener_options& options = {})
    {
        auto opened = as::listener::open(engine_, as::address::loopback(as::family::ipv4, 0), options);
        EXPECT_TRUE(opened) << opened.message().c_str();
        return std::move(*opened);
    }
    [[nodiscard]] static as::address address_of(const as::listener& listener) { return *listener.local_address(); }
};

as::task<> echo(as::stream peer)
{
    std::array<std::byte, 1024> room;
    while (const auto got = co_await peer.receive(room, as::within(deadline))) {
        if (!co_await peer.send(got.data(), as::within(deadline))) {
            co_return;
        }
    }
}

as::task<> serve(as::listener& listener, as::scope& peers)
{
    while (auto peer = co_await listener.accept()) {
        peers.spawn(echo(std::move(*peer)));
    }
}

TEST_F(FaceConnect, AServerAndItsClients)
{
    as::listener listener = listening();
    as::scope servers;
    as::scope peers;
    servers.spawn(serve(listener, peers));
    const auto talk = [](as::engine& engine, as::address to, int number) -> as::task<> {
        auto peer = co_await as::connect(engine, to, as::within(deadline));
        EXPECT_TRUE(peer) << peer.message().c_str();
        EXPECT_EQ(peer.reached(), to);
        EXPECT_EQ(peer.attempt_count(), 1U);
        const std::string said = "client " + std::to_string(number);
        std::string heard(said.size(), ' ');
        for (int i = 0; i < 20; ++i) {
            expect(co_await peer->send(said, as::within(deadline)), as::how::done, said.size());
            expect(co_await peer->receive_exactly(heard, as::within(deadline)), as::how::done, said.size());
            EXPECT_EQ(heard, said);
        }
    };
    as::scope clients;
    for (int i = 0; i < 20; ++i) {
        clients.spawn(talk(engine_, address_of(listener), i));
    }
    clients.join();
    servers.stop_and_join();
    peers.join();
}

TEST_F(FaceConnect, ByName)
{
    const auto connect = [](as::engine& engine, as::address to, std::string name) -> as::task<as::result> {
        as::connect_options options;
        options.family = as::family::ipv4;
        auto peer = co_await as::connect(engine, name, std::to_string(to.port()), as::within(deadline), options);
        EXPECT_EQ(peer.reached(), to);
        co_return peer.outcome();
    };
    const as::listener listener = listening();
    expect(as::run(connect(engine_, address_of(listener), "localhost")), as::how::done);
}

TEST_F(FaceConnect, EachAttemptHasItsReason)
{
    as::address nobody;
    {
        const plain_listener bound(-1);
        nobody = as::address::loopback(as::family::ipv4, bound.port());
    }
    const auto connect = [](as::engine& engine, as::address to) -> as::task<> {
        const std::array<as::address, 2> both{to, to};
        std::array<as_attempt, 4> attempts;
        as::connect_options options;
        options.attempts = attempts;
        const auto peer = co_await as::connect(engine, both, as::within(deadline), options);
        expect(peer, as::how::refused);
        EXPECT_FALSE(*peer);
        EXPECT_EQ(peer.attempt_count(), 2U);
        EXPECT_EQ(peer.attempts().size(), 2U);
        for (const as_attempt& each : peer.attempts()) {
            expect(as::result(each.outcome), as::how::refused);
        }
    };
    as::run(connect(engine_, nobody));
}

TEST_F(FaceConnect, WithOptionsFromItsBeginning)
{
    const std::array<as::option_value, 1> no_delay{as::option_value(as::option::no_delay, 1)};
    as::listener_options listener_options;
    listener_options.options = no_delay;
    as::listener listener = listening(listener_options);
    const auto connect = [](as::engine& engine, as::listener& at) -> as::task<> {
        const std::array<as::option_value, 1> options{as::option_value(as::option::no_delay, 1)};
        const as::address from = as::address::loopback(as::family::ipv4, 0);
        as::connect_options asked;
        asked.options = options;
        asked.from = &from;
        const as::address to = *at.local_address();
        auto [accepted, connected] = co_await as::when_all(at.accept(as::within(deadline)),
                                                           as::connect(engine, to, as::within(deadline), asked));
        EXPECT_TRUE(accepted && connected);
        EXPECT_EQ(*accepted->get(as::option::no_delay), 1U);
        EXPECT_EQ(*connected->get(as::option::no_delay), 1U);
    };
    as::run(connect(engine_, listener));
}

TEST_F(FaceConnect, WhatIsStoppedIsCancelled)
{
    as::listener listener = listening();
    const auto accept = [](as::listener& at) -> as::task<> {
        const auto peer = co_await at.accept();
        expect(peer, as::how::cancelled);
        EXPECT_FALSE(*peer);
    };
    as::scope tasks;
    tasks.spawn(accept(listener));
    tasks.stop_and_join();
}

TEST_F(FaceConnect, ADeadlineEndsAnAccept)
{
    as::listener listener = listening();
    const auto accept = [](as::listener& at) -> as::task<as::result> {
        co_return (co_await at.accept(as::within(soon))).outcome();
    };
    expect(as::run(accept(listener)), as::how::timed_out);
    listener.close();
    expect(as::run(accept(listener)), as::how::invalid);
}

TEST_F(FaceConnect, ListensAtAName)
{
    const auto listen = [](as::engine& engine) -> as::task<as::result_of<as::listener>> {
        co_return co_await as::listen(engine, "127.0.0.1", "0");
    };
    auto listener = as::run(listen(engine_));
    ASSERT_TRUE(listener) << listener.message().c_str();
    EXPECT_NE(listener->local_address()->port(), 0);
    EXPECT_EQ(listener->local_address(7), as::how::invalid);
    EXPECT_EQ(as::run(as::listen(engine_, "a name with blanks", "0")), as::how::invalid);
    as::listener_options both;
    both.ipv6_only = false;
    const auto everywhere = as::run(as::listen(engine_, "", "0", both));
    expect(everywhere, as::how::done);
    const as::result_of<as::address> here = everywhere->local_address();
    expect(as::run(as::connect(engine_, as::address::loopback(as::family::ipv4, here->port()))), as::how::done);
    EXPECT_EQ(as::run(as::listen(engine_, "192.0.2.1", "0")), as::how::unreachable);
}

TEST_F(FaceConnect, ListensAtOneFamilyOfAName)
{
    as::listener_options options;
    options.family = as::family::ipv4;
    const auto listener = as::run(as::listen(engine_, "localhost", "0", options));
    ASSERT_TRUE(listener) << listener.message().c_str();
    for (std::uint32_t i = 0; const auto at = listener->local_address(i); ++i) {
        EXPECT_EQ(at->family(), as::family::ipv4);
    }
}

TEST_F(FaceConnect, NamesBecomeAddresses)
{
    const auto resolve = [](as::engine& engine, as::question asked,
                            std::span<as::address> room) -> as::task<as::resolved> {
        co_return co_await as::resolve(engine, asked, room, as::within(deadline));
    };
    std::array<as::address, 4> room;
    const as::question asked{.host = "127.0.0.1", .service = "80", .numeric = true};
    const as::resolved found = as::run(resolve(engine_, asked, room));
    expect(found, as::how::done);
    ASSERT_EQ(found.addresses().size(), 1U);
    EXPECT_STREQ(found.addresses()[0].text().c_str(), "127.0.0.1:80");
    const as::resolved counted = as::run(resolve(engine_, asked, {}));
    EXPECT_EQ(counted.count(), 1U);
    EXPECT_TRUE(counted.addresses().empty());
    EXPECT_EQ(as::run(resolve(engine_, {.host = "", .service = "80"}, room)), as::how::invalid);
    EXPECT_EQ(as::run(resolve(engine_, {.host = "no address", .numeric = true}, room)), as::how::invalid);
    EXPECT_EQ(as::run(resolve(engine_, {.host = "name", .numeric = true}, room)), as::how::no_such_name);
}

TEST_F(FaceConnect, AnEngineIsEndedAndWaitedFor)
{
    as::engine engine;
    EXPECT_STRNE(engine.backend(), "");
    EXPECT_TRUE(engine.statistics());
    {
        const face_end open(engine);
        EXPECT_EQ(engine.end_and_wait(), as::how::invalid) << "a stream is open";
    }
    as::engine moved = std::move(engine);
    EXPECT_TRUE(moved.end_and_wait());
    EXPECT_EQ(moved.end_and_wait(), as::how::invalid) << "there is none any more";
    EXPECT_EQ(as::engine::create({.callbacks = 1, .threads = 2}), as::how::invalid);
    EXPECT_THROW(as::engine({.callbacks = 1, .threads = 2}), std::system_error);
}

} // namespace
