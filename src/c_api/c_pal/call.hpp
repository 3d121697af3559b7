// One accepted call of c-pal's functions, which give no memory for it: an operation, whom to tell of its end, and a
// copy of the buffer descriptions, in one piece of the socket's memory.
#pragma once

#include <cstdint>

#include "c_pal/async_socket.h"
#include "core/operation/operation.hpp"
#include "core/socket/socket.hpp"

namespace async_socket::c_api {

// What its caller is told.
enum class call_result : std::uint8_t {
    started,
    not_open, // there is no connection (any more)
    refused   // by the system
};

class alignas(as_operation) call {
public:
    // The user's, its type hidden while it waits.
    using callback_function = void (*)();

    template <typename Callback>
    [[nodiscard]] static callback_function hide(Callback callback) noexcept
    {
        return reinterpret_cast<callback_function>(callback);
    }

    // A socket that keeps memory for calls; see core::socket::create.
    [[nodiscard]] static core::socket* create_socket(core::execution_engine& engine, const backend::connection& adopted,
                                                     core::io_hooks* hooks) noexcept;

    // The memory that one with so many buffers needs.
    [[nodiscard]] static std::uint64_t size_for(std::uint32_t buffer_count) noexcept;

    // What is to be done, and for whom. The payload has been checked (payload_problem); null if there are no buffers.
    struct request {
        core::operation_kind kind;
        const ASYNC_SOCKET_BUFFER* payload;
        std::uint32_t buffer_count;
        std::uint64_t total;
        callback_function callback;
        void* context;
    };
    // Calls `on_end` at the end, if it was started.
    [[nodiscard]] static call_result start(core::socket& socket, const request& asked, as_callback on_end) noexcept;

    // In `on_end`: what was told to `start`, and the memory is given back, since the user's callback may start the next
    // operation, and may close and destroy the socket. 01_068, 01_072
    template <typename Callback>
    struct end {
        Callback callback;
        void* context;
        std::uint64_t total;
    };
    template <typename Callback>
    [[nodiscard]] static end<Callback> finish(as_operation* operation) noexcept
    {
        call& own = of(operation);
        const end<Callback> ended{reinterpret_cast<Callback>(own.callback_), operation->context,
                                  core::operation::of(operation).total};
        own.give_back();
        return ended;
    }

private:
    call(core::socket& owner, const request& asked) noexcept
        : owner_(owner), callback_(asked.callback), buffer_count_(asked.buffer_count)
    {
    }

    // The operation, and the buffers behind it.
    [[nodiscard]] void* operation() noexcept { return this + 1; }
    [[nodiscard]] as_buffer* copy_of(const ASYNC_SOCKET_BUFFER* payload) noexcept;
    [[nodiscard]] static call& of(as_operation* operation) noexcept
    {
        return *(reinterpret_cast<call*>(operation) - 1);
    }
    void give_back() noexcept;

    core::socket& owner_;
    const callback_function callback_;
    const std::uint32_t buffer_count_;
};

} // namespace async_socket::c_api
