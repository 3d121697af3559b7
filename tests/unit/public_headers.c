/* The public headers as a C11 program sees them: every one is included, the numbers that are the
 * binary interface are checked, and every enum's names are printed by the linked library. Built once
 * for each generation of the API (ASYNC_SOCKET_API_VERSION). */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#ifndef _WIN32
#include <sys/uio.h>
#endif

#include "async_socket/address.h"
#include "async_socket/buffer.h"
#include "async_socket/completion_mode.h"
#include "async_socket/deadline.h"
#include "async_socket/engine_end.h"
#include "async_socket/log.h"
#include "async_socket/operation.h"
#include "async_socket/outcome.h"
#include "async_socket/version.h"
#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"
#ifdef _WIN32
#include "c_pal/execution_engine_win32.h"
#else
#include "c_pal/execution_engine_linux.h"
#endif
#include "c_pal/macro_fallbacks.h"
#include "c_pal/socket_handle.h"
#include "c_pal/socket_transport.h"

static_assert(ASYNC_SOCKET_OPEN_RESULT_INVALID == 0, "");
static_assert(ASYNC_SOCKET_OPEN_OK == 1, "");
static_assert(ASYNC_SOCKET_OPEN_ERROR == 2, "");

static_assert(ASYNC_SOCKET_SEND_SYNC_RESULT_INVALID == 0, "");
static_assert(ASYNC_SOCKET_SEND_SYNC_OK == 1, "");
static_assert(ASYNC_SOCKET_SEND_SYNC_ERROR == 2, "");
static_assert(ASYNC_SOCKET_SEND_SYNC_NOT_OPEN == 3, "");
#if ASYNC_SOCKET_API_VERSION == 1
static_assert(ASYNC_SOCKET_SEND_SYNC_ABANDONED == 3, "");
#endif

static_assert(ASYNC_SOCKET_SEND_RESULT_INVALID == 0, "");
static_assert(ASYNC_SOCKET_SEND_OK == 1, "");
static_assert(ASYNC_SOCKET_SEND_ERROR == 2, "");
static_assert(ASYNC_SOCKET_SEND_ABANDONED == 3, "");

static_assert(ASYNC_SOCKET_RECEIVE_RESULT_INVALID == 0, "");
static_assert(ASYNC_SOCKET_RECEIVE_OK == 1, "");
static_assert(ASYNC_SOCKET_RECEIVE_ERROR == 2, "");
static_assert(ASYNC_SOCKET_RECEIVE_ABANDONED == 3, "");

static_assert(ASYNC_SOCKET_NOTIFY_IO_TYPE_INVALID == 0, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_TYPE_IN == 1, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT == 2, "");

static_assert(ASYNC_SOCKET_NOTIFY_IO_RESULT_INVALID == 0, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_RESULT_IN == 1, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT == 2, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED == 3, "");
static_assert(ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR == 4, "");

static_assert(SOCKET_SEND_RESULT_INVALID == 0, "");
static_assert(SOCKET_SEND_INVALID_ARG == 1, "");
static_assert(SOCKET_SEND_OK == 2, "");
static_assert(SOCKET_SEND_ERROR == 3, "");
static_assert(SOCKET_SEND_FAILED == 4, "");
static_assert(SOCKET_SEND_SHUTDOWN == 5, "");

static_assert(SOCKET_RECEIVE_RESULT_INVALID == 0, "");
static_assert(SOCKET_RECEIVE_INVALID_ARG == 1, "");
static_assert(SOCKET_RECEIVE_OK == 2, "");
static_assert(SOCKET_RECEIVE_WOULD_BLOCK == 3, "");
static_assert(SOCKET_RECEIVE_ERROR == 4, "");
static_assert(SOCKET_RECEIVE_SHUTDOWN == 5, "");

