#include "async_end.hpp"

#include <utility>

#include "requirement.hpp"
#include "simulation.hpp"

namespace sim {

bool no_operation_ends_with_its_thread()
{
    return mode_of_run == ASYNC_SOCKET_COMPLETION_FAST && !the_machine().how.wine;
}

engine::engine(std::uint32_t minimum, std::uint32_t maximum)
{
    const EXECUTION_ENGINE_PARAMETERS parameters{minimum, maximum};
    handle_ = execution_engine_create(&parameters);
    require(handle_ != nullptr, "an engine");
}

async_end::async_end(generation used) : async_end(engine(), used) {} // the async socket keeps the engine

async_end::async_end(EXECUTION_ENGINE_HANDLE pool, generation used) : api(used)
{
    if (api == generation::handle) {
        socket = connect_pair(&peer);
        handle = async_socket_create_v1(pool, reinterpret_cast<SOCKET_HANDLE>(socket));
    } else {
        handle = async_socket_create(pool);
    }
    require(handle != nullptr, "an async socket");
    require(async_socket_set_completion_mode(handle, mode_of_run) == 0, "a mode");
}

async_end::~async_end()
{
    destroy();
}

void async_end::destroy()
{
    async_socket_destroy(std::exchange(handle, nullptr));
    socket_transport_destroy(std::exchange(transport, nullptr));
}

bool async_end::open()
{
    const int before = opens;
    int result = 1;
    if (api != generation::handle) {
        socket = connect_pair(&peer);
    }
    const auto number = reinterpret_cast<SOCKET_HANDLE>(socket);
    switch (api) {
    case generation::handle:
        result = async_socket_open_async_v1(handle, on_open, this);
        break;
    case generation::transport:
        socket_transport_destroy(transport);
        transport = socket_transport_create_from_socket(number);
        result = async_socket_open_async(handle, transport, on_open, this);
        break;
    case generation::current:
        result = async_socket_open_async_v3(handle, number, on_open, this);
        if (result != 0) {
            (void)closesocket(socket); // still ours
        }
        break;
    }
    require(opens - before == (result == 0 ? 1 : 0), "open tells of success, once, and of nothing else");
    return result == 0;
}

async_end& async_end::opened()
{
    require(open(), "open succeeds");
    return *this;
}

std::vector<ASYNC_SOCKET_BUFFER> async_end::cut(std::uint32_t bytes_in_all, std::uint32_t pieces)
{
    std::vector<ASYNC_SOCKET_BUFFER> array(pieces);
    const std::uint32_t each = bytes_in_all / pieces;
    for (std::uint32_t i = 0; i < pieces; ++i) {
        array[i] = {&memory[std::size_t{i} * each], each};
    }
    return array;
}

ASYNC_SOCKET_SEND_SYNC_RESULT async_end::send(std::uint32_t bytes_to_send, std::uint32_t pieces)
{
    const std::vector<ASYNC_SOCKET_BUFFER> array = cut(bytes_to_send, pieces);
    return async_socket_send_async(handle, array.data(), pieces, on_send, this);
}

int async_end::receive(std::uint32_t most, std::uint32_t pieces)
{
    std::vector<ASYNC_SOCKET_BUFFER> array = cut(most, pieces);
    return async_socket_receive_async(handle, array.data(), pieces, on_receive, this);
}

void async_end::wait_for_sends(int count) const
{
    wait_until("the send ends", [this, count] { return sends == count; });
}

void async_end::wait_for_receives(int count) const
{
    wait_until("the receive ends", [this, count] { return receives == count; });
}

void async_end::on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    auto& self = *static_cast<async_end*>(context);
    require(result == ASYNC_SOCKET_OPEN_OK, "open tells of success only");
    ++self.opens;
    if (self.in_callback) {
        self.in_callback();
    }
}

void async_end::on_send(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    auto& self = *static_cast<async_end*>(context);
    self.send_result = result;
    ++self.sends;
    if (self.in_callback) {
        self.in_callback();
    }
}

void async_end::on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t received)
{
    auto& self = *static_cast<async_end*>(context);
    self.receive_result = result;
    self.bytes = received;
    ++self.receives;
    if (self.in_callback) {
        self.in_callback();
    }
}

} // namespace sim
