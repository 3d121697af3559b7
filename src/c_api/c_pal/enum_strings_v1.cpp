// The one enum whose names differ in the handle generation.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

extern "C" {

MU_DEFINE_ENUM_STRINGS(ASYNC_SOCKET_SEND_SYNC_RESULT, ASYNC_SOCKET_SEND_SYNC_RESULT_VALUES)

} // extern "C"
