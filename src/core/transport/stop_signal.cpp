#include "core/transport/stop_signal.hpp"

#include <utility>

namespace async_socket::core {

void stop_signal::begin() noexcept
{
    const lock::scope scope(lock_);
    state_ = state::begun;
}

bool stop_signal::end() noexcept
{
    const lock::scope scope(lock_);
    return std::exchange(state_, state::idle) != state::raised;
}

bool stop_signal::is_raised() noexcept
{
    const lock::scope scope(lock_);
    return state_ == state::raised;
}

void stop_signal::raise() noexcept
{
    const lock::scope scope(lock_);
    if (state_ == state::idle) {
        return;
    }
    state_ = state::raised;
    if (waited_for_) {
        backend::wake(*waited_for_); // under the lock, so that it is not closed yet
    }
}

bool stop_signal::set_waited_for(std::optional<backend::wait_handle> handle) noexcept
{
    const lock::scope scope(lock_);
    waited_for_ = handle;
    return state_ != state::raised;
}

} // namespace async_socket::core
