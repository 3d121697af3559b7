// A stream's socket: what it can be asked, and giving it back.
#include "async_socket/stream.h"
#include "c_api/own/handles.hpp"
#include "core/platform/system_socket.hpp"

using namespace async_socket;

namespace {

using core::told;

// `ask` is called with the socket while it is open, and answers a refusal.
template <typename Question>
as_outcome asked(as_stream* stream, Question ask) noexcept
{
    core::socket& socket = *c_api::to_socket(stream);
    const core::lifecycle::visit visit(socket.life());
    return visit.is_inside() ? told(ask(socket.system_socket())) : told(core::ending::closed_here);
}

using address_question = core::refusal (*)(SOCKET_HANDLE socket, as_address& address) noexcept;

as_outcome address_by(address_question ask, as_stream* stream, as_address* address) noexcept
{
    if (stream == nullptr || address == nullptr) {
        return told(core::ending::invalid);
    }
    return asked(stream, [&](SOCKET_HANDLE socket) { return ask(socket, *address); });
}

using count_question = core::refusal (*)(SOCKET_HANDLE socket, std::uint64_t& bytes) noexcept;

as_outcome counted_by(count_question ask, as_stream* stream) noexcept
{
    if (stream == nullptr) {
        return told(core::ending::invalid);
    }
    std::uint64_t bytes = 0;
    as_outcome answer = asked(stream, [&](SOCKET_HANDLE socket) { return ask(socket, bytes); });
    answer.bytes = bytes;
    return answer;
}

} // namespace

extern "C" void as_stream_reset(as_stream* stream)
{
    if (stream == nullptr) {
        return;
    }
    (void)asked(stream, [](SOCKET_HANDLE socket) { return backend::set_option(socket, AS_OPTION_LINGER, 0); });
    as_stream_close(stream);
}

extern "C" as_outcome as_stream_release(as_stream* stream, as_socket* socket)
{
    if (stream == nullptr || socket == nullptr) {
        return told(core::ending::invalid);
    }
    SOCKET_HANDLE held{};
    if (!c_api::to_socket(stream)->release_and_free(held)) {
        return told(core::ending::closed_here);
    }
    *socket = as_socket(held);
    return told(core::ending::done);
}

extern "C" as_outcome as_stream_local_address(as_stream* stream, as_address* address)
{
    return address_by(backend::local_address, stream, address);
}

extern "C" as_outcome as_stream_remote_address(as_stream* stream, as_address* address)
{
    return address_by(backend::remote_address, stream, address);
}

extern "C" as_outcome as_stream_set_option(as_stream* stream, std::uint32_t option, std::uint64_t value)
{
    if (stream == nullptr || !core::is_option(option) || !core::is_in_range(static_cast<as_option>(option), value)) {
        return told(core::ending::invalid);
    }
    return asked(stream, [&](SOCKET_HANDLE socket) {
        return backend::set_option(socket, static_cast<as_option>(option), value);
    });
}

extern "C" as_outcome as_stream_get_option(as_stream* stream, std::uint32_t option, std::uint64_t* value)
{
    if (stream == nullptr || value == nullptr || !core::is_option(option)) {
        return told(core::ending::invalid);
    }
    return asked(stream, [&](SOCKET_HANDLE socket) {
        return backend::get_option(socket, static_cast<as_option>(option), *value);
    });
}

extern "C" as_outcome as_stream_bytes_to_receive(as_stream* stream)
{
    return counted_by(backend::bytes_to_receive, stream);
}

extern "C" as_outcome as_stream_bytes_unacknowledged(as_stream* stream)
{
    return counted_by(backend::bytes_unacknowledged, stream);
}
