/* Makes an engine and an async socket, and says what they answer. */
#include <stdio.h>

#include "c_pal/async_socket.h"
#include "c_pal/execution_engine.h"

int main(void)
{
    static unsigned char byte;
    ASYNC_SOCKET_BUFFER payload = {&byte, 1};
    EXECUTION_ENGINE_HANDLE execution_engine = execution_engine_create(NULL);
    ASYNC_SOCKET_HANDLE async_socket = async_socket_create(execution_engine);
    ASYNC_SOCKET_SEND_SYNC_RESULT result = async_socket_send_async(async_socket, &payload, 1, NULL, NULL);
    int is_right = execution_engine != NULL && async_socket != NULL && result == ASYNC_SOCKET_SEND_SYNC_ERROR;
    printf("a send without a callback: %" PRI_MU_ENUM "\n", MU_ENUM_VALUE(ASYNC_SOCKET_SEND_SYNC_RESULT, result));
    async_socket_destroy(async_socket);
    execution_engine_dec_ref(execution_engine);
    return is_right ? 0 : 1;
}
