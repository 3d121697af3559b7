// async_socket/listener.h.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

class OwnListener : public testing::Test {
protected:
    engine engine_;
};

TEST_F(OwnListener, AcceptsWhoConnectsAfterwards)
{
    const listening here(engine_);
    arrival accepted;
    expect(accepted.accept(here.handle()), AS_DONE);
    peer far_end = here.connect();
    expect(accepted.end(), AS_DONE);
    ASSERT_NE(accepted.stream, nullptr);
    expect_connected(accepted.stream, far_end);
}

TEST_F(OwnListener, AcceptsWhoHasConnectedBefore)
{
    const listening here(engine_);
    std::array<peer, 3> far_ends{here.connect(), here.connect(), here.connect()};
    for (peer& each : far_ends) {
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        expect(accepted.end(), AS_DONE);
        expect_connected(accepted.stream, each);
    }
}

TEST_F(OwnListener, SeveralAcceptsAreToldInTheirOrder)
{
    const listening here(engine_);
    std::array<arrival, 5> accepted;
    contract::signal told;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        accepted[i].record.then = [&, i](const as_outcome&) { told.update([&] { order.push_back(i); }); };
        expect(accepted[i].accept(here.handle()), AS_DONE);
    }
    std::vector<peer> far_ends;
    far_ends.reserve(accepted.size());
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        far_ends.push_back(here.connect());
    }
    for (arrival& each : accepted) {
        expect(each.end(), AS_DONE);
    }
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    for (arrival& each : accepted) { // whichever of the peers it is
        ASSERT_NE(each.stream, nullptr);
        operation_record send;
        expect(send.send(each.stream, pattern(4)), AS_DONE);
        ASSERT_TRUE(send.wait());
    }
    for (peer& each : far_ends) {
        EXPECT_EQ(each.receive(4), pattern(4));
    }
}

// As servers do.
TEST_F(OwnListener, AcceptsAgainInTheCallback)
{
    const listening here(engine_);
    arrival accepted;
    std::vector<as_stream*> streams; // of callbacks, which come one after the other
    accepted.record.then = [&](const as_outcome& outcome) {
        if (outcome.how == AS_DONE) {
            streams.push_back(accepted.release());
            if (streams.size() < 100) {
                expect(accepted.accept(here.handle()), AS_DONE);
            }
        }
    };
    expect(accepted.accept(here.handle()), AS_DONE);
    std::vector<peer> far_ends;
    far_ends.reserve(100);
    for (int i = 0; i < 100; ++i) {
        far_ends.push_back(here.connect());
    }
    ASSERT_TRUE(accepted.record.wait(100));
    ASSERT_EQ(streams.size(), 100U);
    for (as_stream* each : streams) {
        as_stream_close(each);
    }
}

TEST_F(OwnListener, HasAllItsAddressesWithOnePort)
{
    if (!has_ipv6(engine_)) { // on this machine; that it is told is in has_ipv6
        return;
    }
    const listening here(engine_, {loopback(), loopback(AS_IPV6)});
    EXPECT_NE(as_address_port(std::make_unique<as_address>(here.address(0)).get()), 0);
    const as_address ipv4 = here.address(0);
    const as_address ipv6 = here.address(1);
    EXPECT_EQ(as_address_port(&ipv4), as_address_port(&ipv6));
    EXPECT_EQ(as_address_family(&ipv4), AS_IPV4);
    EXPECT_EQ(as_address_family(&ipv6), AS_IPV6);
    as_address none{};
    expect(as_listener_address(here.handle(), 2, &none), AS_INVALID);
    for (int round = 0; round < 5; ++round) {
        for (const std::uint32_t index : {1U, 0U, 0U, 1U}) {
            arrival accepted;
            expect(accepted.accept(here.handle()), AS_DONE);
            peer far_end = here.connect(index);
            expect(accepted.end(), AS_DONE);
            expect_connected(accepted.stream, far_end);
        }
    }
}

// With more accepts than connections, and the other way round, at both addresses.
TEST_F(OwnListener, GivesEachConnectionToOneAccept)
{
    const bool both = has_ipv6(engine_);
    const listening here(engine_, both ? std::vector{loopback(), loopback(AS_IPV6)} : std::vector{loopback()});
    for (const std::size_t ahead : {0U, 2U, 4U}) {
        std::array<arrival, 4> accepted;
        for (std::size_t i = 0; i < ahead; ++i) {
            expect(accepted[i].accept(here.handle()), AS_DONE);
        }
        std::vector<peer> far_ends;
        for (std::uint32_t i = 0; i < 4; ++i) {
            far_ends.push_back(here.connect(both ? i % 2 : 0));
        }
        for (std::size_t i = ahead; i < accepted.size(); ++i) {
            expect(accepted[i].accept(here.handle()), AS_DONE);
        }
        for (arrival& each : accepted) {
            expect(each.end(), AS_DONE);
            operation_record send;
            expect(send.send(each.stream, pattern(4)), AS_DONE);
            ASSERT_TRUE(send.wait());
        }
        for (peer& each : far_ends) {
            EXPECT_EQ(each.receive(4), pattern(4));
        }
    }
}

