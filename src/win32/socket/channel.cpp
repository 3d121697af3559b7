#include "win32/socket/channel.hpp"

#include <new>
#include <optional>
#include <utility>

#include "core/callback_frame.hpp"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "core/socket.hpp"
#include "win32/engine/turn.hpp"

namespace async_socket::backend {

namespace {

// How long a closer that is not inside a callback of ours waits before it lends the pool a thread: it may be a work
// item of the user's on a pool with no other thread. And how long each one waits before it asks for a further thread.
constexpr std::uint32_t patience_ms = 100;

} // namespace

channel::channel(pool& pool, const connection& connection, core::socket& owner) noexcept
    : pool_(pool),
      connection_(connection),
      owner_(owner),
      mode_(owner.mode()),
      source_(pool.threadpool()),
      sends_(*this, core::direction::send),
      receives_(*this, core::direction::receive)
{
    win32::hold(connection_);
}

channel::~channel()
{
    win32::let_go(connection_);
}

bool channel::bind() noexcept
{
    const win32::socket_use use(connection_);
    const SOCKET socket = use.socket();
    if (socket == INVALID_SOCKET) {
        LOG_ERROR("async_socket_open_async: the connection is closed");
        return false;
    }
    const win32::socket_nature nature = win32::nature_of(socket);
    if (!nature.is_stream) {
        LOG_ERROR("async_socket_open_async: the socket is not one of a byte stream");
        return false;
    }
    if (!source_.bind(socket, *this)) {
        return false;
    }
    // Where that cannot be, each completion comes from the pool, as always.
    skips_completions_ =
        is_fast() && nature.has_system_handle &&
        SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(socket),
                                           FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE) != 0;
    win32::ask_when_closing(connection_, is_pending());
    return true;
}

win32::lane& channel::lane_of(core::direction way) noexcept
{
    return way == core::direction::send ? sends_ : receives_;
}

core::start_result channel::start(const core::operation& asked, void* memory) noexcept
{
    win32::unique_event event;
    if (!is_fast()) {
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr)); // 01_057, 01_080
        if (!event) {
            LOG_ERROR_CODE(GetLastError(), "%s refused: no event", core::name_of(asked.kind));
            return core::start_result::refused;
        }
    }
    auto& request = *new (memory) win32::request(asked, std::move(event));
    const core::start_result result = lane_of(asked.way()).start(request);
    if (result != core::start_result::started) {
        request.let_go();
    }
    return result;
}

bool channel::operations_end_with_threads() const noexcept
{
    return !is_fast() || pool_.event() != nullptr;
}

win32::issue_result channel::issue(win32::request& request, const core::pieces::row& buffers) noexcept
{
    if (is_fast()) {
        request.overlapped.hEvent = pool_.event();
    }
    win32::announcement completion(source_);
    win32::issue_result issued = win32::issue(request.kind, connection_, buffers, request.overlapped);
    if (issued.how == win32::taken::done && !skips_completions_) {
        issued.how = win32::taken::pending;
    }
    if (issued.how == win32::taken::pending) {
        completion.promised();
    } else if (issued.how == win32::taken::done) {
        request.code = NO_ERROR;
        request.bytes = request.overlapped.InternalHigh;
    }
    return issued;
}

bool channel::bytes_are_waiting() const noexcept
{
    const win32::socket_use use(connection_);
    u_long waiting = 0;
    return ioctlsocket(use.socket(), FIONREAD, &waiting) == 0 && waiting != 0;
}

void channel::deliver(win32::request& over, const core::outcome& outcome) noexcept
{
    over.set_verdict(outcome);
    if (!win32::turn::keep(pool_.threadpool(), *this, over)) {
        post(over);
    }
}

void channel::call_back(win32::request& kept) noexcept
{
    const core::counted_callback callback(owner_, undelivered_);
    finish(kept, kept.verdict());
}

void channel::finish(win32::request& over, const core::outcome& outcome) noexcept
{
    const core::outcome told = outcome; // it may be the request's own
    over.let_go();
    owner_.finish(over, told);
}

void channel::hand_over(win32::request& kept) noexcept
{
    undelivered_.add(); // while this thread is in here
    post(kept);
    undelivered_.drop();
}

void channel::completed(win32::request& request) noexcept
{
    std::optional<win32::turn> turn;
    if (is_fast()) {
        turn.emplace(pool_.threadpool());
    }
    const core::counted_callback callback(owner_, undelivered_);
    lane_of(request.way()).completed(request);
}

void channel::posted(win32::request& over) noexcept
{
    std::optional<win32::turn> turn;
    if (is_fast()) {
        turn.emplace(pool_.threadpool());
    }
    call_back(over);
}

win32::pending_question channel::is_pending() noexcept
{
    return {[](void* context) {
                channel& self = *static_cast<channel*>(context);
                return self.sends_.is_pending() || self.receives_.is_pending();
            },
            this};
}

void channel::wait_for_callbacks() noexcept
{
    const bool in_callback = core::callback_frame::innermost() != nullptr;
    if (undelivered_.wait_for_none(in_callback ? 0 : patience_ms)) {
        return;
    }
    const thread_need need(pool_, in_callback);
    while (!undelivered_.wait_for_none(patience_ms)) {
        need.ask_again();
    }
}

void channel::close() noexcept
{
    win32::close(connection_, undelivered_.none(), is_pending());
    // What waits for the end of somebody's callback does not wait any longer.
    win32::request_list kept;
    win32::turn::take_back(*this, kept);
    while (win32::request* const over = kept.pop_front()) {
        hand_over(*over);
    }
    wait_for_callbacks(); // 01_040
    win32::ask_when_closing(connection_, {});
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

std::size_t operation_size() noexcept
{
    return sizeof(win32::request);
}

core::start_result channel_start(channel& channel, const core::operation& asked, void* memory) noexcept
{
    return channel.start(asked, memory);
}

void channel_close(channel* channel) noexcept
{
    channel->close();
    core::destroy(channel);
}

} // namespace async_socket::backend
