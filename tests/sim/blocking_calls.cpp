#include "blocking_calls.hpp"

#include "model/breach.hpp"
#include "simulation.hpp"

namespace sim {

bool blocking_calls::begin(link& on)
{
    const SOCKET_TRANSPORT_HANDLE transport =
        socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(on.socket));
    if (transport == nullptr) {
        return false;
    }
    const model_lock lock;
    on.transport = transport;
    publish(&on.transport);
    on.used = true;
    on_ = &on;
    owner_ = &book_.new_endpoint();
    return true;
}

void blocking_calls::call()
{
    SOCKET_TRANSPORT_HANDLE transport = nullptr;
    {
        const model_lock lock;
        if (on_ == nullptr || on_->transport == nullptr) {
            return;
        }
        transport = on_->transport;
        observe(&on_->transport);
        ++on_->transport_calls;
    }
    request_record& request = fresh_request(dice_.one_in(2));
    spawn_application_thread([this, &request, transport] {
        if (request.is_send) {
            send(request, transport);
        } else {
            receive(request, transport);
        }
        const model_lock lock;
        publish(&on_->transport_calls);
        --on_->transport_calls;
    });
}

request_record& blocking_calls::fresh_request(bool is_send)
{
    const std::uint32_t total = is_send ? send_header + dice_.below(600) : 4 * (1 + dice_.below(20));
    const model_lock lock;
    request_record& request = book_.new_request(*owner_, is_send);
    request.on = on_;
    request.total = total;
    request.memory.resize(total);
    if (is_send) {
        mark_send(request.memory, request.id);
    }
    return request;
}

void blocking_calls::send(request_record& request, SOCKET_TRANSPORT_HANDLE transport)
{
    const SOCKET_BUFFER piece{static_cast<std::uint32_t>(request.total), request.memory.data()};
    std::uint32_t moved = 0;
    const SOCKET_SEND_RESULT result = socket_transport_send(transport, &piece, 1, &moved, 0, nullptr);
    const DWORD error = GetLastError();
    const model_lock lock;
    if (result == SOCKET_SEND_OK ? moved != request.total : error == NO_ERROR || error == WSA_IO_PENDING) {
        breach("blocking send %u: result %d, %u bytes, last error %u", request.id, static_cast<int>(result), moved,
               error);
    }
    book_.accepted(request, true);
    book_.send_ended(request, result == SOCKET_SEND_OK ? ASYNC_SOCKET_SEND_OK : ASYNC_SOCKET_SEND_ERROR);
}

void blocking_calls::receive(request_record& request, SOCKET_TRANSPORT_HANDLE transport)
{
    SOCKET_BUFFER piece{static_cast<std::uint32_t>(request.total), request.memory.data()};
    std::uint32_t moved = 0;
    const SOCKET_RECEIVE_RESULT result = socket_transport_receive(transport, &piece, 1, &moved, 0, nullptr);
    const DWORD error = GetLastError();
    const model_lock lock;
    const bool good = result == SOCKET_RECEIVE_OK;
    if (!good && (result != SOCKET_RECEIVE_ERROR || moved != 0 || error == NO_ERROR || error == WSA_IO_PENDING)) {
        breach("blocking receive %u: result %d, %u bytes, last error %u", request.id, static_cast<int>(result), moved,
               error);
    }
    book_.accepted(request, true);
    const bool at_the_end = good && moved == 0;
    book_.receive_ended(request,
                        at_the_end ? ASYNC_SOCKET_RECEIVE_ABANDONED
                                   : (good ? ASYNC_SOCKET_RECEIVE_OK : ASYNC_SOCKET_RECEIVE_ERROR),
                        moved);
}

} // namespace sim
