// Makes an engine and an async socket of the handle generation, which refuses to be made without a
// connection.
#define ASYNC_SOCKET_API_VERSION 1
#include "c_pal/async_socket.h"

#include <cstdint>
#include <cstdio>

int main()
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    const auto no_socket = (SOCKET_HANDLE)std::intptr_t{-1}; // a pointer or a number
    const bool is_right = engine != nullptr && async_socket_create(engine, no_socket) == nullptr;
    std::printf("%s\n", is_right ? "refused" : "wrong");
    execution_engine_dec_ref(engine);
    return is_right ? 0 : 1;
}
