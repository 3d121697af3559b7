// The async socket beside other users of its transport and of its engine's pool.
#include <gtest/gtest.h>

#include "c_pal/async_socket.h"
#include "c_pal/execution_engine_win32.h"
#include "support/loopback.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket::test;

void ignore_open(void* /*context*/, ASYNC_SOCKET_OPEN_RESULT /*result*/) {}

// One byte, and the callback that says how the receive into it ended.
struct one_receive {
    event ended;
    ASYNC_SOCKET_RECEIVE_RESULT result = ASYNC_SOCKET_RECEIVE_RESULT_INVALID;

    int start(ASYNC_SOCKET_HANDLE socket)
    {
        ASYNC_SOCKET_BUFFER buffer{&byte_, 1};
        return async_socket_receive_async(socket, &buffer, 1, on_complete, this);
    }

private:
    static void on_complete(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t /*bytes*/)
    {
        auto& self = *static_cast<one_receive*>(context);
        self.result = result;
        self.ended.set();
    }

    unsigned char byte_ = 0;
};

class OpenAsyncSocket : public testing::Test {
protected:
    void open(uint32_t minimum_threads, uint32_t maximum_threads)
    {
        const EXECUTION_ENGINE_PARAMETERS parameters{minimum_threads, maximum_threads};
        engine_ = execution_engine_create(&parameters);
        socket_ = async_socket_create(engine_);
        ASSERT_EQ(async_socket_open_async(socket_, pair_.client.get(), ignore_open, nullptr), 0);
    }

    void TearDown() override
    {
        async_socket_destroy(socket_);
        execution_engine_dec_ref(engine_);
    }

    connected_pair pair_;
    EXECUTION_ENGINE_HANDLE engine_ = nullptr;
    ASYNC_SOCKET_HANDLE socket_ = nullptr;
};

struct close_on_pool {
    ASYNC_SOCKET_HANDLE socket;
    event returned;

    static VOID CALLBACK run(PTP_CALLBACK_INSTANCE /*instance*/, PVOID context) noexcept
    {
        auto& self = *static_cast<close_on_pool*>(context);
        async_socket_close(self.socket);
        self.returned.set();
    }
};

// The work item occupies the pool's only thread, which the completion of the receive needs.
TEST_F(OpenAsyncSocket, IsClosedByAWorkItemOnAPoolOfOneThread)
{
    open(1, 1);
    one_receive receive;
    ASSERT_EQ(receive.start(socket_), 0);
    TP_CALLBACK_ENVIRON environment;
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, execution_engine_win32_get_threadpool(engine_));
    close_on_pool work{socket_, {}};
    ASSERT_NE(TrySubmitThreadpoolCallback(close_on_pool::run, &work, &environment), FALSE);
    ASSERT_TRUE(work.returned.wait());
    ASSERT_TRUE(receive.ended.is_set());
    EXPECT_EQ(receive.result, ASYNC_SOCKET_RECEIVE_ABANDONED);
}

// Its operations are bound to the socket that the transport had.
TEST_F(OpenAsyncSocket, KeepsItsDisconnectedTransportFromBeingConnectedAnew)
{
    open(4, 0);
    const listening_transport listener;
    one_receive receive;
    ASSERT_EQ(receive.start(socket_), 0);
    socket_transport_disconnect(pair_.client.get());
    ASSERT_TRUE(receive.ended.wait());
    EXPECT_EQ(receive.result, ASYNC_SOCKET_RECEIVE_ABANDONED);
    EXPECT_NE(socket_transport_connect(pair_.client.get(), "127.0.0.1", listener.port, 1000), 0);
    async_socket_close(socket_);
    EXPECT_EQ(socket_transport_connect(pair_.client.get(), "127.0.0.1", listener.port, 1000), 0);
    EXPECT_EQ(async_socket_open_async(socket_, pair_.client.get(), ignore_open, nullptr), 0);
}

} // namespace
