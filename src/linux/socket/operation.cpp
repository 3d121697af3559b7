#include "linux/socket/operation.hpp"

#include "core/common/hot_path.hpp"
#include "core/socket/socket.hpp"
#include "linux/socket/channel.hpp"
#include "linux/socket/running_callback.hpp"

namespace async_socket::linux_os {

operation::operation(linux_os::lane& lane, const core::operation& asked) noexcept
    : core::operation(asked), schedule::job(run, lane)
{
}

lane& operation::lane() const noexcept
{
    return static_cast<linux_os::lane&>(line());
}

backend::channel& operation::channel() const noexcept
{
    return lane().channel();
}

void operation::run(schedule::job& self) noexcept
{
    operation& own = static_cast<operation&>(self);
    if (own.is_over_) {
        own.deliver();
    } else {
        own.lane().ask_hooks(own);
    }
}

void operation::deliver() noexcept
{
    const running_callback running(channel());
    core::socket& owner = channel().owner();
    if (how_ == core::ending::done) { // 01_065, 01_071
        owner.finish_done(*this, moved_);
    } else {
        owner.finish(*this, {how_, moved_, static_cast<std::uint32_t>(code_)});
    }
}

} // namespace async_socket::linux_os

namespace async_socket::backend {

// In a process that inherited it, its lane's lock may be somebody's who is not here; and nothing ends there.
void operation_cancel(core::operation& operation, core::ending why) noexcept
{
    auto& cancelled = static_cast<linux_os::operation&>(operation);
    if (!cancelled.channel().owner().life().is_inherited()) {
        cancelled.lane().cancel(cancelled, why);
    }
}

} // namespace async_socket::backend
