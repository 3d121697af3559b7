// The C functions of c_pal/async_socket.h, transport generation, over the fake backend: what each
// argument error gives, and how results reach the callbacks. Generations 1 and 3 where they differ:
// async_socket_api_v1_test.cpp, and the end of this file.
#define ASYNC_SOCKET_API_VERSION 2
#include "c_pal/async_socket.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_backend.hpp"
#include "support/guard_page.hpp"
#include "support/waiting.hpp"

// The current generation's open has this symbol of its own.
extern "C" int async_socket_open_async_v3(ASYNC_SOCKET_HANDLE async_socket, SOCKET_HANDLE socket_handle,
                                          ON_ASYNC_SOCKET_OPEN_COMPLETE on_open_complete,
                                          void* on_open_complete_context);

namespace {

using namespace async_socket;
using core::ending;
using test::fake_backend;
using test::fake_operation;
using test::guard_page;

struct send_record {
    int calls = 0;
    ASYNC_SOCKET_SEND_RESULT result = ASYNC_SOCKET_SEND_RESULT_INVALID;
};

struct receive_record {
    int calls = 0;
    ASYNC_SOCKET_RECEIVE_RESULT result = ASYNC_SOCKET_RECEIVE_RESULT_INVALID;
    std::uint32_t bytes = 12345;
};

int calls_without_context = 0;

void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    EXPECT_EQ(result, ASYNC_SOCKET_OPEN_OK);
    ++(context == nullptr ? calls_without_context : *static_cast<int*>(context));
}

void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    if (context == nullptr) {
        ++calls_without_context;
        return;
    }
    auto& record = *static_cast<send_record*>(context);
    ++record.calls;
    record.result = result;
}

void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    if (context == nullptr) {
        ++calls_without_context;
        return;
    }
    auto& record = *static_cast<receive_record*>(context);
    ++record.calls;
    record.result = result;
    record.bytes = bytes;
}

SOCKET_TRANSPORT_HANDLE transport_number(int number)
{
    return reinterpret_cast<SOCKET_TRANSPORT_HANDLE>(static_cast<std::intptr_t>(number));
}

class AsyncSocketApi : public testing::Test {
public:
    ~AsyncSocketApi() override
    {
        async_socket_destroy(socket_);
        execution_engine_dec_ref(engine_);
    }

protected:
    AsyncSocketApi() : engine_(execution_engine_create(nullptr)), socket_(async_socket_create(engine_))
    {
        calls_without_context = 0;
    }

    void open()
    {
        int opened = 0;
        ASSERT_EQ(async_socket_open_async(socket_, transport_number(1), on_open, &opened), 0); // 01_014
        ASSERT_EQ(opened, 1);                                                                  // 01_017
    }

    ASYNC_SOCKET_SEND_SYNC_RESULT send(std::vector<ASYNC_SOCKET_BUFFER> payload)
    {
        return async_socket_send_async(socket_, payload.data(), static_cast<std::uint32_t>(payload.size()), on_sent,
                                       &sent_);
    }

    int receive(std::vector<ASYNC_SOCKET_BUFFER> payload)
    {
        return async_socket_receive_async(socket_, payload.data(), static_cast<std::uint32_t>(payload.size()),
                                          on_received, &received_);
    }

    ASYNC_SOCKET_BUFFER of_length(std::uint32_t length) { return {&byte_, length}; }

    // Ends the operation that was started last, as the system would.
    void end_with(core::outcome outcome)
    {
        fake_operation* const operation = fake_.take_started();
        ASSERT_NE(operation, nullptr);
        fake_backend::deliver(*operation, outcome);
    }

    send_record send_that_ends_with(std::uint32_t length, core::outcome outcome)
    {
        sent_ = {};
        EXPECT_EQ(send({of_length(length)}), ASYNC_SOCKET_SEND_SYNC_OK);
        EXPECT_EQ(sent_.calls, 0);
        end_with(outcome);
        EXPECT_EQ(sent_.calls, 1);
        return sent_;
    }

    receive_record receive_that_ends_with(std::uint32_t length, core::outcome outcome)
    {
        received_ = {};
        EXPECT_EQ(receive({of_length(length)}), 0);
        EXPECT_EQ(received_.calls, 0);
        end_with(outcome);
        EXPECT_EQ(received_.calls, 1);
        return received_;
    }

