#include "library.h"

#include <ws2tcpip.h>

enum { patience_ms = 30000, takes_its_time_ms = 20 };

struct use {
    const struct library* functions;
    enum ending how;
    EXECUTION_ENGINE_HANDLE engine;
    ASYNC_SOCKET_HANDLE socket;
    HANDLE event; /* the callback has done its part */
    volatile LONG running;
    unsigned char room[16];
};

int connect_two(SOCKET* first, SOCKET* second)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 1;
    }
    const SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in address = {0};
    int length = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int failed = bind(listener, (const struct sockaddr*)&address, length) != 0 || listen(listener, 1) != 0 ||
                 getsockname(listener, (struct sockaddr*)&address, &length) != 0;
    *first = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    failed = failed || connect(*first, (const struct sockaddr*)&address, length) != 0;
    *second = failed ? INVALID_SOCKET : accept(listener, NULL, NULL);
    (void)closesocket(listener);
    return *second == INVALID_SOCKET;
}

static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    (void)context;
    (void)result;
}

static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    (void)result;
    (void)SetEvent(((struct use*)context)->event);
}

/* Everything of `use` but what is passed may be gone as soon as the event is set. */
static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t bytes)
{
    struct use* const use = context;
    const enum ending how = use->how;
    (void)result;
    (void)bytes;
    if (how == ends_outside) {
        const ASYNC_SOCKET_BUFFER answer = {"hello", 5};
        (void)use->functions->send_async(use->socket, &answer, 1, on_sent, use);
        return;
    }
    (void)InterlockedExchange(&use->running, 1);
    use->functions->destroy(use->socket);
    if (how == ends_in_callback) {
        use->functions->engine_dec_ref(use->engine);
    }
    (void)SetEvent(use->event);
    Sleep(takes_its_time_ms);
    if (how == ends_and_waits) {
        (void)InterlockedExchange(&use->running, 0);
    }
}

static int end(struct use* use)
{
    if (WaitForSingleObject(use->event, patience_ms) != WAIT_OBJECT_0) {
        return 6;
    }
    switch (use->how) {
    case ends_in_callback:
        return 0;
    case ends_and_waits:
        if (use->functions->engine_dec_ref_and_wait(use->engine) != EXECUTION_ENGINE_END_WAITED) {
            return 7;
        }
        return use->running == 0 ? 0 : 8;
    default:
        use->functions->destroy(use->socket);
        use->functions->engine_dec_ref(use->engine);
        return 0;
    }
}

int use_once(const struct library* functions, enum ending how)
{
    static struct use use; /* of this module: gone with it */
    SOCKET ours;
    SOCKET peer;
    if (connect_two(&ours, &peer) != 0) {
        return 1;
    }
    use.functions = functions;
    use.how = how;
    use.running = 0;
    use.event = CreateEventW(NULL, FALSE, FALSE, NULL);
    use.engine = functions->engine_create(NULL);
    if (use.engine == NULL) {
        return 2;
    }
    use.socket = functions->create(use.engine);
    if (use.socket == NULL ||
        (how == ends_outside && functions->set_completion_mode(use.socket, ASYNC_SOCKET_COMPLETION_FAST) != 0)) {
        return 3;
    }
    if (functions->open_async(use.socket, (SOCKET_HANDLE)ours, on_open, NULL) != 0) {
        return 4;
    }
    ASYNC_SOCKET_BUFFER room = {use.room, sizeof use.room};
    if (functions->receive_async(use.socket, &room, 1, on_received, &use) != 0 || send(peer, "x", 1, 0) != 1) {
        return 5;
    }
    const int result = end(&use);
    (void)closesocket(peer);
    (void)CloseHandle(use.event);
    return result;
}