TEST_F(OwnListener, ACancelledAcceptLeavesTheOthersAndTheConnection)
{
    const listening here(engine_);
    std::array<arrival, 3> accepted;
    for (arrival& each : accepted) {
        expect(each.accept(here.handle()), AS_DONE);
    }
    accepted[1].cancel();
    expect(accepted[1].end(), AS_CANCELLED);
    EXPECT_EQ(accepted[1].stream, nullptr);
    peer first = here.connect();
    expect(accepted[0].end(), AS_DONE);
    expect_connected(accepted[0].stream, first);
    peer second = here.connect();
    expect(accepted[2].end(), AS_DONE);
    expect_connected(accepted[2].stream, second);
}

TEST_F(OwnListener, ACancelRacesWithAConnection)
{
    const listening here(engine_);
    for (int round = 0; round < 50; ++round) {
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        std::thread canceller([&] { accepted.cancel(); });
        peer far_end = here.connect();
        canceller.join();
        if (accepted.end().how != AS_DONE) { // then it is the next one's
            expect(accepted.record.outcome(), AS_CANCELLED);
            expect(accepted.accept(here.handle()), AS_DONE);
            ASSERT_TRUE(accepted.record.wait(2));
        }
        expect(accepted.record.outcome(), AS_DONE);
        expect_connected(accepted.stream, far_end);
    }
}

TEST_F(OwnListener, ACloseEndsWhatIsUnderWay)
{
    listening here(engine_);
    std::array<arrival, 3> accepted;
    for (arrival& each : accepted) {
        expect(each.accept(here.handle()), AS_DONE);
    }
    here.close();
    for (arrival& each : accepted) {
        EXPECT_EQ(each.record.count(), 1U);
        expect(each.end(), AS_CLOSED_HERE);
        EXPECT_EQ(each.stream, nullptr);
    }
}

TEST_F(OwnListener, ItsPortIsFreeWhenItIsClosed)
{
    as_address address{};
    for (int round = 0; round < 3; ++round) {
        listening here(engine_, {address.size == 0 ? loopback() : address});
        address = here.address();
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        peer far_end = here.connect();
        expect(accepted.end(), AS_DONE);
        as_stream_close(accepted.release()); // so this end's connection fades away
        here.close();
    }
    std::size_t size = 0;
    const void* const system = as_address_system(&address, &size);
    EXPECT_THROW((void)connect_to(system, size), std::runtime_error);
}

TEST_F(OwnListener, IsClosedInItsCallback)
{
    listening here(engine_);
    std::array<arrival, 2> accepted;
    accepted[0].record.then = [&](const as_outcome&) { here.close(); };
    for (arrival& each : accepted) {
        expect(each.accept(here.handle()), AS_DONE);
    }
    peer far_end = here.connect();
    expect(accepted[0].end(), AS_DONE);
    ASSERT_TRUE(accepted[1].record.wait());
    expect(accepted[1].record.outcome(), AS_CLOSED_HERE);
    expect_connected(accepted[0].stream, far_end);
}

TEST_F(OwnListener, AClosingListenerAnswersNothing)
{
    listening here(engine_);
    as_listener* const listener = here.handle();
    gate has_begun;
    gate may_end;
    arrival accepted;
    accepted.record.then = [&](const as_outcome&) {
        has_begun.open();
        (void)may_end.wait();
    };
    expect(accepted.accept(listener), AS_DONE);
    const peer far_end = here.connect();
    ASSERT_TRUE(has_begun.wait());
    std::thread closer([&] { here.close(); }); // waits for the callback
    as_address address{};
    EXPECT_TRUE(becomes_true([&] { return as_listener_address(listener, 0, &address).how == AS_CLOSED_HERE; }));
    may_end.open();
    closer.join();
}

// A connection is either told to an accept, or its peer sees its end.
TEST_F(OwnListener, ACloseRacesWithConnections)
{
    for (int round = 0; round < 50; ++round) {
        listening here(engine_);
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        peer far_end = here.connect();
        here.close();
        if (accepted.end().how == AS_DONE) {
            expect_connected(accepted.stream, far_end);
        } else {
            expect(accepted.record.outcome(), AS_CLOSED_HERE);
            EXPECT_TRUE(far_end.receive(1).empty());
        }
    }
}

