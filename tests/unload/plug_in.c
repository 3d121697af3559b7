/* A plug-in that has linked the static library. */
#include "library.h"

static const struct library linked = {
    execution_engine_create, execution_engine_dec_ref,         execution_engine_dec_ref_and_wait,
    async_socket_create,     async_socket_set_completion_mode, async_socket_open_async,
    async_socket_destroy,    async_socket_send_async,          async_socket_receive_async};

/* What is left for the module's end. */
static EXECUTION_ENGINE_HANDLE engine;
static ASYNC_SOCKET_HANDLE left;
static unsigned char room[16];

__declspec(dllexport) int plug_in_use_once(int how);
__declspec(dllexport) int plug_in_leave(int open);

int plug_in_use_once(int how)
{
    return use_once(&linked, (enum ending)how);
}

static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    (void)context;
    (void)result;
}

static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, uint32_t bytes)
{
    (void)context;
    (void)result;
    (void)bytes;
}

/* An engine and a socket that DllMain ends: an open one with a receive that is pending, or a closed one that was open
 * once. 0: done. */
int plug_in_leave(int open)
{
    SOCKET ours;
    SOCKET peer; /* stays until the process ends */
    ASYNC_SOCKET_BUFFER buffer = {room, sizeof room};
    engine = execution_engine_create(NULL);
    left = engine == NULL ? NULL : async_socket_create(engine);
    if (left == NULL || connect_two(&ours, &peer) != 0 ||
        async_socket_open_async(left, (SOCKET_HANDLE)ours, on_open, NULL) != 0 ||
        async_socket_receive_async(left, &buffer, 1, on_received, NULL) != 0) {
        return 1;
    }
    if (!open) {
        async_socket_close(left);
    }
    return 0;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID process_ends)
{
    (void)module;
    (void)process_ends;
    if (reason == DLL_PROCESS_DETACH && engine != NULL) {
        async_socket_destroy(left);
        execution_engine_dec_ref(engine);
        engine = NULL;
    }
    return TRUE;
}
