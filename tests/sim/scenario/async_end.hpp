// An async socket of any generation with its connection, its peer, and what its callbacks were told.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "api.hpp"
#include "model/connection.hpp"

namespace sim {

// An engine for a scope.
class engine {
public:
    explicit engine(std::uint32_t minimum = 1, std::uint32_t maximum = 0);
    ~engine() { execution_engine_dec_ref(handle_); }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] EXECUTION_ENGINE_HANDLE handle() const { return handle_; }

private:
    EXECUTION_ENGINE_HANDLE handle_;
};

// Of every async_end that is created.
inline ASYNC_SOCKET_COMPLETION_MODE mode_of_run = ASYNC_SOCKET_COMPLETION_DOCUMENTED;

// In this run operations have no event, and no thread takes any with it: fast mode on Windows. Then nothing waits in
// line for what another thread has with the system.
[[nodiscard]] bool no_operation_ends_with_its_thread();

// Created at construction, destroyed at the end of the scope.
class async_end {
public:
    // On an engine of its own.
    explicit async_end(generation used = generation::current);
    async_end(const engine& pool, generation used) : async_end(pool.handle(), used) {}
    async_end(EXECUTION_ENGINE_HANDLE pool, generation used);
    ~async_end();
    async_end(const async_end&) = delete;
    async_end& operator=(const async_end&) = delete;

    // With a connection of its own (the handle generation: the one it was created with). True: opened.
    bool open();
    // As open(), which has to succeed.
    async_end& opened();
    void close() const { async_socket_close(handle); }
    void destroy();

    ASYNC_SOCKET_SEND_SYNC_RESULT send(std::uint32_t bytes, std::uint32_t pieces = 1);
    int receive(std::uint32_t most, std::uint32_t pieces = 1);
    void wait_for_sends(int count) const;
    void wait_for_receives(int count) const;

    const generation api;
    ASYNC_SOCKET_HANDLE handle = nullptr;
    SOCKET_TRANSPORT_HANDLE transport = nullptr; // of the transport generation, once it was opened
    SOCKET socket = INVALID_SOCKET;
    connection* peer = nullptr;
    std::vector<unsigned char> memory = std::vector<unsigned char>(8192, 1);

    int opens = 0; // callbacks, as the next two
    int sends = 0;
    int receives = 0;
    ASYNC_SOCKET_SEND_RESULT send_result{};
    ASYNC_SOCKET_RECEIVE_RESULT receive_result{};
    std::uint32_t bytes = 0;
    // Runs inside each callback, if set.
    std::function<void()> in_callback;

private:
    static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result);
    static void on_send(void* context, ASYNC_SOCKET_SEND_RESULT result);
    static void on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t received);

    [[nodiscard]] std::vector<ASYNC_SOCKET_BUFFER> cut(std::uint32_t bytes, std::uint32_t pieces);
};

} // namespace sim