static_assert(SOCKET_ACCEPT_RESULT_INVALID == 0, "");
static_assert(SOCKET_ACCEPT_OK == 1, "");
static_assert(SOCKET_ACCEPT_ERROR == 2, "");
static_assert(SOCKET_ACCEPT_PORT_EXHAUSTION == 3, "");
static_assert(SOCKET_ACCEPT_INPROGRESS == 4, "");
static_assert(SOCKET_ACCEPT_NO_CONNECTION == 5, "");

static_assert(SOCKET_TYPE_INVALID == 0, "");
static_assert(SOCKET_BINDING == 1, "");
static_assert(SOCKET_CLIENT == 2, "");

static_assert(ADDRESS_TYPE_INVALID == 0, "");
static_assert(ADDRESS_INET == 1, "");
static_assert(ADDRESS_INET_6 == 2, "");
static_assert(ADDRESS_NETBIOS == 3, "");

static_assert(DEFAULT_MIN_THREAD_COUNT == 4, "");
static_assert(DEFAULT_MAX_THREAD_COUNT == 0, "");
static_assert(MAX_GET_HOST_NAME_LEN == 256, "");
static_assert(MAX_LOCAL_ADDRESS_LEN == 22, "");

#ifdef _WIN32
static_assert(sizeof(SOCKET_BUFFER) == sizeof(WSABUF), "");
static_assert(offsetof(SOCKET_BUFFER, length) == offsetof(WSABUF, len), "");
static_assert(offsetof(SOCKET_BUFFER, buffer) == offsetof(WSABUF, buf), "");
static_assert(sizeof(SOCKET_HANDLE) == sizeof(SOCKET), "");
#else
static_assert(sizeof(SOCKET_HANDLE) == sizeof(int), "");
#endif
static_assert(sizeof(((LOCAL_ADDRESS*)0)->address) == MAX_LOCAL_ADDRESS_LEN, "");
static_assert(sizeof(EXECUTION_ENGINE_PARAMETERS) == 2 * sizeof(uint32_t), "");

/* The library's own interface; all numbers and places are in tests/headers/own_signatures.c. */
static_assert(AS_DONE == 0 && AS_INVALID == 11 && AS_FAILED == 12, "");
static_assert(AS_NO_FAMILY == 0 && AS_IPV4 == 1 && AS_IPV6 == 2 && AS_UNIX == 3, "");
static_assert(sizeof(as_outcome) == 16, "");
static_assert(sizeof(as_address) == 136, "");
static_assert(sizeof(as_deadline) == 8 && AS_NEVER == UINT64_MAX, "");
#ifdef _WIN32
static_assert(sizeof(as_buffer) == sizeof(WSABUF), "");
static_assert(sizeof(((as_buffer*)0)->size) == sizeof(((WSABUF*)0)->len), "");
static_assert(offsetof(as_buffer, size) == offsetof(WSABUF, len), "");
static_assert(offsetof(as_buffer, data) == offsetof(WSABUF, buf), "");
static_assert(sizeof(as_operation) == 2 * sizeof(void*) + 320, "");
#else
static_assert(sizeof(as_buffer) == sizeof(struct iovec), "");
static_assert(offsetof(as_buffer, data) == offsetof(struct iovec, iov_base), "");
static_assert(offsetof(as_buffer, size) == offsetof(struct iovec, iov_len), "");
static_assert(sizeof(as_operation) == 2 * sizeof(void*) + 256, "");
#endif

static int failures;

static void expect_text(const char* text, const char* expected, int line)
{
    if (strcmp(text, expected) != 0) {
        (void)fprintf(stderr, "line %d: \"%s\" instead of \"%s\"\n", line, text, expected);
        ++failures;
    }
}

static void expect_true(int condition, int line)
{
    if (!condition) {
        (void)fprintf(stderr, "line %d: does not hold\n", line);
        ++failures;
    }
}

#define EXPECT(condition) expect_true(condition, __LINE__)

