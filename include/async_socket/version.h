/* Which version of the library this is. Any thread; no errors. */
#ifndef ASYNC_SOCKET_VERSION_H
#define ASYNC_SOCKET_VERSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0xMMmmpp: major, minor and patch. What the program was compiled with. */
#define AS_VERSION UINT32_C(0x000100)

/* What the program runs with. It can be used if its major number is that of AS_VERSION, and it is not lower. */
uint32_t as_version(void);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_VERSION_H */
