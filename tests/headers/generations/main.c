/* Files of the three generations, and of the first one's last state, in one program. An async socket made by one of
 * them receives and sends through its own generation, is closed by a second and destroyed by a third: every
 * combination, also without the close. */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#endif

#include "system.h"

#include <stdio.h>
#include <string.h>

#include "async_socket/log.h"
#include "pair.h"

enum { TIMEOUT_S = 20, RECEIVE_ABANDONED = 3, RECEIVE_OK = 1, SEND_OK = 1 };

static int failures;

static void check(int holds, const char* what, const char* opened_by, const char* ended_by)
{
    if (!holds) {
        printf("failed: %s (opened by %s, ended by %s)\n", what, opened_by, ended_by);
        failures++;
    }
}

/* What a callback said last, and an event for it. */
typedef struct REPORT_TAG {
    EVENT arrived;
    int result;
    uint32_t bytes;
} REPORT;

typedef struct REPORTS_TAG {
    REPORT received;
    REPORT sent;
} REPORTS;

static void on_received(void* context, int result, uint32_t bytes_received)
{
    REPORTS* reports = context;
    reports->received.result = result;
    reports->received.bytes = bytes_received;
    event_set(&reports->received.arrived);
}

static void on_sent(void* context, int result)
{
    REPORTS* reports = context;
    reports->sent.result = result;
    event_set(&reports->sent.arrived);
}

static int has_arrived(REPORT* report)
{
    return event_wait(&report->arrived, TIMEOUT_S);
}

/* Two ends of one loopback connection. The first one can do overlapped I/O. */
static int connect_pair(SOCKET ends[2])
{
    struct sockaddr_in address;
    ADDRESS_LENGTH length = sizeof(address);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ends[0] = overlapped_socket();
    ends[1] = INVALID_SOCKET;
    if (bind(listener, (struct sockaddr*)&address, length) == 0 && listen(listener, 1) == 0 &&
        getsockname(listener, (struct sockaddr*)&address, &length) == 0 &&
        connect(ends[0], (struct sockaddr*)&address, length) == 0) {
        ends[1] = accept(listener, NULL, NULL);
    }
    closesocket(listener);
    return ends[0] != INVALID_SOCKET && ends[1] != INVALID_SOCKET;
}

static void run(EXECUTION_ENGINE_HANDLE execution_engine, const GENERATION* opener, const GENERATION* closer,
                const GENERATION* destroyer)
{
    const char* ended_by = closer != NULL ? closer->name : destroyer->name;
    REPORTS reports;
    EXCHANGE exchange = {on_received, on_sent, NULL, {0}};
    OPENED opened;
    SOCKET ends[2];
    char byte[4];

    memset(&reports, 0, sizeof(reports));
    event_create(&reports.received.arrived);
    event_create(&reports.sent.arrived);
    exchange.context = &reports;

    check(connect_pair(ends), "a connected pair", opener->name, ended_by);
    opened = opener->open(execution_engine, (SOCKET_HANDLE)ends[0]);
    check(opened.async_socket != NULL, "opens", opener->name, ended_by);
    if (opened.async_socket != NULL) {
        check(opener->receive(opened.async_socket, &exchange) == 0, "receive accepted", opener->name, ended_by);
        check(send(ends[1], "ping", 4, 0) == 4, "the peer sends", opener->name, ended_by);
        check(has_arrived(&reports.received) && reports.received.result == RECEIVE_OK && reports.received.bytes > 0 &&
                  memcmp(exchange.received, "ping", reports.received.bytes) == 0,
              "receives what the peer sent", opener->name, ended_by);

        check(opener->send(opened.async_socket, "pong", &exchange) == 0, "send accepted", opener->name, ended_by);
        check(has_arrived(&reports.sent) && reports.sent.result == SEND_OK, "sends", opener->name, ended_by);
        check(recv(ends[1], byte, 1, 0) == 1 && byte[0] == 'p', "the peer receives", opener->name, ended_by);

        check(opener->receive(opened.async_socket, &exchange) == 0, "idle receive accepted", opener->name, ended_by);
        if (closer != NULL) {
            closer->close(opened.async_socket);
            check(has_arrived(&reports.received) && reports.received.result == RECEIVE_ABANDONED &&
                      reports.received.bytes == 0,
                  "close ends the receive as abandoned", opener->name, ended_by);
            check(opener->send(opened.async_socket, "late", &exchange) == 1, "a send after close is refused",
                  opener->name, ended_by);
        }
        destroyer->destroy(opened.async_socket);
        if (closer == NULL) {
            check(has_arrived(&reports.received) && reports.received.result == RECEIVE_ABANDONED,
                  "destroy ends the receive as abandoned", opener->name, ended_by);
        }
    }
    opener->free_connection(opened.connection);
    closesocket(ends[1]);
    event_destroy(&reports.received.arrived);
    event_destroy(&reports.sent.arrived);
}

int main(void)
{
    /* The first is for those that are not closed before they are destroyed. */
    const GENERATION* const generations[] = {NULL, &handle_generation, &late_handle_generation, &transport_generation,
                                             &current_generation};
    enum { GENERATIONS = sizeof(generations) / sizeof(generations[0]) };
    EXECUTION_ENGINE_HANDLE execution_engine = NULL;

    if (!system_start()) {
        return 1;
    }
    /* Sends after close are refused on purpose. */
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    execution_engine = execution_engine_create(NULL);
    for (size_t i = 1; i < GENERATIONS; i++) {
        for (size_t j = 0; j < GENERATIONS; j++) {
            for (size_t k = 1; k < GENERATIONS; k++) {
                run(execution_engine, generations[i], generations[j], generations[k]);
            }
        }
    }
    execution_engine_dec_ref(execution_engine);
    printf("%d failed\n", failures);
    return failures == 0 ? 0 : 1;
}
