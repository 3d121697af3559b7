#include "win32/socket/channel.hpp"

#include <new>
#include <optional>
#include <utility>

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "core/life/callback_frame.hpp"
#include "core/socket/socket.hpp"
#include "win32/engine/turn.hpp"
#include "win32/system/error.hpp"
#include "win32/system/wine.hpp"

namespace async_socket::backend {

namespace {

// How long a closer that is not inside a callback of ours waits before it lends the pool a thread: it may be a work
// item of the user's on a pool with no other thread. And how long each one waits before it asks for a further thread.
constexpr std::uint32_t patience_ms = 100;

// As core::counted_callback, of a lane that calls back in order: the right to do so goes on with it.
class callback_in_order {
public:
    callback_in_order(channel& channel, win32::lane& lane) noexcept
        : channel_(&channel),
          lane_(lane),
          frame_(
              channel.owner(), [](void* self) { static_cast<callback_in_order*>(self)->leave(true); }, this)
    {
    }
    ~callback_in_order() { leave(false); }
    callback_in_order(const callback_in_order&) = delete;
    callback_in_order& operator=(const callback_in_order&) = delete;

private:
    void leave(bool is_blocking) noexcept
    {
        if (channel* const left = std::exchange(channel_, nullptr)) {
            lane_.hand_on(is_blocking);
            left->undelivered().drop();
        }
    }

    channel* channel_; // null once left: both may be gone
    win32::lane& lane_;
    const core::callback_frame frame_;
};

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
    if (reception_ != nullptr) {
        win32::reception::close(reception_);
    }
    win32::let_go(connection_);
}

core::refusal channel::bind() noexcept
{
    core::doors* const doors = owner_.listens_at();
    return doors != nullptr ? bind_doors(*doors) : bind_connection();
}

core::refusal channel::bind_doors(core::doors& doors) noexcept
{
    if (!source_.bind(*this)) {
        return win32::refusal_of(GetLastError());
    }
    doors.pause().open(
        owner_.engine(), [](void* self) noexcept { static_cast<channel*>(self)->receives_.resume(); }, this);
    core::refusal why;
    reception_ = win32::reception::open(doors, pool_.threadpool(), *this, why);
    return why;
}

core::refusal channel::bind_connection() noexcept
{
    const win32::socket_use use(connection_);
    const SOCKET socket = use.socket();
    if (socket == INVALID_SOCKET) {
        LOG_ERROR("a socket cannot be used: it is closed");
        return {core::ending::closed_here};
    }
    const win32::socket_nature nature = win32::nature_of(socket);
    if (nature.error != NO_ERROR) {
        LOG_ERROR_CODE(nature.error, "a socket cannot be used");
        // That it is none is its owner's mistake. Anything else says nothing of it: the system could not be asked.
        return nature.error == WSAENOTSOCK ? core::refusal{core::ending::invalid, nature.error}
                                           : win32::refusal_of(nature.error);
    }
    if (!nature.is_stream) {
        LOG_ERROR("a socket cannot be used: it is not one of a byte stream");
        return {core::ending::invalid};
    }
    if (!source_.bind(socket, *this)) {
        return win32::refusal_of(GetLastError());
    }
    // Where that cannot be, each completion comes from the pool, as always.
    skips_completions_ =
        is_fast() && nature.has_system_handle &&
        SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(socket),
                                           FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE) != 0;
    win32::ask_when_closing(connection_, is_pending());
    return {};
}

win32::lane& channel::lane_of(core::direction way) noexcept
{
    return way == core::direction::send ? sends_ : receives_;
}

core::refusal channel::start(const core::operation& asked, void* memory) noexcept
{
    win32::unique_event event;
    if (!is_fast()) {
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr)); // 01_057, 01_080
        if (!event) {
            LOG_ERROR_CODE(GetLastError(), "%s refused: no event", core::name_of(asked.kind));
            return {core::ending::no_room, GetLastError()};
        }
    }
    auto& request = *new (memory) win32::request(asked, std::move(event));
    request.belongs_to = this;
    const bool has_clock = !asked.is_timed || pool_.clock().prepare();
    const core::refusal refused =
        has_clock ? lane_of(asked.way()).start(request) : core::refusal{core::ending::no_room, GetLastError()};
    if (!refused.is_none()) {
        request.let_go();
    }
    return refused;
}

bool channel::operations_end_with_threads() const noexcept
{
    return !is_fast() || pool_.event() != nullptr;
}

