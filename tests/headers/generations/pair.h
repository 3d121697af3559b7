/* What main.c hands to the file of each generation, and gets back from it. */
#ifndef GENERATIONS_PAIR_H
#define GENERATIONS_PAIR_H

#include <stdint.h>

#include "c_pal/execution_engine.h"
#include "c_pal/socket_handle.h"

/* What the callbacks report; main.c waits for it. */
typedef struct EXCHANGE_TAG {
    void (*on_received)(void* context, int result, uint32_t bytes_received);
    void (*on_sent)(void* context, int result);
    void* context;
    unsigned char received[64];
} EXCHANGE;

/* An async socket as a file of another generation sees it: without a type. connection is what the
 * user of that generation has to free besides it, or NULL. */
typedef struct OPENED_TAG {
    void* async_socket;
    void* connection;
} OPENED;

typedef struct GENERATION_TAG {
    const char* name;
    OPENED (*open)(EXECUTION_ENGINE_HANDLE execution_engine, SOCKET_HANDLE connected_socket);
    int (*receive)(void* async_socket, EXCHANGE* exchange);
    int (*send)(void* async_socket, const char* text, EXCHANGE* exchange);
    void (*close)(void* async_socket);
    void (*destroy)(void* async_socket);
    void (*free_connection)(void* connection);
} GENERATION;

extern const GENERATION handle_generation;
extern const GENERATION late_handle_generation;
extern const GENERATION transport_generation;
extern const GENERATION current_generation;

#endif