/* A constant has its name, and is found by it. */
#define EXPECT_NAME(type, constant)                                                     \
    do {                                                                                \
        type found = type##_INVALID;                                                    \
        expect_text(MU_ENUM_TO_STRING(type, constant), #constant, __LINE__);            \
        EXPECT(MU_STRING_TO_ENUM(#constant, type, &found) == 0 && found == (constant)); \
        EXPECT(MU_STRING_TO_ENUM(#constant, type, NULL) != 0);                          \
    } while (0)

/* The number behind the last has none, and nothing is found by what is not a name. */
#define EXPECT_UNKNOWN(type, number)                                               \
    do {                                                                           \
        type found = (type)((number)-1);                                           \
        expect_text(MU_ENUM_TO_STRING(type, (type)(number)), "UNKNOWN", __LINE__); \
        EXPECT(MU_STRING_TO_ENUM("UNKNOWN", type, &found) != 0);                   \
        EXPECT(MU_STRING_TO_ENUM("", type, &found) != 0);                          \
        EXPECT(MU_STRING_TO_ENUM(NULL, type, &found) != 0);                        \
        EXPECT(found == (type)((number)-1));                                       \
    } while (0)

static void check_names_of_the_async_socket(void)
{
    EXPECT_NAME(ASYNC_SOCKET_OPEN_RESULT, ASYNC_SOCKET_OPEN_RESULT_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_OPEN_RESULT, ASYNC_SOCKET_OPEN_OK);
    EXPECT_NAME(ASYNC_SOCKET_OPEN_RESULT, ASYNC_SOCKET_OPEN_ERROR);
    EXPECT_UNKNOWN(ASYNC_SOCKET_OPEN_RESULT, 3);

    EXPECT_NAME(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_RESULT_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_OK);
    EXPECT_NAME(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_ERROR);
#if ASYNC_SOCKET_API_VERSION == 1
    EXPECT_NAME(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_ABANDONED);
#else
    EXPECT_NAME(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_NOT_OPEN);
#endif
    EXPECT_UNKNOWN(ASYNC_SOCKET_SEND_SYNC_RESULT, 4);

    EXPECT_NAME(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_RESULT_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_OK);
    EXPECT_NAME(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_ERROR);
    EXPECT_NAME(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_ABANDONED);
    EXPECT_UNKNOWN(ASYNC_SOCKET_SEND_RESULT, 4);

    EXPECT_NAME(ASYNC_SOCKET_RECEIVE_RESULT, ASYNC_SOCKET_RECEIVE_RESULT_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_RECEIVE_RESULT, ASYNC_SOCKET_RECEIVE_OK);
    EXPECT_NAME(ASYNC_SOCKET_RECEIVE_RESULT, ASYNC_SOCKET_RECEIVE_ERROR);
    EXPECT_NAME(ASYNC_SOCKET_RECEIVE_RESULT, ASYNC_SOCKET_RECEIVE_ABANDONED);
    EXPECT_UNKNOWN(ASYNC_SOCKET_RECEIVE_RESULT, 4);

    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_TYPE, ASYNC_SOCKET_NOTIFY_IO_TYPE_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_TYPE, ASYNC_SOCKET_NOTIFY_IO_TYPE_IN);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_TYPE, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT);
    EXPECT_UNKNOWN(ASYNC_SOCKET_NOTIFY_IO_TYPE, 3);

    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_INVALID);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_IN);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED);
    EXPECT_NAME(ASYNC_SOCKET_NOTIFY_IO_RESULT, ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR);
    EXPECT_UNKNOWN(ASYNC_SOCKET_NOTIFY_IO_RESULT, 5);
}

