// A callback that the pool runs: until it is left, whoever waits for the object that the pool runs it for
// (its I/O, its work) waits for this thread.
#pragma once

#include "core/callback_frame.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

class pool_callback {
public:
    explicit pool_callback(PTP_CALLBACK_INSTANCE instance) noexcept : instance_(instance) {}
    pool_callback(const pool_callback&) = delete;
    pool_callback& operator=(const pool_callback&) = delete;

    // Nobody waits for this thread any more. Does nothing the second time.
    void leave() noexcept
    {
        if (instance_ != nullptr) {
            DisassociateCurrentThreadFromCallback(instance_);
            instance_ = nullptr;
        }
    }

    // The user's callback within it: a close or destroy in there leaves.
    class frame {
    public:
        frame(const core::socket& owner, pool_callback& whole) noexcept
            : frame_(
                  owner, [](void* left) { static_cast<pool_callback*>(left)->leave(); }, &whole)
        {
        }

    private:
        core::callback_frame frame_;
    };

private:
    PTP_CALLBACK_INSTANCE instance_; // null once left
};

} // namespace async_socket::win32
