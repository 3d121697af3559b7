// The C functions of c_pal/async_socket.h, handle generation, where it differs.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include <gtest/gtest.h>

#include "support/fake_backend.hpp"

namespace {

using namespace async_socket;
using test::socket_number;

void count_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    EXPECT_EQ(result, ASYNC_SOCKET_OPEN_OK);
    ++*static_cast<int*>(context);
}

class AsyncSocketApiV1 : public testing::Test {
public:
    ~AsyncSocketApiV1() override
    {
        async_socket_destroy(socket_);
        execution_engine_dec_ref(engine_);
    }

protected:
    AsyncSocketApiV1()
        : engine_(execution_engine_create(nullptr)), socket_(async_socket_create(engine_, socket_number(3)))
    {
    }

    void destroy()
    {
        async_socket_destroy(socket_);
        socket_ = nullptr;
    }

    test::fake_backend fake_;
    EXECUTION_ENGINE_HANDLE engine_;
    ASYNC_SOCKET_HANDLE socket_;
    int opened_ = 0;
};

// 01_002, 01_034
TEST_F(AsyncSocketApiV1, CreateNeedsAnEngineAndASocket)
{
    EXPECT_EQ(async_socket_create(nullptr, socket_number(9)), nullptr);
    EXPECT_EQ(async_socket_create(engine_, socket_number(-1)), nullptr);
    EXPECT_EQ(fake_.closes_of(9), 0) << "a refused socket is still its owner's";
}

// 01_007, 01_008
TEST_F(AsyncSocketApiV1, OpenNeedsASocketAndACallback)
{
    EXPECT_NE(async_socket_open_async(nullptr, count_open, &opened_), 0);
    EXPECT_NE(async_socket_open_async(socket_, nullptr, &opened_), 0);
    EXPECT_EQ(opened_, 0);
}

// 01_014, 01_017, 42_006, 42_008
TEST_F(AsyncSocketApiV1, CloseClosesTheSocketForGood)
{
    EXPECT_EQ(async_socket_open_async(socket_, count_open, &opened_), 0);
    EXPECT_EQ(opened_, 1);
    EXPECT_NE(async_socket_open_async(socket_, count_open, &opened_), 0); // 01_015
    async_socket_close(socket_);
    EXPECT_EQ(fake_.closes_of(3), 1);
    EXPECT_NE(async_socket_open_async(socket_, count_open, &opened_), 0);
    EXPECT_EQ(opened_, 1);
    destroy();
    EXPECT_EQ(fake_.closes_of(3), 1);
}

// 42_007
TEST_F(AsyncSocketApiV1, DestroyClosesASocketThatWasNeverOpened)
{
    destroy();
    EXPECT_EQ(fake_.closes_of(3), 1);
}

// 01_097
TEST_F(AsyncSocketApiV1, ASendOnASocketThatIsNotOpenIsAbandoned)
{
    char byte = 0;
    const ASYNC_SOCKET_BUFFER payload{&byte, 1};
    EXPECT_EQ(async_socket_send_async(
                  socket_, &payload, 1, [](void*, ASYNC_SOCKET_SEND_RESULT) {}, nullptr),
              ASYNC_SOCKET_SEND_SYNC_ABANDONED);
}

// 42_002
TEST_F(AsyncSocketApiV1, ASendAfterAResetIsAbandoned)
{
    ASSERT_EQ(async_socket_open_async(socket_, count_open, &opened_), 0);
    fake_.start_answer = core::refusal{core::ending::reset};
    char byte = 0;
    const ASYNC_SOCKET_BUFFER payload{&byte, 1};
    EXPECT_EQ(async_socket_send_async(
                  socket_, &payload, 1, [](void*, ASYNC_SOCKET_SEND_RESULT) {}, nullptr),
              ASYNC_SOCKET_SEND_SYNC_ABANDONED);
}

} // namespace