static void check_names_of_the_transport(void)
{
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_RESULT_INVALID);
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_INVALID_ARG);
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_OK);
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_ERROR);
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_FAILED);
    EXPECT_NAME(SOCKET_SEND_RESULT, SOCKET_SEND_SHUTDOWN);
    EXPECT_UNKNOWN(SOCKET_SEND_RESULT, 6);

    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_RESULT_INVALID);
    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_INVALID_ARG);
    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_OK);
    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_WOULD_BLOCK);
    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_ERROR);
    EXPECT_NAME(SOCKET_RECEIVE_RESULT, SOCKET_RECEIVE_SHUTDOWN);
    EXPECT_UNKNOWN(SOCKET_RECEIVE_RESULT, 6);

    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_RESULT_INVALID);
    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_OK);
    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_ERROR);
    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_PORT_EXHAUSTION);
    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_INPROGRESS);
    EXPECT_NAME(SOCKET_ACCEPT_RESULT, SOCKET_ACCEPT_NO_CONNECTION);
    EXPECT_UNKNOWN(SOCKET_ACCEPT_RESULT, 6);

    EXPECT_NAME(SOCKET_TYPE, SOCKET_TYPE_INVALID);
    EXPECT_NAME(SOCKET_TYPE, SOCKET_BINDING);
    EXPECT_NAME(SOCKET_TYPE, SOCKET_CLIENT);
    EXPECT_UNKNOWN(SOCKET_TYPE, 3);

    EXPECT_NAME(ADDRESS_TYPE, ADDRESS_TYPE_INVALID);
    EXPECT_NAME(ADDRESS_TYPE, ADDRESS_INET);
    EXPECT_NAME(ADDRESS_TYPE, ADDRESS_INET_6);
    EXPECT_NAME(ADDRESS_TYPE, ADDRESS_NETBIOS);
    EXPECT_UNKNOWN(ADDRESS_TYPE, 4);
}

static void check_printf_pairs(void)
{
    char text[100];
    (void)snprintf(text, sizeof text, "<%" PRI_MU_ENUM ">",
                   MU_ENUM_VALUE(ASYNC_SOCKET_SEND_RESULT, ASYNC_SOCKET_SEND_ERROR));
    expect_text(text, "<ASYNC_SOCKET_SEND_ERROR (2)>", __LINE__);
    (void)snprintf(text, sizeof text, "%" PRI_MU_ENUM, MU_ENUM_VALUE(SOCKET_TYPE, (SOCKET_TYPE)9));
    expect_text(text, "UNKNOWN (9)", __LINE__);
    EXPECT(snprintf(text, sizeof text, "%" PRI_SOCKET, (SOCKET_HANDLE)INVALID_SOCKET) > 0);
}

static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    (void)result;
    ++*(int*)context;
}

static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    (void)result;
    ++*(int*)context;
}

static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t bytes)
{
    (void)result;
    (void)bytes;
    ++*(int*)context;
}

static void ignore(ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    (void)level;
    (void)message;
}

