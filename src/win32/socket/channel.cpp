#include "win32/socket/channel.hpp"

#include <optional>

#include "core/callback_frame.hpp"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "core/socket.hpp"
#include "win32/engine/pool_callback.hpp"
#include "win32/engine/turn.hpp"

namespace async_socket::backend {

namespace {

// How long a closer that is not inside a callback of ours waits for the completions before it lends
// the pool a thread: it may be a work item of the user's on a pool with no other thread.
constexpr std::uint32_t patience_ms = 100;

// How long a closer waits for a thread that it was lent, before it asks whether it has got one.
constexpr std::uint32_t ask_again_ms = 100;

// Fast mode: requests with so many buffers, or fewer, use their memory again.
constexpr std::uint32_t usual_buffers = 4;

} // namespace

channel::channel(pool& pool, const connection& connection, core::socket& owner) noexcept
    : pool_(pool),
      memory_(win32::request::size_for(usual_buffers)),
      binding_(pool, connection, owner),
      sends_(binding_, core::direction::send),
      receives_(binding_, core::direction::receive)
{
}

bool channel::bind() noexcept
{
    // In fast mode whatever ends at once may need the pool, so nothing is accepted before that is sure.
    if (binding_.is_fast() && (!sends_.delivery.prepare() || !receives_.delivery.prepare())) {
        LOG_ERROR("CreateThreadpoolWork failed with error %lu", static_cast<unsigned long>(GetLastError()));
        return false;
    }
    return binding_.bind(on_io_complete, this);
}

win32::lane& channel::lane_of(core::direction way) noexcept
{
    return way == core::direction::send ? sends_.lane : receives_.lane;
}

core::start_result channel::start(win32::request& request) noexcept
{
    return lane_of(request.way()).start(request);
}

VOID CALLBACK channel::on_io_complete(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped, ULONG io_result,
                                      ULONG_PTR bytes, PTP_IO /*io*/) noexcept
{
    if (overlapped == nullptr) { // 01_063
        return;
    }
    channel& self = *static_cast<channel*>(context);
    win32::pool_callback callback(instance);
    std::optional<win32::turn> turn;
    if (self.binding_.is_fast()) {
        turn.emplace(self.binding_.threadpool(), callback);
    }
    const win32::pool_callback::frame frame(self.binding_.owner(), callback);
    win32::io_part& part = win32::io_part::of(overlapped); // 01_064
    part.code = io_result;
    part.bytes = bytes;
    self.lane_of(part.whole->way()).part_ended(part);
}

bool channel::wait_until_ended(std::uint32_t timeout_ms) noexcept
{
    return sends_.delivery.wait_until_ended(timeout_ms) && receives_.delivery.wait_until_ended(timeout_ms);
}

void channel::wait_on_bounded_pool() noexcept
{
    const bool in_callback = core::callback_frame::innermost() != nullptr;
    const std::uint32_t timeout_ms = in_callback ? 0 : patience_ms;
    if (wait_until_ended(timeout_ms)) {
        return;
    }
    if (!in_callback) {
        pool_.begin_blocking(); // a work item of the user's, perhaps
    }
    {
        const thread_need need(pool_);
        while (!wait_until_ended(ask_again_ms)) {
            need.ask_again();
        }
    }
    if (!in_callback) {
        pool_.end_blocking();
    }
}

void channel::close() noexcept
{
    binding_.close_connection(sends_.delivery.is_idle() && receives_.delivery.is_idle());
    sends_.delivery.hurry();
    receives_.delivery.hurry();
    if (pool_.is_bounded()) {
        wait_on_bounded_pool();
    } else if (binding_.is_fast()) {
        while (!wait_until_ended(INFINITE)) { // what turns deliver, the pool does not count
        }
    }
    binding_.wait_for_callbacks();
    sends_.delivery.wait_for_callbacks();
    receives_.delivery.wait_for_callbacks();
}

channel* channel_open(pool& pool, const connection& connection, core::socket& owner) noexcept
{
    channel* const created = core::create<channel>(pool, connection, owner);
    if (created == nullptr) {
        LOG_ERROR("async_socket_open_async: out of memory");
        return nullptr;
    }
    if (!created->bind()) {
        core::destroy(created);
        return nullptr;
    }
    return created;
}

core::start_result channel_start(channel& channel, core::operation& operation) noexcept
{
    return channel.start(static_cast<win32::request&>(operation));
}

void channel_close(channel* channel) noexcept
{
    channel->close();
    core::destroy(channel);
}

} // namespace async_socket::backend