    fake_backend fake_;
    EXECUTION_ENGINE_HANDLE engine_;
    ASYNC_SOCKET_HANDLE socket_;
    send_record sent_;
    receive_record received_;
    char byte_ = 0;
};

// ---- create, destroy, close ------------------------------------------------------------------------

// 01_002
TEST_F(AsyncSocketApi, CreateNeedsAnEngine)
{
    EXPECT_EQ(async_socket_create(nullptr), nullptr);
}

// 01_001, 42_004, 42_005
TEST_F(AsyncSocketApi, CreateGivesASocketThatHoldsTheEngine)
{
    ASSERT_NE(socket_, nullptr);
    execution_engine_dec_ref(engine_);
    EXPECT_EQ(fake_.pools, 1);
    async_socket_destroy(socket_);
    EXPECT_EQ(fake_.pools, 0);
    socket_ = nullptr;
    engine_ = nullptr;
}

// 01_004, 01_018
TEST_F(AsyncSocketApi, NullIsAcceptedByDestroyAndClose)
{
    async_socket_destroy(nullptr);
    async_socket_close(nullptr);
}

// 01_022
TEST_F(AsyncSocketApi, CloseOfAClosedSocketDoesNothing)
{
    async_socket_close(socket_);
    open();
    async_socket_close(socket_);
    async_socket_close(socket_);
    EXPECT_EQ(fake_.closes_of(1), 1);
}

// ---- open --------------------------------------------------------------------------------------------

// 01_007
TEST_F(AsyncSocketApi, OpenNeedsASocket)
{
    int opened = 0;
    EXPECT_NE(async_socket_open_async(nullptr, transport_number(1), on_open, &opened), 0);
    EXPECT_EQ(opened, 0);
}

// 01_008
TEST_F(AsyncSocketApi, OpenNeedsACallback)
{
    EXPECT_NE(async_socket_open_async(socket_, transport_number(1), nullptr, nullptr), 0);
    EXPECT_EQ(fake_.channels, 0);
    open();
}

// 01_034
TEST_F(AsyncSocketApi, OpenNeedsAConnection)
{
    int opened = 0;
    EXPECT_NE(async_socket_open_async(socket_, nullptr, on_open, &opened), 0);
    EXPECT_EQ(opened, 0);
    EXPECT_EQ(fake_.channels, 0);
}

// 01_009
TEST_F(AsyncSocketApi, OpenTakesANullContext)
{
    EXPECT_EQ(async_socket_open_async(socket_, transport_number(1), on_open, nullptr), 0);
    EXPECT_EQ(calls_without_context, 1);
}

// 01_015
TEST_F(AsyncSocketApi, OpenOfAnOpenSocketIsRefused)
{
    open();
    int opened = 0;
    EXPECT_NE(async_socket_open_async(socket_, transport_number(2), on_open, &opened), 0);
    EXPECT_EQ(opened, 0);
}

// 01_039
TEST_F(AsyncSocketApi, OpenFailsWhenTheConnectionCannotBeBound)
{
    fake_.refuse_channel = true;
    int opened = 0;
    EXPECT_NE(async_socket_open_async(socket_, transport_number(1), on_open, &opened), 0);
    EXPECT_EQ(opened, 0);
    fake_.refuse_channel = false;
    open();
}

// ---- send: refusals ----------------------------------------------------------------------------------

class AsyncSocketSend : public AsyncSocketApi {
public:
    // Every refusal below: the callback does not run, nothing was created.
    ~AsyncSocketSend() override
    {
        EXPECT_EQ(fake_.operations, 0);
        EXPECT_EQ(sent_.calls, expected_calls_);
    }

protected:
    int expected_calls_ = 0;
};

