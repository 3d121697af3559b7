/* A plug-in that has linked the static library, and uses it for as long as one call lasts. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async_socket/engine_end.h"
#include "c_pal/async_socket.h"

struct use {
    ASYNC_SOCKET_HANDLE socket;
    sem_t received;
    char byte;
};

static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    (void)context;
    (void)result;
}

/* The callback that destroys its own socket returns some time later. */
static void on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t bytes)
{
    struct use* const use = (struct use*)context;
    (void)result;
    (void)bytes;
    async_socket_destroy(use->socket);
    sem_post(&use->received);
    (void)poll(NULL, 0, 1);
}

static int connect_pair(int pair[2])
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr*)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr*)&address, &size) != 0) {
        return 1;
    }
    pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(pair[0], (struct sockaddr*)&address, size) != 0) {
        return 1;
    }
    pair[1] = accept(listener, NULL, NULL);
    close(listener);
    return pair[1] < 0 ? 1 : 0;
}

/* 0: done, and nothing of the library runs any more. */
__attribute__((visibility("default"))) int plug_in_use(void)
{
    struct use use;
    int pair[2];
    ASYNC_SOCKET_BUFFER piece;
    EXECUTION_ENGINE_HANDLE const engine = execution_engine_create(NULL);
    if (engine == NULL || connect_pair(pair) != 0) {
        return 1;
    }
    use.socket = async_socket_create(engine);
    piece.buffer = &use.byte;
    piece.length = 1;
    sem_init(&use.received, 0, 0);
    if (async_socket_open_async(use.socket, pair[0], on_open, NULL) != 0 ||
        async_socket_receive_async(use.socket, &piece, 1, on_receive, &use) != 0 || write(pair[1], "x", 1) != 1) {
        return 2;
    }
    while (sem_wait(&use.received) != 0) {
    }
    close(pair[1]);
    sem_destroy(&use.received);
    return execution_engine_dec_ref_and_wait(engine) == EXECUTION_ENGINE_END_WAITED ? 0 : 3;
}
