// Which connection belongs to whom, over opens that succeed and opens that fail.
#include <gtest/gtest.h>

#include "support/ending.hpp"

namespace contract {
namespace {

void count_call(void* context, ASYNC_SOCKET_OPEN_RESULT)
{
    ++*static_cast<int*>(context);
}

// A socket that is not open says so.
void expect_closed(ASYNC_SOCKET_HANDLE socket)
{
    send_record sent;
    receive_record received;
    EXPECT_EQ(send_refused_not_open, sent.start(socket, "x", 1)); // 01_097
    EXPECT_NE(0, received.start(socket));                         // 01_098
}

TEST(Reopen, OpenReportsSuccessOnceAndBeforeItReturns)
{
    struct seen {
        int calls = 0;
        ASYNC_SOCKET_OPEN_RESULT result = ASYNC_SOCKET_OPEN_ERROR;
    } seen;
    const engine engine;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    const auto note = [](void* context, ASYNC_SOCKET_OPEN_RESULT result) {
        auto& noted = *static_cast<struct seen*>(context);
        ++noted.calls;
        noted.result = result;
    };
    ASSERT_EQ(0, end.open(note, &seen)); // 01_014
    EXPECT_EQ(1, seen.calls);            // 01_017
    EXPECT_EQ(ASYNC_SOCKET_OPEN_OK, seen.result);
    EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end)); // 01_058
    end.destroy();
    EXPECT_EQ(1, seen.calls);
}

TEST(Reopen, CloseEndsTheConnection)
{
    const engine engine;
    open_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle());
    EXPECT_TRUE(pair.far_end.sees_end()); // 01_021, 42_006
}

TEST(Reopen, DestroyEndsAnOpenConnection)
{
    const engine engine;
    open_pair pair(engine.handle());
    async_socket_destroy(pair.near_end.take_over());
    EXPECT_TRUE(pair.far_end.sees_end()); // 01_006
}

#if ASYNC_SOCKET_API_VERSION == 1

TEST(Reopen, IsRefusedOnceTheSocketIsClosed)
{
    int calls = 0;
    const engine engine;
    open_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle());
    EXPECT_NE(0, pair.near_end.open(count_call, &calls)); // 42_008
    EXPECT_NE(0, pair.near_end.open(count_call, &calls));
    expect_closed(pair.near_end.handle());
    async_socket_close(pair.near_end.handle());
    EXPECT_EQ(0, calls);
}

TEST(Reopen, DestroyClosesASocketThatWasNeverOpened)
{
    const engine engine;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    ASSERT_NE(nullptr, end.handle());
    end.destroy();
    EXPECT_TRUE(connection.far_end.sees_end()); // 42_007
}

// After the close the socket's number may belong to somebody else: destroy must not close it again.
TEST(Reopen, DestroyAfterCloseLeavesTheNumberOfTheSocketAlone)
{
    const engine engine;
    open_pair pair(engine.handle());
    async_socket_close(pair.near_end.handle());
    loopback_pair others[] = {connect_pair(), connect_pair(), connect_pair(), connect_pair()};
    pair.near_end.destroy();
    for (loopback_pair& other : others) {
        async_end end(engine.handle(), other.near_end);
        ASSERT_EQ(0, end.open());
        EXPECT_TRUE(carries_traffic(end.handle(), other.far_end));
    }
}

// A connection that was closed behind the library's back.
TEST(Reopen, AFailedOpenCallsNothing)
{
    int calls = 0;
    const engine engine;
    loopback_pair connection = connect_pair();
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle(), connection.near_end);
    ASSERT_NE(nullptr, socket);
    close_socket(connection.near_end);
    EXPECT_NE(0, async_socket_open_async(socket, count_call, &calls)); // 01_039
    expect_closed(socket);
    async_socket_destroy(socket);
    EXPECT_EQ(0, calls);
}