TEST_F(OwnListener, ALostPeerEndsNothing)
{
    const listening here(engine_);
    for (int i = 0; i < 5; ++i) {
        here.connect().reset(); // before anybody has accepted it
    }
    peer far_end = here.connect();
    for (int found = 0; found < 6; ++found) { // the system may hand over those that are gone
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        expect(accepted.end(), AS_DONE);
        operation_record receive;
        if (found == 0) {
            ASSERT_TRUE(far_end.send(pattern(1)));
        }
        const as_outcome started = receive.receive(accepted.stream, 1);
        if (started.how == AS_DONE) {
            ASSERT_TRUE(receive.wait());
            if (receive.outcome().how == AS_DONE) {
                return;
            }
        }
    }
    FAIL() << "the last one was not found";
}

TEST_F(OwnListener, KeepsItsEngine)
{
    listening here(engine_);
    expect(as_engine_end_and_wait(engine_.handle()), AS_INVALID);
    as_engine_end(engine_.release());
    arrival accepted;
    expect(accepted.accept(here.handle()), AS_DONE);
    peer far_end = here.connect();
    expect(accepted.end(), AS_DONE);
    here.close();
    expect_connected(accepted.stream, far_end);
}

TEST_F(OwnListener, WhatMakesNoSenseIsRefused)
{
    as_listener* listener = nullptr;
    const as_address address = loopback();
    const std::vector<as_address> many(AS_LISTENER_ADDRESSES + 1, address);
    as_listener_options odd = AS_LISTENER_OPTIONS;
    odd.size = 1;
    as_listener_options no_bool = AS_LISTENER_OPTIONS;
    no_bool.ipv6_only = 2;
    as_listener_options no_choice = AS_LISTENER_OPTIONS;
    no_choice.reuse_address = 2;
    as_listener_options reserved = AS_LISTENER_OPTIONS;
    reserved.reserved = 1;
    as_listener_options no_list = AS_LISTENER_OPTIONS;
    no_list.option_count = 1;
    const as_option_value twice[] = {{AS_OPTION_NO_DELAY, 1}, {AS_OPTION_NO_DELAY, 1}};
    as_listener_options odd_list = AS_LISTENER_OPTIONS;
    odd_list.options = twice;
    odd_list.option_count = 2;
    const as_address of_no_family{};
    expect(as_listener_open(nullptr, &address, 1, nullptr, &listener), AS_INVALID);
    expect(as_listener_open(engine_.handle(), nullptr, 1, nullptr, &listener), AS_INVALID);
    expect(as_listener_open(engine_.handle(), &address, 0, nullptr, &listener), AS_INVALID);
    expect(as_listener_open(engine_.handle(), &address, 1, nullptr, nullptr), AS_INVALID);
    expect(as_listener_open(engine_.handle(), many.data(), AS_LISTENER_ADDRESSES + 1, nullptr, &listener), AS_INVALID);
    expect(as_listener_open(engine_.handle(), &of_no_family, 1, nullptr, &listener), AS_INVALID);
    for (const as_listener_options& each : {odd, no_bool, no_choice, reserved, no_list, odd_list}) {
        expect(as_listener_open(engine_.handle(), &address, 1, &each, &listener), AS_INVALID);
    }
    EXPECT_EQ(listener, nullptr);
    const listening here(engine_);
    arrival accepted;
    as_operation silent{};
    as_address found{};
    expect(as_listener_accept(nullptr, &accepted.record.operation, &accepted.stream, AS_NEVER), AS_INVALID);
    expect(as_listener_accept(here.handle(), nullptr, &accepted.stream, AS_NEVER), AS_INVALID);
    expect(as_listener_accept(here.handle(), &silent, &accepted.stream, AS_NEVER), AS_INVALID);
    expect(as_listener_accept(here.handle(), &accepted.record.operation, nullptr, AS_NEVER), AS_INVALID);
    expect(as_listener_address(nullptr, 0, &found), AS_INVALID);
    expect(as_listener_address(here.handle(), 0, nullptr), AS_INVALID);
    expect(as_listener_address(here.handle(), 1, &found), AS_INVALID);
    as_listener_close(nullptr);
}

TEST_F(OwnListener, TheSystemsRefusalsAreTold)
{
    const listening here(engine_);
    as_listener* listener = nullptr;
    as_address elsewhere{};
    expect(as_address_parse(&elsewhere, "192.0.2.1", 0), AS_DONE); // for documents, nobody's
    const as_outcome is_taken = [&] {
        const as_address taken = here.address();
        return as_listener_open(engine_.handle(), &taken, 1, nullptr, &listener);
    }();
    EXPECT_EQ(is_taken.how, AS_FAILED);
    EXPECT_NE(is_taken.code, 0U);
    EXPECT_EQ(as_listener_open(engine_.handle(), &elsewhere, 1, nullptr, &listener).how, AS_UNREACHABLE);
    const std::array<as_address, 2> one_of_them{loopback(), elsewhere}; // all or none
    EXPECT_EQ(as_listener_open(engine_.handle(), one_of_them.data(), 2, nullptr, &listener).how, AS_UNREACHABLE);
    EXPECT_EQ(listener, nullptr);
}

