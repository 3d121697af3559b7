#include "win32/engine/completion_source.hpp"

#include "core/common/log.hpp"

namespace async_socket::win32 {

bool completion_source::bind(SOCKET socket, PTP_WIN32_IO_CALLBACK completed, PTP_WORK_CALLBACK posted,
                             void* target) noexcept
{
    // First, so that whatever ends without a completion is sure of its callback; and since the other is for good.
    if (!bind_posts(posted, target)) {
        return false;
    }
    io_.reset(CreateThreadpoolIo(reinterpret_cast<HANDLE>(socket), completed, target, environment_.get())); // 01_058
    if (!io_) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpoolIo failed");
        return false;
    }
    return true;
}

bool completion_source::bind_posts(PTP_WORK_CALLBACK posted, void* target) noexcept
{
    work_.reset(CreateThreadpoolWork(posted, target, environment_.get()));
    if (!work_) {
        LOG_ERROR_CODE(GetLastError(), "CreateThreadpoolWork failed");
        return false;
    }
    return true;
}

void completion_source::post(request& ended) noexcept
{
    const srw_lock::scope scope(lock_);
    posted_.push_back(ended);
    SubmitThreadpoolWork(work_.get());
}

request& completion_source::next_posted() noexcept
{
    const srw_lock::scope scope(lock_);
    return *posted_.pop_front();
}

} // namespace async_socket::win32