// Nobody can bind a socket to a thread pool twice.
TEST(Reopen, ASocketThatIsBoundAlreadyIsRefused)
{
    int calls = 0;
    const engine engine;
    open_pair pair(engine.handle());
    const ASYNC_SOCKET_HANDLE second = async_socket_create(engine.handle(), pair.connection.near_end);
    ASSERT_NE(nullptr, second);
    EXPECT_NE(0, async_socket_open_async(second, count_call, &calls)); // 01_039, 01_058
    EXPECT_EQ(0, calls);
    expect_closed(second);
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    async_socket_destroy(second);         // closes the socket, which it believes to be its own
    EXPECT_TRUE(pair.far_end.sees_end()); // 42_007
}

#else

// What an open takes in this generation, with the test as its owner.
class connection_in_hand {
public:
    explicit connection_in_hand(SOCKET_HANDLE socket) : socket_(socket)
    {
#if ASYNC_SOCKET_API_VERSION == 2
        transport_ = socket_transport_create_from_socket(socket);
#endif
    }
    connection_in_hand(const connection_in_hand&) = delete;
    connection_in_hand& operator=(const connection_in_hand&) = delete;
#if ASYNC_SOCKET_API_VERSION == 2
    ~connection_in_hand()
    {
        socket_transport_destroy(transport_);
    }
    [[nodiscard]] SOCKET_TRANSPORT_HANDLE get() const
    {
        return transport_;
    }
    void close()
    {
        socket_transport_disconnect(transport_);
    }
    [[nodiscard]] bool is_usable() const
    {
        return socket_transport_is_valid_socket(transport_);
    }
#else
    [[nodiscard]] SOCKET_HANDLE get() const
    {
        return socket_;
    }
    void close()
    {
        close_socket(socket_);
    }
    [[nodiscard]] bool is_usable() const
    {
        return true;
    }
#endif

private:
    SOCKET_HANDLE socket_;
    SOCKET_TRANSPORT_HANDLE transport_ = nullptr;
};

TEST(Reopen, WithAFreshConnectionWorksAgainAndAgain)
{
    int calls = 0;
    const engine engine;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    for (int round = 1; round <= 10; ++round) {
        ASSERT_EQ(0, end.open(count_call, &calls)); // 01_023
        EXPECT_EQ(round, calls);
        EXPECT_TRUE(carries_traffic(end.handle(), connection.far_end));
        async_socket_close(end.handle());
        EXPECT_TRUE(connection.far_end.sees_end());
        expect_closed(end.handle());
        connection = connect_pair();
        end.replace(connection.near_end);
    }
}

// What was pending on the old connection ends with it and does not disturb the new one.
TEST(Reopen, AfterACloseWithOperationsPending)
{
    const bytes large = pattern(std::size_t{32} << 20);
    send_record sent;
    receive_record received;
    const engine engine;
    loopback_pair connection = connect_pair();
    async_end end(engine.handle(), connection.near_end);
    for (std::size_t round = 1; round <= 5; ++round) {
        ASSERT_EQ(0, end.open());
        ASSERT_TRUE(carries_traffic(end.handle(), connection.far_end));
        ASSERT_EQ(0, received.start(end.handle()));
        ASSERT_EQ(ASYNC_SOCKET_SEND_SYNC_OK, sent.start(end.handle(), large.data(), large.size()));
        async_socket_close(end.handle());
        ASSERT_EQ(round, received.count()); // 01_040
        ASSERT_EQ(round, sent.count());
        EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, received.events().back().result);
        EXPECT_EQ(ASYNC_SOCKET_SEND_ERROR, sent.results().back());
        connection = connect_pair();
        end.replace(connection.near_end);
    }
}

