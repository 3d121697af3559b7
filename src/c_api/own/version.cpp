#include "async_socket/version.h"

#include <cstdint>

// From CMakeLists.txt; tests compile this file without.
#ifdef ASYNC_SOCKET_PROJECT_VERSION
static_assert(AS_VERSION == ASYNC_SOCKET_PROJECT_VERSION, "async_socket/version.h and CMakeLists.txt differ");
#endif

extern "C" std::uint32_t as_version(void)
{
    return AS_VERSION;
}
