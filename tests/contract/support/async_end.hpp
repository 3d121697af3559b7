// The adapter that lets one scenario run against every generation of the API: an async socket on the
// near end of a connection, with whatever the generation needs beside it. The generation is that of
// the including file (ASYNC_SOCKET_API_VERSION).
#pragma once

#include <utility>

#include "c_pal/async_socket.h"
#include "peer.hpp"

namespace contract {

// An engine, released at the end of its scope.
class engine {
public:
    engine() : handle_(execution_engine_create(nullptr)) {}
    engine(std::uint32_t minimum, std::uint32_t maximum)
    {
        const EXECUTION_ENGINE_PARAMETERS parameters{minimum, maximum};
        handle_ = execution_engine_create(&parameters);
    }
    ~engine() { release(); }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] EXECUTION_ENGINE_HANDLE handle() const { return handle_; }
    // Gives the test's reference back early.
    void release() { execution_engine_dec_ref(std::exchange(handle_, nullptr)); }

private:
    EXECUTION_ENGINE_HANDLE handle_ = nullptr;
};

// The third value of ASYNC_SOCKET_SEND_SYNC_RESULT under the name of this generation.
#if ASYNC_SOCKET_API_VERSION == 1
constexpr ASYNC_SOCKET_SEND_SYNC_RESULT send_refused_not_open = ASYNC_SOCKET_SEND_SYNC_ABANDONED;
#else
constexpr ASYNC_SOCKET_SEND_SYNC_RESULT send_refused_not_open = ASYNC_SOCKET_SEND_SYNC_NOT_OPEN;
#endif

// Owns an async socket and, until the library owns it, its connection.
class async_end {
public:
    // A closed async socket for this connection. handle() is null if the create failed.
    async_end(EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected);
    // Destroys the async socket unless that has been done or taken over, then frees what is beside it.
    ~async_end();
    async_end(const async_end&) = delete;
    async_end& operator=(const async_end&) = delete;

    [[nodiscard]] ASYNC_SOCKET_HANDLE handle() const { return handle_; }
    // Generation 2 only, null otherwise.
    [[nodiscard]] SOCKET_TRANSPORT_HANDLE transport() const { return transport_; }

    // The generation's async_socket_open_async with the connection given at construction (or by
    // `replace`). 0 on success.
    int open(ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete, void* context);
    // The same with a callback that does nothing.
    int open();
    // How many of those this process has done, for a look at what each leaves behind.
    [[nodiscard]] static std::size_t opened();

    // A fresh connection for the next open of the same async socket. Generations 2 and 3.
    void replace(SOCKET_HANDLE connected);

    // From now on the caller destroys (or has destroyed) the async socket.
    ASYNC_SOCKET_HANDLE take_over() { return std::exchange(handle_, nullptr); }
    void destroy() { async_socket_destroy(take_over()); }

private:
    void adopt(SOCKET_HANDLE connected);
    void give_up_connection();

    ASYNC_SOCKET_HANDLE handle_ = nullptr;
    SOCKET_HANDLE socket_ = invalid_socket();     // while it is ours to close
    SOCKET_TRANSPORT_HANDLE transport_ = nullptr; // generation 2
};

// A connected pair with the near end open.
struct open_pair {
    explicit open_pair(EXECUTION_ENGINE_HANDLE engine);

    loopback_pair connection;
    async_end near_end;
    peer& far_end;
};

} // namespace contract
