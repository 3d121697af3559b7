#include "win32/socket/binding.hpp"

#include "core/log.hpp"
#include "core/socket.hpp"

namespace async_socket::win32 {

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

} // namespace

binding::binding(const backend::pool& pool, const backend::connection& connection, core::socket& owner) noexcept
    : connection_(connection),
      owner_(owner),
      threadpool_(pool.threadpool()),
      is_fast_(owner.mode() == core::completion_mode::fast),
      event_(pool.event())
{
    hold(connection_);
    InitializeThreadpoolEnvironment(&environment_);        // 01_016
    SetThreadpoolCallbackPool(&environment_, threadpool_); // 01_035, 01_036
}

binding::~binding()
{
    io_.reset();                                 // 01_059
    DestroyThreadpoolEnvironment(&environment_); // 01_042
    let_go(connection_);
}

bool binding::bind(PTP_WIN32_IO_CALLBACK on_io_complete, void* context) noexcept
{
    const socket_use use(connection_);
    if (use.socket() == INVALID_SOCKET) {
        LOG_ERROR("async_socket_open_async: the connection is closed");
        return false;
    }
    if (!is_stream(use.socket())) {
        LOG_ERROR("async_socket_open_async: the socket is not one of a byte stream");
        return false;
    }
    const auto handle = reinterpret_cast<HANDLE>(use.socket());
    io_.reset(CreateThreadpoolIo(handle, on_io_complete, context, &environment_)); // 01_058
    if (!io_) {
        LOG_ERROR("CreateThreadpoolIo failed with error %lu", static_cast<unsigned long>(GetLastError()));
        return false;
    }
    // Some layered service providers cannot. Then each completion comes from the pool, as always.
    skips_completions_ = is_fast_ && has_system_handle(use.socket()) &&
                         SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                                                                        FILE_SKIP_SET_EVENT_ON_HANDLE) != 0;
    return true;
}

issue_result binding::issue(core::direction way, io_part& part) noexcept
{
    if (is_fast_) {
        part.overlapped.hEvent = event_;
    }
    announced_io announced(io_.get());
    issue_result issued = win32::issue(connection_, way, part);
    issued.at_once = issued.at_once && skips_completions_;
    if (issued.at_once) {
        part.code = NO_ERROR;
        part.bytes = part.overlapped.InternalHigh;
    } else if (issued.queued) {
        announced.queued();
    }
    return issued;
}

bool binding::bytes_are_waiting() const noexcept
{
    const socket_use use(connection_);
    u_long waiting = 0;
    return ioctlsocket(use.socket(), FIONREAD, &waiting) == 0 && waiting != 0;
}

void binding::close_connection(bool is_idle) noexcept
{
    win32::close(connection_, is_idle);
}

void binding::wait_for_callbacks() noexcept
{
    WaitForThreadpoolIoCallbacks(io_.get(), FALSE); // 01_040
}

} // namespace async_socket::win32
