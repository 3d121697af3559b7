#include "core/common/user_call.h"

#include <stdlib.h>

#if defined(_MSC_VER)

void async_socket_user_call(void (*call)(void* context), void* context)
{
    __try {
        call(context);
    } __finally {
        if (AbnormalTermination()) {
            abort();
        }
    }
}

#elif defined(_WIN32)

static void end_unless_returned(const int* returned)
{
    if (*returned == 0) {
        abort();
    }
}

/* With -fexceptions: what is to be cleaned up is cleaned up when an exception passes, too. */
void async_socket_user_call(void (*call)(void* context), void* context)
{
    __attribute__((cleanup(end_unless_returned))) int returned = 0;
    call(context);
    returned = 1;
}

#else

/* Compiled without unwind tables, and never left by a jump: an exception finds no way on from here, for which
 * its own runtime library ends the program. That needs none of ours. */
void async_socket_user_call(void (*call)(void* context), void* context)
{
    call(context);
}

#endif