TEST(Reopen, WithAClosedConnectionFailsAndAGoodOneWorksThen)
{
    int calls = 0;
    const engine engine;
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle());
    for (int round = 1; round <= 3; ++round) {
        loopback_pair bad_pair = connect_pair();
        connection_in_hand bad(bad_pair.near_end);
        bad.close();
        EXPECT_NE(0, async_socket_open_async(socket, bad.get(), count_call, &calls)); // 01_039
        EXPECT_EQ(round - 1, calls);
        expect_closed(socket);
        loopback_pair good_pair = connect_pair();
        const connection_in_hand good(good_pair.near_end);
        ASSERT_EQ(0, async_socket_open_async(socket, good.get(), count_call, &calls));
        EXPECT_EQ(round, calls);
        EXPECT_TRUE(carries_traffic(socket, good_pair.far_end));
        async_socket_close(socket);
    }
    async_socket_destroy(socket);
}

// The connection that an open refused is neither closed nor used up.
TEST(Reopen, ARefusedConnectionStaysWithTheCaller)
{
    int calls = 0;
    const engine engine;
    open_pair busy(engine.handle());
    loopback_pair pair = connect_pair();
    connection_in_hand connection(pair.near_end);
    EXPECT_NE(0, async_socket_open_async(busy.near_end.handle(), connection.get(), count_call, &calls)); // 01_015
    EXPECT_NE(0, async_socket_open_async(nullptr, connection.get(), count_call, &calls));                // 01_007
    busy.near_end.destroy();
    EXPECT_TRUE(connection.is_usable());
    ASSERT_TRUE(pair.far_end.send("?", 1)); // nobody has closed it
    connection.close();
    EXPECT_EQ(0, calls);
    expect_peer_sees_end(pair.far_end);
}

// Nobody can bind a connection to a thread pool twice.
TEST(Reopen, WithAConnectionOfAnotherSocketIsRefused)
{
    int calls = 0;
    const engine engine;
    loopback_pair pair = connect_pair();
    const connection_in_hand connection(pair.near_end);
    const ASYNC_SOCKET_HANDLE first = async_socket_create(engine.handle());
    const ASYNC_SOCKET_HANDLE second = async_socket_create(engine.handle());
    ASSERT_EQ(0, async_socket_open_async(first, connection.get(), count_call, &calls));
    EXPECT_NE(0, async_socket_open_async(second, connection.get(), count_call, &calls)); // 01_039, 01_058
    EXPECT_EQ(1, calls);
    expect_closed(second);
    async_socket_destroy(second); // does not touch the connection
    EXPECT_TRUE(carries_traffic(first, pair.far_end));
    async_socket_destroy(first);
}

TEST(Reopen, DestroyOfASocketThatWasNeverOpenedClosesNothing)
{
    const engine engine;
    loopback_pair pair = connect_pair();
    connection_in_hand connection(pair.near_end);
    async_socket_destroy(async_socket_create(engine.handle()));
    EXPECT_TRUE(connection.is_usable());
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle());
    int calls = 0;
    ASSERT_EQ(0, async_socket_open_async(socket, connection.get(), count_call, &calls));
    EXPECT_TRUE(carries_traffic(socket, pair.far_end));
    async_socket_destroy(socket);
}

#endif

#if ASYNC_SOCKET_API_VERSION == 2

// The transport's handle is the caller's to free, before or after the async socket is destroyed.
TEST(Reopen, TheTransportOutlivesTheSocketOrNot)
{
    const engine engine;
    for (const bool transport_first : {true, false}) {
        loopback_pair pair = connect_pair();
        const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_from_socket(pair.near_end);
        const ASYNC_SOCKET_HANDLE socket = async_socket_create(engine.handle());
        int calls = 0;
        ASSERT_EQ(0, async_socket_open_async(socket, transport, count_call, &calls));
        EXPECT_TRUE(carries_traffic(socket, pair.far_end));
        async_socket_close(socket);
        EXPECT_FALSE(socket_transport_is_valid_socket(transport)); // 01_021
        if (transport_first) {
            socket_transport_destroy(transport);
            async_socket_destroy(socket);
        } else {
            async_socket_destroy(socket);
            socket_transport_disconnect(transport);
            socket_transport_destroy(transport);
        }
    }
}

#endif

} // namespace
} // namespace contract