// 01_024
TEST_F(AsyncSocketSend, NeedsASocket)
{
    const ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_EQ(async_socket_send_async(nullptr, &payload, 1, on_sent, &sent_), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_025
TEST_F(AsyncSocketSend, NeedsAPayload)
{
    open();
    EXPECT_EQ(async_socket_send_async(socket_, nullptr, 1, on_sent, &sent_), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_085
TEST_F(AsyncSocketSend, NeedsABuffer)
{
    open();
    const ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_EQ(async_socket_send_async(socket_, &payload, 0, on_sent, &sent_), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_089
TEST_F(AsyncSocketSend, NeedsMemoryInEveryBuffer)
{
    open();
    EXPECT_EQ(send({{nullptr, 1}, of_length(1)}), ASYNC_SOCKET_SEND_SYNC_ERROR);
    EXPECT_EQ(send({of_length(1), {nullptr, 1}}), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_090
TEST_F(AsyncSocketSend, NeedsAByteInEveryBuffer)
{
    open();
    EXPECT_EQ(send({of_length(0), of_length(1)}), ASYNC_SOCKET_SEND_SYNC_ERROR);
    EXPECT_EQ(send({of_length(1), of_length(0)}), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_101
TEST_F(AsyncSocketSend, TakesUINT32_MAXBytesAndNotOneMore)
{
    open();
    EXPECT_EQ(send({of_length(UINT32_MAX), of_length(1)}), ASYNC_SOCKET_SEND_SYNC_ERROR);
    EXPECT_EQ(send({of_length(UINT32_MAX - 1), of_length(1)}), ASYNC_SOCKET_SEND_SYNC_OK);
    end_with(test::done_with(UINT32_MAX));
    EXPECT_EQ(sent_.result, ASYNC_SOCKET_SEND_OK);
    expected_calls_ = 1;
}

// 01_103
TEST_F(AsyncSocketSend, RefusesAHugeCountWithoutReadingTheArray)
{
    open();
    const guard_page page;
    const auto* const unreadable = reinterpret_cast<const ASYNC_SOCKET_BUFFER*>(page.forbidden());
    EXPECT_EQ(async_socket_send_async(socket_, unreadable, UINT32_MAX, on_sent, &sent_), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_026
TEST_F(AsyncSocketSend, NeedsACallback)
{
    open();
    const ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_EQ(async_socket_send_async(socket_, &payload, 1, nullptr, nullptr), ASYNC_SOCKET_SEND_SYNC_ERROR);
}

// 01_097
TEST_F(AsyncSocketSend, NeedsAnOpenSocket)
{
    EXPECT_EQ(send({of_length(1)}), ASYNC_SOCKET_SEND_SYNC_NOT_OPEN);
    open();
    async_socket_close(socket_);
    EXPECT_EQ(send({of_length(1)}), ASYNC_SOCKET_SEND_SYNC_NOT_OPEN);
}

// 01_106, 42_002
TEST_F(AsyncSocketSend, HandsOnTheSystemsRefusal)
{
    open();
    fake_.start_answer = test::refused;
    EXPECT_EQ(send({of_length(1)}), ASYNC_SOCKET_SEND_SYNC_ERROR);
    fake_.start_answer = core::refusal{core::ending::reset};
    EXPECT_EQ(send({of_length(1)}), ASYNC_SOCKET_SEND_SYNC_NOT_OPEN);
}

// ---- send: results -----------------------------------------------------------------------------------

// 01_027
TEST_F(AsyncSocketApi, SendTakesANullContext)
{
    open();
    const ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_EQ(async_socket_send_async(socket_, &payload, 1, on_sent, nullptr), ASYNC_SOCKET_SEND_SYNC_OK);
    end_with(test::done_with(1));
    EXPECT_EQ(calls_without_context, 1);
}

// 01_028, 01_056
TEST_F(AsyncSocketApi, SendKeepsTheDescriptionsOfTheBuffers)
{
    open();
    char first[3];
    char second[5];
    ASYNC_SOCKET_BUFFER payload[] = {{first, sizeof first}, {second, sizeof second}};
    ASSERT_EQ(async_socket_send_async(socket_, payload, 2, on_sent, &sent_), ASYNC_SOCKET_SEND_SYNC_OK); // 01_045
    payload[0] = payload[1] = {nullptr, 0};
    fake_operation* const operation = fake_.take_started();
    ASSERT_NE(operation, nullptr);
    EXPECT_EQ(operation->kind, core::operation_kind::send);
    EXPECT_EQ(operation->total, 8U);
    ASSERT_EQ(operation->left.count(), 2U);
    EXPECT_EQ(operation->left.front().data, first);
    operation->left.skip(sizeof first);
    EXPECT_EQ(operation->left.front().data, second);
    EXPECT_EQ(operation->left.front().size, sizeof second);
    fake_backend::deliver(*operation, test::done_with(8));
    EXPECT_EQ(sent_.result, ASYNC_SOCKET_SEND_OK);
}

// 01_066, 01_067
TEST_F(AsyncSocketApi, SendResultsReachTheCallback)
{
    open();
    EXPECT_EQ(send_that_ends_with(9, {ending::done, 9, 0}).result, ASYNC_SOCKET_SEND_OK);
    EXPECT_EQ(send_that_ends_with(9, {ending::cancelled, 9, 995}).result, ASYNC_SOCKET_SEND_ERROR);
    EXPECT_EQ(send_that_ends_with(9, {ending::reset, 0, 64}).result, ASYNC_SOCKET_SEND_ERROR);
    EXPECT_EQ(send_that_ends_with(9, {ending::failed, 0, 1}).result, ASYNC_SOCKET_SEND_ERROR);
}

// 01_067: no requirement produces ASYNC_SOCKET_SEND_ABANDONED.
TEST_F(AsyncSocketApi, ASendThatACloseEndedIsAnError)
{
    open();
    ASSERT_EQ(send({of_length(9)}), ASYNC_SOCKET_SEND_SYNC_OK);
    async_socket_close(socket_);
    EXPECT_EQ(sent_.calls, 1);
    EXPECT_EQ(sent_.result, ASYNC_SOCKET_SEND_ERROR);
}

// ---- receive: refusals -------------------------------------------------------------------------------

class AsyncSocketReceive : public AsyncSocketApi {
public:
    ~AsyncSocketReceive() override
    {
        EXPECT_EQ(fake_.operations, 0);
        EXPECT_EQ(received_.calls, expected_calls_);
    }

protected:
    int expected_calls_ = 0;
};

// 01_073
TEST_F(AsyncSocketReceive, NeedsASocket)
{
    ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_NE(async_socket_receive_async(nullptr, &payload, 1, on_received, &received_), 0);
}

// 01_074
TEST_F(AsyncSocketReceive, NeedsAPayload)
{
    open();
    EXPECT_NE(async_socket_receive_async(socket_, nullptr, 1, on_received, &received_), 0);
}

// 01_086
TEST_F(AsyncSocketReceive, NeedsABuffer)
{
    open();
    ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_NE(async_socket_receive_async(socket_, &payload, 0, on_received, &received_), 0);
}

// 01_091
TEST_F(AsyncSocketReceive, NeedsMemoryInEveryBuffer)
{
    open();
    EXPECT_NE(receive({{nullptr, 1}, of_length(1)}), 0);
    EXPECT_NE(receive({of_length(1), {nullptr, 1}}), 0);
}

// 01_092
TEST_F(AsyncSocketReceive, NeedsAByteInEveryBuffer)
{
    open();
    EXPECT_NE(receive({of_length(0), of_length(1)}), 0);
    EXPECT_NE(receive({of_length(1), of_length(0)}), 0);
}

// 01_096
TEST_F(AsyncSocketReceive, TakesUINT32_MAXBytesAndNotOneMore)
{
    open();
    EXPECT_NE(receive({of_length(UINT32_MAX), of_length(1)}), 0);
    EXPECT_EQ(receive({of_length(UINT32_MAX - 1), of_length(1)}), 0);
    end_with(test::done_with(UINT32_MAX));
    EXPECT_EQ(received_.bytes, UINT32_MAX);
    expected_calls_ = 1;
}

// 01_084
TEST_F(AsyncSocketReceive, RefusesAHugeCountWithoutReadingTheArray)
{
    open();
    const guard_page page;
    auto* const unreadable = reinterpret_cast<ASYNC_SOCKET_BUFFER*>(page.forbidden());
    EXPECT_NE(async_socket_receive_async(socket_, unreadable, UINT32_MAX, on_received, &received_), 0);
}

// 01_075
TEST_F(AsyncSocketReceive, NeedsACallback)
{
    open();
    ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_NE(async_socket_receive_async(socket_, &payload, 1, nullptr, nullptr), 0);
}

// 01_098
TEST_F(AsyncSocketReceive, NeedsAnOpenSocket)
{
    EXPECT_NE(receive({of_length(1)}), 0);
    open();
    async_socket_close(socket_);
    EXPECT_NE(receive({of_length(1)}), 0);
}

// 01_084
TEST_F(AsyncSocketReceive, FailsWhenTheSystemRefuses)
{
    open();
    fake_.start_answer = test::refused;
    EXPECT_NE(receive({of_length(1)}), 0);
    fake_.start_answer = core::refusal{core::ending::reset};
    EXPECT_NE(receive({of_length(1)}), 0);
}

// ---- receive: results --------------------------------------------------------------------------------

// 01_076
TEST_F(AsyncSocketApi, ReceiveTakesANullContext)
{
    open();
    ASYNC_SOCKET_BUFFER payload = of_length(1);
    EXPECT_EQ(async_socket_receive_async(socket_, &payload, 1, on_received, nullptr), 0);
    end_with(test::done_with(1));
    EXPECT_EQ(calls_without_context, 1);
}

// 01_077, 01_079
TEST_F(AsyncSocketApi, ReceiveKeepsTheDescriptionsOfTheBuffers)
{
    open();
    char first[3];
    char second[5];
    ASYNC_SOCKET_BUFFER payload[] = {{first, sizeof first}, {second, sizeof second}};
    ASSERT_EQ(async_socket_receive_async(socket_, payload, 2, on_received, &received_), 0); // 01_083
    payload[0] = payload[1] = {nullptr, 0};
    fake_operation* const operation = fake_.take_started();
    ASSERT_NE(operation, nullptr);
    EXPECT_EQ(operation->kind, core::operation_kind::receive);
    EXPECT_EQ(operation->total, 8U);
    ASSERT_EQ(operation->left.count(), 2U);
    EXPECT_EQ(operation->left.front().data, first);
    operation->left.skip(sizeof first);
    EXPECT_EQ(operation->left.front().data, second);
    EXPECT_EQ(operation->left.front().size, sizeof second);
    fake_backend::deliver(*operation, test::done_with(8));
}

// 01_069, 01_070, 01_095, 42_001, 42_003
TEST_F(AsyncSocketApi, ReceiveResultsReachTheCallback)
{
    open();
    const auto expect = [&](core::outcome outcome, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes) {
        const receive_record record = receive_that_ends_with(9, outcome);
        EXPECT_EQ(record.result, result);
        EXPECT_EQ(record.bytes, bytes);
    };
    expect({ending::done, 9, 0}, ASYNC_SOCKET_RECEIVE_OK, 9);
    expect({ending::done, 1, 0}, ASYNC_SOCKET_RECEIVE_OK, 1);
    expect({ending::end_of_stream, 0, 0}, ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
    expect({ending::done, 10, 0}, ASYNC_SOCKET_RECEIVE_ERROR, 10);
    expect({ending::done, 0x100000001, 0}, ASYNC_SOCKET_RECEIVE_ERROR, UINT32_MAX);
    expect({ending::reset, 4, 64}, ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
    expect({ending::closed_here, 4, 64}, ASYNC_SOCKET_RECEIVE_ABANDONED, 0);
    expect({ending::cancelled, 4, 995}, ASYNC_SOCKET_RECEIVE_ERROR, 0);
    expect({ending::failed, 4, 1}, ASYNC_SOCKET_RECEIVE_ERROR, 0);
}

// 42_001
TEST_F(AsyncSocketApi, AReceiveThatACloseEndedIsAbandoned)
{
    open();
    ASSERT_EQ(receive({of_length(9)}), 0);
    async_socket_close(socket_);
    EXPECT_EQ(received_.calls, 1);
    EXPECT_EQ(received_.result, ASYNC_SOCKET_RECEIVE_ABANDONED);
    EXPECT_EQ(received_.bytes, 0U);
}

// ---- the current generation --------------------------------------------------------------------------

// 01_034
TEST_F(AsyncSocketApi, OpenOfTheCurrentGenerationNeedsAConnection)
{
    int opened = 0;
    EXPECT_NE(async_socket_open_async_v3(socket_, test::socket_number(-1), on_open, &opened), 0);
    EXPECT_NE(async_socket_open_async_v3(nullptr, test::socket_number(5), on_open, &opened), 0); // 01_007
    EXPECT_NE(async_socket_open_async_v3(socket_, test::socket_number(5), nullptr, &opened), 0); // 01_008
    EXPECT_EQ(opened, 0);
    EXPECT_EQ(fake_.closes_of(-1), 0);
}

// 01_014, 01_017, 01_021
TEST_F(AsyncSocketApi, TheCurrentGenerationClosesTheSocketThatItOpenedWith)
{
    int opened = 0;
    EXPECT_EQ(async_socket_open_async_v3(socket_, test::socket_number(5), on_open, &opened), 0);
    EXPECT_EQ(opened, 1);
    EXPECT_EQ(fake_.closes_of(5), 0);
    async_socket_close(socket_);
    EXPECT_EQ(fake_.closes_of(5), 1);
    EXPECT_EQ(async_socket_open_async_v3(socket_, test::socket_number(6), on_open, &opened), 0);
    EXPECT_EQ(opened, 2);
}

} // namespace
