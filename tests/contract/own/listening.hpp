// What the tests of listeners and connects share: listeners, accepts and connects that remember how they ended.
#pragma once

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "own/stream_end.hpp"

namespace contract::own {

[[nodiscard]] inline as_address loopback(as_family family = AS_IPV4, std::uint16_t port = 0)
{
    as_address address{};
    EXPECT_EQ(as_address_loopback(&address, family, port).how, AS_DONE);
    return address;
}

// Whether this machine has it.
[[nodiscard]] inline bool has_ipv6(const engine& on)
{
    const as_address address = loopback(AS_IPV6);
    as_listener* listener = nullptr;
    const as_outcome opened = as_listener_open(on.handle(), &address, 1, nullptr, &listener);
    as_listener_close(listener);
    EXPECT_TRUE(opened.how == AS_DONE || opened.how == AS_NOT_AVAILABLE || opened.how == AS_UNREACHABLE) << opened.how;
    return opened.how == AS_DONE;
}

class listening {
public:
    explicit listening(const engine& on, const std::vector<as_address>& addresses = {loopback()},
                       const as_listener_options* options = nullptr)
    {
        expect(as_listener_open(on.handle(), addresses.data(), static_cast<std::uint32_t>(addresses.size()), options,
                                &handle_),
               AS_DONE);
    }
    ~listening() { close(); }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;

    [[nodiscard]] as_listener* handle() const { return handle_; }
    [[nodiscard]] as_listener* release() { return std::exchange(handle_, nullptr); }
    void close() { as_listener_close(release()); }

    [[nodiscard]] as_address address(std::uint32_t index = 0) const
    {
        as_address found{};
        expect(as_listener_address(handle_, index, &found), AS_DONE);
        return found;
    }
    // A plain socket that has connected to it.
    [[nodiscard]] peer connect(std::uint32_t index = 0) const
    {
        const as_address to = address(index);
        std::size_t size = 0;
        const void* const system = as_address_system(&to, &size);
        return connect_to(system, size);
    }

private:
    as_listener* handle_ = nullptr;
};

// An accept or connect, and the stream that it ends with, which is closed at the end. One after the other.
class arrival {
public:
    arrival() = default;
    ~arrival() { as_stream_close(stream); }
    arrival(const arrival&) = delete;
    arrival& operator=(const arrival&) = delete;

    as_stream* stream = nullptr;
    operation_record record;

    as_outcome accept(as_listener* listener, as_deadline deadline = AS_NEVER)
    {
        return record.noted(as_listener_accept(listener, &record.operation, &stream, deadline));
    }
    as_outcome connect(const engine& on, const as_address& to, as_deadline deadline = AS_NEVER)
    {
        return record.noted(as_connect_address(on.handle(), &to, &record.operation, &stream, deadline));
    }
    void cancel() { as_operation_cancel(&record.operation); }
    [[nodiscard]] as_outcome end()
    {
        EXPECT_TRUE(record.wait());
        return record.outcome();
    }
    [[nodiscard]] as_stream* release() { return std::exchange(stream, nullptr); }
};

// A system may give more room than was asked for.
inline void expect_options(as_stream* stream, const std::vector<as_option_value>& asked)
{
    for (const auto& [option, expected] : asked) {
        std::uint64_t value = 0;
        expect(as_stream_get_option(stream, option, &value), AS_DONE);
        const bool is_room = option == AS_OPTION_SEND_BUFFER || option == AS_OPTION_RECEIVE_BUFFER;
        EXPECT_GE(value, expected) << option;
        EXPECT_LE(value, is_room ? 2 * expected : expected) << option;
    }
}

// Bytes go through in both directions.
inline void expect_connected(as_stream* stream, peer& far_end)
{
    operation_record send;
    operation_record receive;
    expect(send.send(stream, pattern(1000)), AS_DONE);
    EXPECT_EQ(far_end.receive(1000), pattern(1000));
    ASSERT_TRUE(far_end.send(pattern(10, 2)));
    expect(receive.receive(stream, 10), AS_DONE);
    ASSERT_TRUE(receive.wait());
    bytes first = pattern(10, 2);
    first.resize(static_cast<std::size_t>(receive.outcome().bytes));
    EXPECT_EQ(receive.received(), first);
    ASSERT_TRUE(send.wait());
    expect(send.outcome(), AS_DONE, 1000);
}

} // namespace contract::own
