#include "win32/channel.hpp"

#include "core/callback_frame.hpp"
#include "core/log.hpp"
#include "core/memory.hpp"
#include "core/socket.hpp"

namespace async_socket::backend {

namespace {

// Announces one completion to the pool, and takes that back unless the system call was queued
// (01_060, 01_081; 01_099, 01_100, 01_105, 01_106). One announcement too many would hang the close,
// one too few would free memory under the system.
class announced_io {
public:
    explicit announced_io(PTP_IO io) noexcept : io_(io) { StartThreadpoolIo(io_); }
    ~announced_io()
    {
        if (!queued_) {
            CancelThreadpoolIo(io_);
        }
    }
    announced_io(const announced_io&) = delete;
    announced_io& operator=(const announced_io&) = delete;

    void queued() noexcept { queued_ = true; }

private:
    PTP_IO io_;
    bool queued_ = false;
};

// What the caller of a start is told. 42_002, 01_029, 01_084, 01_106
core::start_result result_of(core::direction way, const win32::issue_result& issued) noexcept
{
    if (issued.queued) {
        return core::start_result::started;
    }
    const char* const what = way == core::direction::send ? "send" : "receive";
    if (issued.error == WSAECONNRESET) {
        LOG_INFO("%s refused: the peer has reset the connection", what);
        return core::start_result::not_open;
    }
    if (issued.error == NO_ERROR) {
        LOG_INFO("%s refused: the transport is not open", what);
    } else {
        LOG_WARNING("%s refused: the system said %lu", what, static_cast<unsigned long>(issued.error));
    }
    return core::start_result::refused;
}

} // namespace

channel::channel(const connection& connection, core::socket& owner) noexcept : connection_(connection), owner_(owner)
{
    win32::hold(connection_);
    InitializeThreadpoolEnvironment(&environment_); // 01_016
}

channel::~channel()
{
    io_.reset();                                 // 01_059
    DestroyThreadpoolEnvironment(&environment_); // 01_042
    win32::let_go(connection_);
}

bool channel::bind(pool& pool) noexcept
{
    SetThreadpoolCallbackPool(&environment_, pool.threadpool()); // 01_035, 01_036
    const SOCKET socket = win32::socket_of(connection_);
    if (socket == INVALID_SOCKET) {
        LOG_ERROR("async_socket_open_async: the connection is closed");
        return false;
    }
    io_.reset(CreateThreadpoolIo(reinterpret_cast<HANDLE>(socket), on_io_complete, this, &environment_)); // 01_058
    if (!io_) {
        LOG_ERROR("CreateThreadpoolIo failed with error %lu", static_cast<unsigned long>(GetLastError()));
        return false;
    }
    return true;
}

void channel::close() noexcept
{
    connection_close(connection_);
    WaitForThreadpoolIoCallbacks(io_.get(), FALSE); // 01_040
}

win32::issue_order& channel::order_of(core::direction way) noexcept
{
    return way == core::direction::send ? sends_ : receives_;
}

core::start_result channel::start(win32::request& request) noexcept
{
    const core::direction way = request.way;
    win32::issue_order& order = order_of(way);
    if (order.torn()) {
        LOG_WARNING("send refused: an earlier send was cut short");
        return core::start_result::refused;
    }
    request.begin_round();
    win32::issue_result issued{};
    if (request.part_count() == 1) {
        const win32::issue_order::shared lock(order);
        issued = begin_and_issue(order, request);
    } else {
        const win32::issue_order::alone lock(order);
        issued = begin_and_issue(order, request);
    }
    return result_of(way, issued);
}

win32::issue_result channel::begin_and_issue(win32::issue_order& order, win32::request& request) noexcept
{
    order.begin_operation();
    const win32::issue_result issued = issue_round(request);
    if (!issued.queued) {
        order.end_operation();
    }
    return issued;
}

win32::issue_result channel::issue_round(win32::request& request) noexcept
{
    // Once the last part is queued the request may be gone, so what the loop needs is read before.
    const std::uint32_t parts = request.part_count();
    for (std::uint32_t i = 0; i < parts; ++i) {
        const win32::issue_result issued = issue_part(request, request.part(i));
        if (!issued.queued) {
            if (i == 0) {
                return issued; // nothing is under way: the caller's to refuse
            }
            // Bytes are under way, so the request is accepted and its callback tells of the error.
            // The parts that were queued cannot end the round before this: part_ended waits.
            request.refuse_parts_from(i, issued.error != NO_ERROR ? issued.error : WSAENOTCONN);
            break;
        }
    }
    return {true, NO_ERROR};
}

win32::issue_result channel::issue_part(win32::request& request, win32::io_part& part) noexcept
{
    announced_io announced(io_.get());
    const win32::issue_result issued = win32::issue(connection_, request.way, part);
    if (issued.queued) {
        announced.queued();
    }
    return issued;
}

VOID CALLBACK channel::on_io_complete(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped, ULONG io_result,
                                      ULONG_PTR bytes, PTP_IO /*io*/) noexcept
{
    if (overlapped == nullptr) { // 01_063
        return;
    }
    channel& self = *static_cast<channel*>(context);
    const core::callback_frame frame(
        self.owner_,
        [](void* current) { DisassociateCurrentThreadFromCallback(static_cast<PTP_CALLBACK_INSTANCE>(current)); },
        instance);
    win32::io_part& part = win32::io_part::of(overlapped); // 01_064
    part.code = io_result;
    part.bytes = bytes;
    self.part_ended(part);
}

void channel::part_ended(win32::io_part& part) noexcept
{
    win32::request& request = *part.whole;
    bool last = false;
    if (request.part_count() == 1) {
        last = request.end_part();
    } else {
        // Waits until all parts are issued, or known not to be, so that the issuing thread is never
        // the one that ends the request: a callback does not run inside the call that started it.
        const win32::issue_order::shared lock(order_of(request.way));
        last = request.end_part();
    }
    if (last) {
        round_ended(request);
    }
}

void channel::round_ended(win32::request& request) noexcept
{
    core::outcome outcome = request.end_round();
    if (go_on(request, outcome)) {
        return;
    }
    win32::issue_order& order = order_of(request.way);
    const bool in_the_middle = outcome.bytes != 0 && outcome.bytes < request.total;
    if (outcome.how != core::ending::success && in_the_middle) {
        if (request.way == core::direction::send) {
            order.tear();
        } else {
            outcome = {core::ending::success, outcome.bytes, NO_ERROR}; // an earlier round's bytes are not lost
        }
    }
    order.end_operation();
    // The callback may close and free the socket: nothing of ours is touched from here on.
    owner_.finish(request, outcome); // 01_065, 01_071
}

bool channel::go_on(win32::request& request, core::outcome& outcome) noexcept
{
    const bool gave_back = outcome.how == core::ending::cancelled;
    const bool filled =
        outcome.how == core::ending::success && request.way == core::direction::receive && request.round_was_filled();
    if (!request.can_go_on() || !(gave_back || filled)) {
        return false;
    }
    const core::lifecycle::visit visit(owner_.life());
    if (!visit.saw_open()) {
        return false; // our own close cancelled it
    }
    if (filled && !bytes_are_waiting()) {
        return false; // another round would wait, and what came would wait with it
    }
    win32::issue_order& order = order_of(request.way);
    const win32::issue_order::alone lock(order);
    if (!order.only_one() || order.torn()) {
        return false; // the rest of this one would come behind bytes of the others
    }
    request.begin_round();
    const win32::issue_result issued = issue_round(request);
    if (!issued.queued && gave_back) {
        const bool gone = issued.error == NO_ERROR || issued.error == WSAECONNRESET;
        outcome.how = gone ? core::ending::disconnected : core::ending::failed;
        outcome.code = issued.error;
    }
    return issued.queued;
}

bool channel::bytes_are_waiting() const noexcept
{
    u_long waiting = 0;
    return ioctlsocket(win32::socket_of(connection_), FIONREAD, &waiting) == 0 && waiting != 0;
}

channel* channel_open(pool& pool, const connection& connection, core::socket& owner) noexcept
{
    channel* const created = core::create<channel>(connection, owner);
    if (created == nullptr) {
        LOG_ERROR("async_socket_open_async: out of memory");
        return nullptr;
    }
    if (!created->bind(pool)) {
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
