#include "c_api/c_pal/call.hpp"

#include <new>

#include "core/common/log.hpp"
#include "core/platform/backend.hpp"

namespace async_socket::c_api {

static_assert(sizeof(call) % alignof(as_operation) == 0, "the operation follows without padding");

namespace {

// Calls with so many buffers, or fewer, use their memory again. With these one fills what malloc has for it.
constexpr std::uint32_t usual_buffers = 2;

} // namespace

core::socket* call::create_socket(core::execution_engine& engine, const backend::connection& adopted,
                                  core::io_hooks* hooks) noexcept
{
    return core::socket::create(engine, adopted, size_for(usual_buffers), hooks);
}

std::uint64_t call::size_for(std::uint32_t buffer_count) noexcept
{
    return sizeof(call) + backend::operation_size() + std::uint64_t{buffer_count} * sizeof(as_buffer);
}

call_result call::start(core::socket& socket, const request& asked, as_callback on_end) noexcept
{
    const core::lifecycle::visit visit(socket.life());
    if (!visit.is_inside()) { // 01_097, 01_098
        LOG_INFO("%s refused: not open", core::name_of(asked.kind));
        return call_result::not_open;
    }
    void* const memory = socket.memory().take(size_for(asked.buffer_count));
    if (memory == nullptr) {
        LOG_ERROR("%s refused: out of memory", core::name_of(asked.kind));
        return call_result::refused;
    }
    call& created = *new (memory) call(socket, asked);
    const core::operation operation{
        on_end, asked.context, asked.total, {.left = {created.copy_of(asked.payload), asked.buffer_count}}, asked.kind};
    const core::refusal refused = socket.start(operation, created.operation());
    if (refused.is_none()) {
        return call_result::started;
    }
    created.give_back();
    // 42_002. Any other refusal is an error, a connection that is gone in another way too (01_106).
    return refused.how == core::ending::reset ? call_result::not_open : call_result::refused;
}

as_buffer* call::copy_of(const ASYNC_SOCKET_BUFFER* payload) noexcept
{
    auto* const copies =
        reinterpret_cast<as_buffer*>(static_cast<unsigned char*>(operation()) + backend::operation_size());
    for (std::uint32_t i = 0; i < buffer_count_; ++i) { // 01_056, 01_079
        copies[i].data = payload[i].buffer;
        copies[i].size = payload[i].length;
    }
    return copies;
}

void call::give_back() noexcept
{
    core::block_cache& memory = owner_.memory();
    memory.give_back(this, size_for(buffer_count_));
}

} // namespace async_socket::c_api
