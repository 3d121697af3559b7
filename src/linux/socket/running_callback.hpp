// User code that runs on behalf of a channel, on the stack of the thread that runs it: a callback of an
// operation, or a hook. The channel's closer waits for its end, unless it is detached (callback_frame).
#pragma once

#include "core/callback_frame.hpp"
#include "core/process_mark.hpp"
#include "linux/socket/channel.hpp"
#include "linux/system/fork.hpp"

namespace async_socket::linux_os {

class running_callback {
public:
    // The channel has counted it already (channel::undelivered).
    explicit running_callback(backend::channel& channel) noexcept
        : channel_(&channel), frame_(channel.owner(), detach, this)
    {
    }
    ~running_callback()
    {
        end_in_child();
        leave();
    }
    running_callback(const running_callback&) = delete;
    running_callback& operator=(const running_callback&) = delete;

    // Nothing of the channel may be touched any more: its closer does not wait for this thread.
    [[nodiscard]] bool is_detached() const noexcept
    {
        end_in_child();
        return channel_ == nullptr;
    }

    // Before it is detached; for what is on the way in this callback, and has to be given back.
    using given_up_function = void (*)(void* context) noexcept;
    void on_detach(given_up_function given_up, void* context) noexcept
    {
        given_up_ = given_up;
        context_ = context;
    }

private:
    // The user code has forked, and come back in the child. The thread's next steps are the parent's.
    void end_in_child() const noexcept
    {
        if (process_.is_inherited()) {
            end_forked_thread();
        }
    }

    static void detach(void* context) noexcept
    {
        auto& self = *static_cast<running_callback*>(context);
        if (self.given_up_ != nullptr) {
            self.given_up_(self.context_);
        }
        // The closer waits for what is in line behind this callback. In the child of a fork nothing is, and the loop's
        // lock may be somebody's who is not here.
        if (self.channel_ != nullptr && !self.process_.is_inherited()) {
            self.channel_->release_line();
        }
        self.leave();
    }

    void leave() noexcept
    {
        if (channel_ != nullptr) {
            backend::channel* const channel = channel_;
            channel_ = nullptr;
            channel->undelivered().drop();
        }
    }

    backend::channel* channel_; // null once detached
    given_up_function given_up_ = nullptr;
    void* context_ = nullptr;
    core::callback_frame frame_;
    const core::process_mark process_;
};

} // namespace async_socket::linux_os
