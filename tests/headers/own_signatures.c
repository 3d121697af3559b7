/* The library's own interface (as_...): numbers, sizes and signatures are the binary interface, and are compared at
 * compile time with what is written here. This file is C and C++. Linked into a program it also shows that every
 * function exists. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async_socket/address.h"
#include "async_socket/buffer.h"
#include "async_socket/connect.h"
#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "async_socket/listener.h"
#include "async_socket/operation.h"
#include "async_socket/outcome.h"
#include "async_socket/resolve.h"
#include "async_socket/statistics.h"
#include "async_socket/stream.h"
#include "async_socket/timer.h"
#include "async_socket/version.h"
#include "async_socket/wait.h"

#define NUMBER(constant, number) static_assert((int)(constant) == (number), #constant)
/* A member's place and, with the zero-or-pointer trick of sizeof, its size. */
#define MEMBER(type, member, place, size)                                \
    static_assert(offsetof(type, member) == (place), #type "." #member); \
    static_assert(sizeof(((type*)0)->member) == (size), #type "." #member)

/* --- enums --- */

NUMBER(AS_DONE, 0);
NUMBER(AS_END_OF_STREAM, 1);
NUMBER(AS_RESET, 2);
NUMBER(AS_CLOSED_HERE, 3);
NUMBER(AS_CANCELLED, 4);
NUMBER(AS_TIMED_OUT, 5);
NUMBER(AS_REFUSED, 6);
NUMBER(AS_UNREACHABLE, 7);
NUMBER(AS_NO_SUCH_NAME, 8);
NUMBER(AS_NO_ROOM, 9);
NUMBER(AS_NOT_AVAILABLE, 10);
NUMBER(AS_INVALID, 11);
NUMBER(AS_FAILED, 12);

NUMBER(AS_NO_FAMILY, 0);
NUMBER(AS_IPV4, 1);
NUMBER(AS_IPV6, 2);
NUMBER(AS_UNIX, 3);

static_assert(AS_NEVER == UINT64_MAX, "AS_NEVER");
NUMBER(AS_ADDRESS_TEXT_SIZE, 112);
NUMBER(AS_LISTENER_ADDRESSES, 64);

/* --- structures: the same for every compiler of a platform --- */

MEMBER(as_outcome, bytes, 0, 8);
MEMBER(as_outcome, how, 8, 4);
MEMBER(as_outcome, code, 12, 4);
static_assert(sizeof(as_outcome) == 16, "as_outcome");

/* Sizes of pointers are what is asked. NOLINTBEGIN(bugprone-sizeof-expression) */
MEMBER(as_address, system, 0, 128);
MEMBER(as_address, size, 128, 4);
MEMBER(as_address, reserved, 132, 4);
static_assert(sizeof(as_address) == 136, "as_address");

MEMBER(as_operation, on_end, 0, sizeof(void*));
MEMBER(as_operation, context, sizeof(void*), sizeof(void*));
MEMBER(as_operation, reserved, 2 * sizeof(void*), (size_t)8 * AS_OPERATION_RESERVED);
static_assert(sizeof(as_operation) == 2 * sizeof(void*) + (size_t)8 * AS_OPERATION_RESERVED, "as_operation");

MEMBER(as_engine_options, size, 0, 4);
MEMBER(as_engine_options, callbacks, 4, 4);
MEMBER(as_engine_options, threads, 8, 4);
MEMBER(as_engine_options, reserved, 12, 4);
static_assert(sizeof(as_engine_options) == 16, "as_engine_options");

MEMBER(as_listener_options, size, 0, 4);
MEMBER(as_listener_options, backlog, 4, 4);
MEMBER(as_listener_options, ipv6_only, 8, 4);
MEMBER(as_listener_options, reuse_address, 12, 4);
MEMBER(as_listener_options, options, 16, sizeof(void*));
MEMBER(as_listener_options, option_count, 16 + sizeof(void*), 4);
MEMBER(as_listener_options, reserved, 20 + sizeof(void*), 4);
static_assert(sizeof(as_listener_options) == 24 + sizeof(void*), "as_listener_options");

MEMBER(as_option_value, option, 0, 4);
MEMBER(as_option_value, value, sizeof(as_option_value) - 8, 8);

/* They grow at the end alone: an older program's is a beginning of them. */
MEMBER(as_stream_statistics, size, 0, 4);
MEMBER(as_stream_statistics, reserved, 4, 4);
MEMBER(as_stream_statistics, sends, 8, 8);
MEMBER(as_stream_statistics, receives, 16, 8);
MEMBER(as_stream_statistics, bytes_sent, 24, 8);
MEMBER(as_stream_statistics, bytes_received, 32, 8);
MEMBER(as_stream_statistics, deadlines_passed, 40, 8);
static_assert(sizeof(as_stream_statistics) == 48, "as_stream_statistics");

MEMBER(as_engine_statistics, size, 0, 4);
MEMBER(as_engine_statistics, reserved, 4, 4);
MEMBER(as_engine_statistics, sends, 8, 8);
MEMBER(as_engine_statistics, receives, 16, 8);
MEMBER(as_engine_statistics, bytes_sent, 24, 8);
MEMBER(as_engine_statistics, bytes_received, 32, 8);
MEMBER(as_engine_statistics, streams_open, 40, 8);
MEMBER(as_engine_statistics, connections_accepted, 48, 8);
MEMBER(as_engine_statistics, connections_lost, 56, 8);
MEMBER(as_engine_statistics, accept_shortages, 64, 8);
MEMBER(as_engine_statistics, connects_done, 72, 8);
MEMBER(as_engine_statistics, connects_failed, 80, 8);
MEMBER(as_engine_statistics, deadlines_passed, 88, 8);
static_assert(sizeof(as_engine_statistics) == 96, "as_engine_statistics");

#ifdef _WIN32
static_assert(sizeof(as_socket) == sizeof(void*), "as_socket");
NUMBER(AS_OPERATION_RESERVED, 40);
MEMBER(as_buffer, size, 0, 4);
MEMBER(as_buffer, data, sizeof(void*), sizeof(void*));
#else
static_assert(sizeof(as_socket) == sizeof(int), "as_socket");
NUMBER(AS_OPERATION_RESERVED, 32);
MEMBER(as_buffer, data, 0, sizeof(void*));
MEMBER(as_buffer, size, sizeof(void*), sizeof(size_t));
#endif
static_assert(sizeof(as_buffer) == 2 * sizeof(void*), "as_buffer");

MEMBER(as_question, host, 0, sizeof(void*));
MEMBER(as_question, service, sizeof(void*), sizeof(void*));
MEMBER(as_question, family, 2 * sizeof(void*), 4);
MEMBER(as_question, flags, 2 * sizeof(void*) + 4, 4);
static_assert(sizeof(as_question) == 2 * sizeof(void*) + 8, "as_question");
MEMBER(as_target, host, 0, sizeof(void*));
MEMBER(as_target, service, sizeof(void*), sizeof(void*));
MEMBER(as_target, family, 2 * sizeof(void*), 4);
MEMBER(as_target, address_count, 2 * sizeof(void*) + 4, 4);
MEMBER(as_target, addresses, 2 * sizeof(void*) + 8, sizeof(void*));

MEMBER(as_attempt, address, 0, 136);
MEMBER(as_attempt, outcome, 136, 16);
static_assert(sizeof(as_attempt) == 152, "as_attempt");

MEMBER(as_connect_options, size, 0, 4);
MEMBER(as_connect_options, delay_ms, 4, 4);
MEMBER(as_connect_options, options, 8, sizeof(void*));
MEMBER(as_connect_options, option_count, 8 + sizeof(void*), 4);
MEMBER(as_connect_options, attempt_capacity, 12 + sizeof(void*), 4);
MEMBER(as_connect_options, from, 16 + sizeof(void*), sizeof(void*));
MEMBER(as_connect_options, attempts, 16 + 2 * sizeof(void*), sizeof(void*));
MEMBER(as_connect_options, attempt_count, 16 + 3 * sizeof(void*), sizeof(void*));
MEMBER(as_connect_options, reached, 16 + 4 * sizeof(void*), sizeof(void*));

/* NOLINTEND(bugprone-sizeof-expression) */

static_assert(AS_QUESTION_PASSIVE == 1, "AS_QUESTION_PASSIVE");
static_assert(AS_QUESTION_NUMERIC == 2, "AS_QUESTION_NUMERIC");

/* --- functions --- */

typedef struct OWN_FUNCTIONS_TAG {
    uint32_t (*version)(void);
    const char* (*how_text)(uint32_t);
    size_t (*code_text)(uint32_t, char*, size_t);
    as_deadline (*now)(void);
    as_deadline (*in_ms)(uint64_t);
    as_buffer (*buffer_of)(const void*, size_t);
    as_outcome (*address_parse)(as_address*, const char*, uint16_t);
    as_outcome (*address_parse_with_port)(as_address*, const char*);
    as_outcome (*address_unix)(as_address*, const char*, size_t);
    as_outcome (*address_any)(as_address*, as_family, uint16_t);
    as_outcome (*address_loopback)(as_address*, as_family, uint16_t);
    as_family (*address_family)(const as_address*);
    uint16_t (*address_port)(const as_address*);
    as_outcome (*address_set_port)(as_address*, uint16_t);
    bool (*address_equal)(const as_address*, const as_address*);
    size_t (*address_text)(const as_address*, char*, size_t);
    size_t (*address_text_with_port)(const as_address*, char*, size_t);
    const void* (*address_system)(const as_address*, size_t*);
    as_outcome (*address_from_system)(as_address*, const void*, size_t);
    as_outcome (*engine_create)(const as_engine_options*, as_engine**);
    void (*engine_end)(as_engine*);
    as_outcome (*engine_end_and_wait)(as_engine*);
    const char* (*engine_backend)(const as_engine*);
    bool (*is_in_callback)(void);
    as_outcome (*wait)(const uint32_t*, uint32_t, as_deadline);
    void (*wake)(uint32_t*);
    as_outcome (*stream_adopt)(as_engine*, as_socket, as_stream**);
    as_outcome (*stream_send)(as_stream*, as_operation*, const as_buffer*, uint32_t, as_deadline);
    as_outcome (*stream_receive)(as_stream*, as_operation*, const as_buffer*, uint32_t, as_deadline);
    as_outcome (*stream_send_some)(as_stream*, as_operation*, const as_buffer*, uint32_t, as_deadline);
    as_outcome (*stream_receive_exactly)(as_stream*, as_operation*, const as_buffer*, uint32_t, as_deadline);
    as_outcome (*stream_shutdown_send)(as_stream*, as_operation*, as_deadline);
    void (*stream_close)(as_stream*);
    as_outcome (*stream_drain_and_close)(as_stream*, as_operation*, as_deadline);
    void (*stream_reset)(as_stream*);
    as_outcome (*stream_release)(as_stream*, as_socket*);
    as_outcome (*stream_local_address)(as_stream*, as_address*);
    as_outcome (*stream_remote_address)(as_stream*, as_address*);
    as_outcome (*stream_set_idle_time)(as_stream*, uint64_t);
    as_outcome (*stream_set_option)(as_stream*, uint32_t, uint64_t);
    as_outcome (*stream_get_option)(as_stream*, uint32_t, uint64_t*);
    as_outcome (*stream_bytes_to_receive)(as_stream*);
    as_outcome (*stream_bytes_unacknowledged)(as_stream*);
    as_outcome (*listener_open)(as_engine*, const as_address*, uint32_t, const as_listener_options*, as_listener**);
    as_outcome (*listener_address)(as_listener*, uint32_t, as_address*);
    as_outcome (*listener_accept)(as_listener*, as_operation*, as_stream**, as_deadline);
    void (*listener_close)(as_listener*);
    as_outcome (*connect_address)(as_engine*, const as_address*, as_operation*, as_stream**, as_deadline);
    as_outcome (*timer_start)(as_engine*, as_operation*, as_deadline);
    as_outcome (*stream_get_statistics)(as_stream*, as_stream_statistics*);
    as_outcome (*engine_get_statistics)(as_engine*, as_engine_statistics*);
    void (*operation_cancel)(as_operation*);
    as_outcome (*connect)(as_engine*, const as_target*, const as_connect_options*, as_operation*, as_stream**,
                          as_deadline);
    as_outcome (*resolve)(as_engine*, const as_question*, as_operation*, as_address*, uint32_t, uint32_t*, as_deadline);
} OWN_FUNCTIONS;

/* Without designators, which C++11 does not have: the order is that of the struct. */
extern const OWN_FUNCTIONS own_functions;
const OWN_FUNCTIONS own_functions = {
    as_version,
    as_how_text,
    as_code_text,
    as_now,
    as_in_ms,
    as_buffer_of,
    as_address_parse,
    as_address_parse_with_port,
    as_address_unix,
    as_address_any,
    as_address_loopback,
    as_address_family,
    as_address_port,
    as_address_set_port,
    as_address_equal,
    as_address_text,
    as_address_text_with_port,
    as_address_system,
    as_address_from_system,
    as_engine_create,
    as_engine_end,
    as_engine_end_and_wait,
    as_engine_backend,
    as_is_in_callback,
    as_wait,
    as_wake,
    as_stream_adopt,
    as_stream_send,
    as_stream_receive,
    as_stream_send_some,
    as_stream_receive_exactly,
    as_stream_shutdown_send,
    as_stream_close,
    as_stream_drain_and_close,
    as_stream_reset,
    as_stream_release,
    as_stream_local_address,
    as_stream_remote_address,
    as_stream_set_idle_time,
    as_stream_set_option,
    as_stream_get_option,
    as_stream_bytes_to_receive,
    as_stream_bytes_unacknowledged,
    as_listener_open,
    as_listener_address,
    as_listener_accept,
    as_listener_close,
    as_connect_address,
    as_timer_start,
    as_stream_get_statistics,
    as_engine_get_statistics,
    as_operation_cancel,
    as_connect,
    as_resolve,
};

/* The operation's callback. */
static void on_end(as_operation* operation, as_outcome outcome)
{
    (void)operation;
    (void)outcome;
}

extern const as_callback own_callback;
const as_callback own_callback = on_end;
