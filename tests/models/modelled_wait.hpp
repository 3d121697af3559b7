// core/platform/address_wait.hpp for relacy: comparing and falling asleep are one step, a wake-up reaches those who
// sleep on the address at that moment, sleepers may get up for no reason, and nothing of it orders memory.
#pragma once

namespace async_socket::backend {

// Before each run: nobody sleeps.
void forget_sleepers() noexcept;

} // namespace async_socket::backend
