/* An engine, and a listener on it whose connections come from this machine; each is handed over as a stream, with
 * memory for what belongs to it. */
#ifndef LOCAL_SERVER_H
#define LOCAL_SERVER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "async_socket/listener.h"

typedef struct local_server {
    as_engine* engine;
    as_listener* listener;
    /* Both are its own from now on, to close and to free; the memory is `size` bytes of 0. Called for one at a time. */
    void (*serve)(as_stream* stream, void* memory);
    size_t size;
    as_operation accept;
    as_stream* accepted;
} local_server;

static inline void local_server_took(as_operation* operation, as_outcome outcome)
{
    local_server* const server = operation->context;
    void* const memory = outcome.how == AS_DONE ? calloc(1, server->size) : NULL;
    if (memory != NULL) {
        server->serve(server->accepted, memory);
    } else if (outcome.how == AS_DONE) {
        as_stream_close(server->accepted);
    }
    /* In a callback a listener is still there, although its close may have begun. */
    outcome = as_listener_accept(server->listener, operation, &server->accepted, AS_NEVER);
    if (outcome.how != AS_DONE && outcome.how != AS_CLOSED_HERE) {
        (void)fprintf(stderr, "cannot accept any more: %s\n", as_how_text(outcome.how));
    }
}

/* Prints its port. NULL or "0" is one of the system's choice. What was made before a failure is given up with the
 * program. `serve` and `size` are set already. */
static inline bool local_server_start(local_server* server, const char* port)
{
    const unsigned long number = port != NULL ? strtoul(port, NULL, 10) : 0;
    as_address address;
    server->accept = (as_operation){local_server_took, server, {0}};
    as_outcome outcome = as_engine_create(NULL, &server->engine);
    if (outcome.how == AS_DONE) {
        (void)as_address_loopback(&address, AS_IPV4, (uint16_t)number);
        outcome = as_listener_open(server->engine, &address, 1, NULL, &server->listener);
    }
    if (outcome.how == AS_DONE) { /* the callback may come before this returns, and uses nothing that is not set */
        outcome = as_listener_accept(server->listener, &server->accept, &server->accepted, AS_NEVER);
    }
    if (outcome.how != AS_DONE) {
        (void)fprintf(stderr, "cannot listen on port %lu: %s\n", number, as_how_text(outcome.how));
        return false;
    }
    (void)as_listener_address(server->listener, 0, &address);
    (void)printf("listening on port %u\n", (unsigned)as_address_port(&address));
    return fflush(stdout) == 0;
}

/* Serves until the standard input ends, and then accepts nobody any more. No `serve` is running afterwards. */
static inline void local_server_run(local_server* server)
{
    while (getchar() != EOF) {
    }
    as_listener_close(server->listener);
}

#endif /* LOCAL_SERVER_H */
