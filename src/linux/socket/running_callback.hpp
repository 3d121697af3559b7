// User code that runs on behalf of a channel, on the stack of the thread that runs it: a callback of an
// operation, or a hook. The channel's closer waits for its end, unless it is detached (callback_frame).
#pragma once

#include "core/common/process_mark.hpp"
#include "core/life/callback_frame.hpp"
#include "linux/socket/channel.hpp"
#include "linux/thread/fork.hpp"

namespace async_socket::linux_os {

class running_callback {
public:
    // The channel has counted it already (channel::undelivered).
    explicit running_callback(backend::channel& channel) noexcept : running_callback(channel, detach) {}
    ~running_callback()
    {
        end_in_child();
        if (channel_ != nullptr) {
            channel_->undelivered().drop();
        }
    }
    running_callback(const running_callback&) = delete;
    running_callback& operator=(const running_callback&) = delete;

    // Nothing of the channel may be touched any more: its closer does not wait for this thread.
    [[nodiscard]] bool is_detached() const noexcept
    {
        end_in_child();
        return channel_ == nullptr;
    }

protected:
    // `on_detach(this)` is called when it is detached, instead of `detach`.
    running_callback(backend::channel& channel, core::callback_frame::detach_function on_detach) noexcept
        : channel_(&channel), frame_(channel.owner(), on_detach, this)
    {
    }

    static void detach(void* context) noexcept
    {
        auto& self = *static_cast<running_callback*>(context);
        // The closer waits for what is in line behind this callback. In the child of a fork nothing is, and the loop's
        // lock may be somebody's who is not here.
        if (self.channel_ != nullptr && !self.process_.is_inherited()) {
            self.channel_->release_line();
        }
        self.leave();
    }

private:
    // The user code has forked, and come back in the child. The thread's next steps are the parent's.
    void end_in_child() const noexcept
    {
        if (process_.is_inherited()) {
            end_forked_thread();
        }
    }

    void leave() noexcept
    {
        if (backend::channel* const channel = channel_) {
            channel_ = nullptr;
            channel->undelivered().drop();
        }
    }

    backend::channel* channel_; // null once detached
    core::callback_frame frame_;
    const core::process_mark process_;
};

// A hook, which has something of the channel's in its hands that has to be given back before it is detached.
class running_hook : public running_callback {
public:
    using given_up_function = void (*)(void* context) noexcept;
    running_hook(backend::channel& channel, given_up_function given_up, void* context) noexcept
        : running_callback(channel, give_up), given_up_(given_up), context_(context)
    {
    }

private:
    static void give_up(void* self) noexcept
    {
        auto& own = *static_cast<running_hook*>(static_cast<running_callback*>(self));
        own.given_up_(own.context_);
        detach(self);
    }

    const given_up_function given_up_;
    void* const context_;
};

} // namespace async_socket::linux_os
