#include "win32/transport/stop_signal.hpp"

namespace async_socket::win32 {

bool stop_signal::prepare() noexcept
{
    unique_event fresh(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    const srw_lock::scope scope(lock_);
    event_ = std::move(fresh);
    raised_ = false;
    return static_cast<bool>(event_);
}

void stop_signal::clear() noexcept
{
    const srw_lock::scope scope(lock_);
    event_.reset();
}

void stop_signal::raise() noexcept
{
    const srw_lock::scope scope(lock_);
    if (event_) {
        raised_ = true;
        (void)SetEvent(event_.get());
    }
}

bool stop_signal::was_raised() noexcept
{
    const srw_lock::scope scope(lock_);
    return raised_;
}

} // namespace async_socket::win32