TEST_F(OwnListener, TakesBothFamiliesIfItIsAsked)
{
    if (!has_ipv6(engine_)) { // on this machine; that it is told is in has_ipv6
        return;
    }
    as_address any{};
    expect(as_address_any(&any, AS_IPV6, 0), AS_DONE);
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.ipv6_only = 0;
    options.backlog = 10;
    options.reuse_address = 0;
    const listening here(engine_, {any}, &options);
    const as_address bound = here.address();
    const as_address ipv4 = loopback(AS_IPV4, as_address_port(&bound));
    arrival accepted;
    arrival connected;
    expect(accepted.accept(here.handle()), AS_DONE);
    expect(connected.connect(engine_, ipv4), AS_DONE);
    expect(accepted.end(), AS_DONE);
    expect(connected.end(), AS_DONE);
}

// From the first on, and at each of its addresses.
TEST_F(OwnListener, GivesItsStreamsTheirOptions)
{
    const std::vector<as_option_value> asked{{AS_OPTION_NO_DELAY, 1},
                                             {AS_OPTION_KEEP_ALIVE, 1},
                                             {AS_OPTION_SEND_BUFFER, 20000},
                                             {AS_OPTION_RECEIVE_BUFFER, 30000},
                                             {AS_OPTION_LINGER, 5}};
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.options = asked.data();
    options.option_count = static_cast<std::uint32_t>(asked.size());
    as_address other{};
    expect(as_address_parse(&other, "127.0.0.2", 0), AS_DONE);
    const listening here(engine_, {loopback(), other}, &options);
    for (const std::uint32_t index : {0U, 1U, 0U}) {
        arrival accepted;
        expect(accepted.accept(here.handle()), AS_DONE);
        peer far_end = here.connect(index);
        expect(accepted.end(), AS_DONE);
        expect_options(accepted.stream, asked);
        expect_connected(accepted.stream, far_end);
    }
}

TEST_F(OwnListener, IsRefusedAnOptionThatTheSystemHasNot)
{
    const as_option_value of_linux{AS_OPTION_UNSENT_LOW_WATER, 16384};
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.options = &of_linux;
    options.option_count = 1;
    const as_address address = loopback();
    as_listener* listener = nullptr;
    const as_outcome opened = as_listener_open(engine_.handle(), &address, 1, &options, &listener);
    expect(opened, has_linux_options() ? AS_DONE : AS_NOT_AVAILABLE);
    EXPECT_EQ(opened.code == 0, has_linux_options());
    as_listener_close(listener);
}

TEST_F(OwnListener, ListensAtLocalAddresses)
{
    const std::string path = (std::filesystem::temp_directory_path() /
                              ("own_listener_" + std::to_string(reinterpret_cast<std::uintptr_t>(this))))
                                 .string();
    as_address address{};
    const as_outcome made = as_address_unix(&address, path.data(), path.size());
    if (!has_local_addresses()) {
        expect(made, AS_NOT_AVAILABLE);
        return;
    }
    expect(made, AS_DONE);
    const std::string name = std::string(1, '\0') + path;
    as_address abstract_name{};
    expect(as_address_unix(&abstract_name, name.data(), name.size()), AS_DONE);
    (void)std::remove(path.c_str());
    {
        const listening here(engine_, {address, abstract_name, loopback()});
        for (const std::uint32_t index : {0U, 1U, 2U}) {
            const as_address to = here.address(index);
            EXPECT_EQ(as_address_family(&to), index < 2 ? AS_UNIX : AS_IPV4);
            arrival accepted;
            arrival connected;
            expect(accepted.accept(here.handle()), AS_DONE);
            expect(connected.connect(engine_, to), AS_DONE);
            expect(accepted.end(), AS_DONE);
            expect(connected.end(), AS_DONE);
            // Of what is no TCP the system counts the memory that it takes.
            expect(as_stream_bytes_unacknowledged(connected.stream), index < 2 ? AS_NOT_AVAILABLE : AS_DONE);
            if (index < 2) { // a pipe is broken by the peer, unless this side has closed it
                as_stream_close(accepted.release());
                operation_record sent;
                expect(sent.send(connected.stream, pattern(1)), AS_RESET);
            }
            peer far_end = here.connect(index);
            arrival next;
            expect(next.accept(here.handle()), AS_DONE);
            expect(next.end(), AS_DONE);
            expect_connected(next.stream, far_end);
        }
    }
    (void)std::remove(path.c_str());
}

} // namespace