win32::issue_result channel::issue(win32::request& request, const core::pieces::row& buffers) noexcept
{
    if (request.kind == core::operation_kind::shut_down_send && code_of_loss() != 0) {
        return {win32::taken::refused, WSAENOTCONN}; // as Windows says; to Wine it makes no difference
    }
    const bool is_connect = request.kind == core::operation_kind::connect;
    if (is_fast() && !is_connect) { // which would end with its thread, and cannot be begun again
        request.overlapped.hEvent = event();
    }
    win32::announcement completion(source_);
    win32::issue_result issued =
        is_connect ? win32::issue_connect(connection_, *request.connection.address, request.overlapped)
                   : win32::issue(request.kind, connection_, buffers, request.overlapped);
    const bool completes = request.kind != core::operation_kind::shut_down_send;
    if (issued.how == win32::taken::done && completes && !skips_completions_) {
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

core::ending channel::nature_of_end() const noexcept
{
    if (!win32::is_wine()) {
        return core::ending::end_of_stream;
    }
    const core::lifecycle::visit visit(owner_.life()); // while it lasts nobody closes the socket
    if (!visit.is_inside()) {
        return core::ending::closed_here;
    }
    WSAPOLLFD asked{win32::to_socket(connection_.socket), POLLRDNORM, 0};
    const bool is_reset = WSAPoll(&asked, 1, 0) > 0 && (asked.revents & POLLERR) != 0;
    return is_reset ? core::ending::reset : core::ending::end_of_stream;
}

bool channel::cancel_round(win32::request& request) const noexcept
{
    const win32::socket_use use(connection_);
    return win32::cancel_one(use.socket(), request.overlapped) || !request.is_pending();
}

void channel::arm(win32::request& request) noexcept
{
    if (request.is_timed) {
        arm(core::operation_alarm::of(request));
    }
}

void channel::cancel(win32::request& request, core::ending why) noexcept
{
    while (!lane_of(request.way()).cancel(request, why)) {
        Sleep(1);
    }
}

void channel::end_idle(core::idle_time& asked) noexcept
{
    if (!win32::lane::mark_idle(sends_, receives_, asked)) {
        return;
    }
    for (win32::lane* const each : {&sends_, &receives_}) {
        while (!each->cancel_rounds()) {
            Sleep(1);
        }
    }
}

bool channel::deliver(win32::request& over) noexcept
{
    const bool is_kept = win32::turn::keep(pool_.threadpool(), over);
    if (!is_kept) {
        post(over);
    }
    return is_kept;
}

void channel::call_back(win32::request& over) noexcept
{
    if (is_in_order()) {
        const callback_in_order callback(*this, lane_of(over.way()));
        finish(over);
    } else {
        const core::counted_callback callback(owner_, undelivered_);
        finish(over);
    }
}

void channel::finish(win32::request& over) noexcept
{
    core::outcome outcome = over.verdict();
    if (over.kind == core::operation_kind::connect && outcome.how == core::ending::done) {
        outcome = win32::complete_connect(connection_, outcome);
    }
    over.let_go();
    owner_.finish(over, outcome); // 01_065, 01_071
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
    if (win32::request* const over = lane_of(request.way()).completed(request)) {
        call_back(*over);
    } else {
        undelivered_.drop();
    }
}

// An accept that is over counts by itself, and its callback may close the listener.
void channel::called(win32::porter& at, ULONG code) noexcept
{
    const win32::turn turn(pool_.threadpool());
    win32::request* const over = receives_.called(at, code);
    undelivered_.drop();
    if (over != nullptr) {
        call_back(*over);
    }
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

// Of a connection, closes it unless it is kept.
void channel::end_pending(bool keeps_connection) noexcept
{
    if (reception_ != nullptr) {
        receives_.shut();
        reception_->pause().close();
        reception_->cancel(
            {[](void* context) { return static_cast<channel*>(context)->receives_.has_porter_pending(); }, this});
    } else if (keeps_connection) {
        win32::end_pending(connection_, undelivered_.none(), is_pending());
    } else {
        win32::close(connection_, {undelivered_.none(), win32::is_reset(code_of_loss())}, is_pending());
    }
}

void channel::close(bool keeps_connection) noexcept
{
    end_pending(keeps_connection);
    // What waits for the end of somebody's callback does not wait any longer.
    win32::request_list kept;
    win32::turn::take_back(*this, kept);
    while (win32::request* const over = kept.pop_front()) {
        hand_over(*over);
    }
    wait_for_callbacks(); // 01_040
    if (reception_ != nullptr) {
        reception_->close_doors(); // which guests need until they are taken
    }
    win32::ask_when_closing(connection_, {});
}

channel* channel_open(pool& pool, const connection& connection, core::socket& owner, core::refusal& why) noexcept
{
    channel* const created = core::create<channel>(pool, connection, owner);
    if (created == nullptr) {
        LOG_ERROR("a socket cannot be used: out of memory");
        why = {core::ending::no_room};
        return nullptr;
    }
    why = created->bind();
    if (!why.is_none()) {
        core::destroy(created);
        return nullptr;
    }
    return created;
}

std::size_t operation_size() noexcept
{
    return sizeof(win32::request);
}

core::refusal channel_start(channel& channel, const core::operation& asked, void* memory) noexcept
{
    return channel.start(asked, memory);
}

void operation_cancel(core::operation& operation, core::ending why) noexcept
{
    auto& request = static_cast<win32::request&>(operation);
    request.belongs_to->cancel(request, why);
}

void channel_note_times(channel& /*channel*/) noexcept {} // it always tells

void channel_arm(channel& channel, core::clock_alarm& armed) noexcept
{
    channel.arm(armed);
}

void channel_end_idle(channel& channel, core::idle_time& asked) noexcept
{
    channel.end_idle(asked);
}

SOCKET_HANDLE channel_socket(const channel& channel) noexcept
{
    return channel.socket();
}

void channel_close(channel* channel, bool keeps_connection) noexcept
{
    channel->close(keeps_connection);
    core::destroy(channel);
}

} // namespace async_socket::backend
