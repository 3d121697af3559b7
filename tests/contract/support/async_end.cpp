#include "async_end.hpp"

#include <atomic>
#include <stdexcept>

#include "async_socket/completion_mode.h"

namespace contract {

namespace {

std::atomic<std::size_t> opens{0};

} // namespace

void async_end::adopt(SOCKET_HANDLE connected)
{
#if ASYNC_SOCKET_API_VERSION == 2
    transport_ = socket_transport_create_from_socket(connected);
    if (transport_ == nullptr) {
        throw std::runtime_error("socket_transport_create_from_socket");
    }
#else
    socket_ = connected;
#endif
}

async_end::async_end(EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected)
{
    adopt(connected);
#if ASYNC_SOCKET_API_VERSION == 1
    handle_ = async_socket_create(engine, connected);
    if (handle_ != nullptr) {
        socket_ = invalid_socket();
    }
#else
    handle_ = async_socket_create(engine);
#endif
    if (handle_ != nullptr && is_fast_run() &&
        async_socket_set_completion_mode(handle_, ASYNC_SOCKET_COMPLETION_FAST) != 0) {
        throw std::runtime_error("async_socket_set_completion_mode");
    }
}

async_end::~async_end()
{
    async_socket_destroy(handle_);
    give_up_connection();
}

void async_end::give_up_connection()
{
    socket_transport_destroy(std::exchange(transport_, nullptr));
    if (socket_ != invalid_socket()) {
        close_socket(std::exchange(socket_, invalid_socket()));
    }
}

int async_end::open(ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete, void* context)
{
#if ASYNC_SOCKET_API_VERSION == 1
    return async_socket_open_async(handle_, on_complete, context);
#elif ASYNC_SOCKET_API_VERSION == 2
    return async_socket_open_async(handle_, transport_, on_complete, context);
#else
    // The callback may already destroy this object, so ownership is passed on before.
    const SOCKET_HANDLE given = std::exchange(socket_, invalid_socket());
    const int result = async_socket_open_async(handle_, given, on_complete, context);
    if (result != 0) {
        socket_ = given;
    }
    return result;
#endif
}

int async_end::open()
{
    const int result = open([](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr);
    opens += result == 0 ? 1U : 0U;
    return result;
}

std::size_t async_end::opened()
{
    return opens;
}

void async_end::replace(SOCKET_HANDLE connected)
{
    give_up_connection();
    adopt(connected);
}

open_pair::open_pair(EXECUTION_ENGINE_HANDLE engine)
    : connection(connect_pair()), near_end(engine, connection.near_end), far_end(connection.far_end)
{
    if (near_end.open() != 0) {
        throw std::runtime_error("async_socket_open_async");
    }
}

} // namespace contract
