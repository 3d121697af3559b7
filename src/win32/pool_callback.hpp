// The frame of a callback that the pool runs: detaching it takes this thread out of what the pool
// counts as running on behalf of the object that is waited for.
#pragma once

#include "core/callback_frame.hpp"
#include "win32/win.hpp"

namespace async_socket::win32 {

class pool_callback {
public:
    pool_callback(const core::socket& owner, PTP_CALLBACK_INSTANCE instance) noexcept : frame_(owner, leave, instance)
    {
    }

private:
    static void leave(void* instance) noexcept
    {
        DisassociateCurrentThreadFromCallback(static_cast<PTP_CALLBACK_INSTANCE>(instance));
    }

    core::callback_frame frame_;
};

} // namespace async_socket::win32
