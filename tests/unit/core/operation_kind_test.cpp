// core/operation/operation_kind.hpp: what is known of each kind.
#include "core/operation/operation_kind.hpp"

#include <gtest/gtest.h>

#include <iterator>

namespace {

using namespace async_socket::core;

struct known {
    operation_kind kind;
    direction way;
    bool is_readiness;
    bool makes_connection;
    bool is_of_engine;
    const char* name;
};

constexpr known all[] = {
    {operation_kind::send, direction::send, false, false, false, "send"},
    {operation_kind::send_some, direction::send, false, false, false, "send"},
    {operation_kind::receive, direction::receive, false, false, false, "receive"},
    {operation_kind::receive_exactly, direction::receive, false, false, false, "receive"},
    {operation_kind::shut_down_send, direction::send, false, false, false, "shutdown"},
    {operation_kind::readable, direction::receive, true, false, false, "readiness notice"},
    {operation_kind::writable, direction::send, true, false, false, "readiness notice"},
    {operation_kind::accept, direction::receive, false, true, false, "wait for a connection"},
    {operation_kind::connect, direction::send, false, true, false, "connect"},
    {operation_kind::resolve, direction::receive, false, false, true, nullptr},
    {operation_kind::timer, direction::receive, false, false, true, nullptr},
    {operation_kind::connect_by_name, direction::receive, false, false, true, nullptr},
    {operation_kind::drain, direction::receive, false, false, true, nullptr},
};

TEST(OperationKind, EachIsWhatItIs)
{
    for (const known& each : all) {
        SCOPED_TRACE(static_cast<int>(each.kind));
        EXPECT_EQ(is_readiness(each.kind), each.is_readiness);
        EXPECT_EQ(makes_connection(each.kind), each.makes_connection);
        EXPECT_EQ(is_of_engine(each.kind), each.is_of_engine);
        if (!each.is_of_engine) { // which has no direction, and no messages
            EXPECT_EQ(direction_of(each.kind), each.way);
            EXPECT_STREQ(name_of(each.kind), each.name);
        }
    }
    EXPECT_EQ(std::size(all), static_cast<std::size_t>(operation_kind::drain) + 1);
}

TEST(OperationKind, BytesGoEitherWay)
{
    for (const direction way : {direction::send, direction::receive}) {
        EXPECT_EQ(direction_of(transfer_in(way)), way);
    }
}

} // namespace