/* Every function is there under its name, with the parameters of this generation. */
static void check_functions(void)
{
    int calls = 0;
    char byte = 0;
    ASYNC_SOCKET_BUFFER payload = {&byte, 1};
    EXECUTION_ENGINE_PARAMETERS_WIN32 parameters = {1, 2};
    void* parameters_of_the_handle_generation = &parameters;
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(parameters_of_the_handle_generation);
    EXPECT(engine != NULL);
#ifdef _WIN32
    EXPECT(execution_engine_win32_get_threadpool(engine) != NULL);
#else
    EXPECT(execution_engine_linux_get_parameters(engine)->max_thread_count == 2);
#endif
    execution_engine_inc_ref(engine);
    execution_engine_dec_ref(engine);

#if ASYNC_SOCKET_API_VERSION == 1
    EXPECT(async_socket_create(NULL, (SOCKET_HANDLE)INVALID_SOCKET) == NULL);
    EXPECT(async_socket_create(engine, (SOCKET_HANDLE)INVALID_SOCKET) == NULL); /* 01_034 */
#ifdef _WIN32
    EXPECT(async_socket_create(engine, NULL) == NULL); /* 0 is a descriptor elsewhere */
#endif
    EXPECT(async_socket_create_with_transport(engine, (SOCKET_HANDLE)INVALID_SOCKET, NULL, NULL, NULL, NULL) == NULL);
    EXPECT(async_socket_notify_io_async(NULL, ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, NULL, NULL) != 0);
    EXPECT(async_socket_open_async(NULL, on_open, &calls) != 0);
    EXPECT(async_socket_send_async(NULL, &payload, 1, on_sent, &calls) == ASYNC_SOCKET_SEND_SYNC_ERROR);
    EXPECT(async_socket_receive_async(NULL, &payload, 1, on_received, &calls) != 0);
#else
    ASYNC_SOCKET_HANDLE async_socket = async_socket_create(engine);
    EXPECT(async_socket != NULL);
    EXPECT(async_socket_create_with_transport(engine, NULL, NULL, NULL, NULL) == NULL);                  /* 04_001 */
    EXPECT(async_socket_notify_io_async(async_socket, ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, NULL, NULL) != 0); /* 04_002 */
#if ASYNC_SOCKET_API_VERSION == 2
    EXPECT(async_socket_open_async(async_socket, NULL, on_open, &calls) != 0);                           /* 01_034 */
#else
    EXPECT(async_socket_open_async(async_socket, (SOCKET_HANDLE)INVALID_SOCKET, on_open, &calls) != 0); /* 01_034 */
#ifdef _WIN32
    EXPECT(async_socket_open_async(async_socket, NULL, on_open, &calls) != 0);
#endif
#endif
    EXPECT(async_socket_send_async(async_socket, &payload, 1, on_sent, &calls) == ASYNC_SOCKET_SEND_SYNC_NOT_OPEN);
    EXPECT(async_socket_receive_async(async_socket, &payload, 1, on_received, &calls) != 0);
    async_socket_close(async_socket);
    async_socket_destroy(async_socket);
#endif
    async_socket_close(NULL);
    async_socket_destroy(NULL);
    execution_engine_dec_ref(engine);

    SOCKET_TRANSPORT_HANDLE client = socket_transport_create_client();
    SOCKET_TRANSPORT_HANDLE server = socket_transport_create_server();
    EXPECT(client != NULL && server != NULL);
    EXPECT(!socket_transport_is_valid_socket(client));
    EXPECT(socket_transport_get_underlying_socket(server) == (SOCKET_HANDLE)INVALID_SOCKET);
    EXPECT(socket_transport_create_from_socket((SOCKET_HANDLE)INVALID_SOCKET) == NULL);
    socket_transport_destroy(client);
    socket_transport_destroy(server);
    EXPECT(calls == 0);
}

/* The library's own interface, as far as it needs no engine. */
static void check_own_functions(void)
{
    as_address address = {0};
    as_address same = {0};
    char text[AS_ADDRESS_TEXT_SIZE];
    size_t size = 0;
    const char byte = 0;
    const as_buffer buffer = as_buffer_of(&byte, 1);
    EXPECT(buffer.data == &byte && buffer.size == 1);
    EXPECT(as_version() == AS_VERSION);
    expect_text(as_how_text(AS_TIMED_OUT), "timed out", __LINE__);
    EXPECT(as_code_text(0, text, sizeof text) == 0 && text[0] == 0);
    EXPECT(as_in_ms(1000) > as_now());
    EXPECT(as_address_parse_with_port(&address, "[::1]:80").how == AS_DONE);
    EXPECT(as_address_loopback(&same, AS_IPV6, 80).how == AS_DONE && as_address_equal(&address, &same));
    EXPECT(as_address_text(&address, text, sizeof text) == 3);
    expect_text(text, "::1", __LINE__);
    EXPECT(as_address_family(&address) == AS_IPV6 && as_address_port(&address) == 80);
    EXPECT(as_address_system(&address, &size) != NULL && size == 28);
    EXPECT(as_address_parse(&address, "localhost", 80).how == AS_INVALID);
}

int main(void)
{
    async_socket_set_log_callback(ignore);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_INFO);
    check_names_of_the_async_socket();
    check_names_of_the_transport();
    check_printf_pairs();
    check_functions();
    check_own_functions();
    async_socket_set_log_callback(NULL);
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    return failures == 0 ? 0 : 1;
}
