#include "linux/engine/worker.hpp"

#include "linux/engine/first_wait.hpp"
#include "linux/engine/pool.hpp"
#include "linux/thread/thread.hpp"

namespace async_socket::linux_os {

namespace {

constinit thread_local worker* own_worker = nullptr;

} // namespace

worker::worker(backend::pool& pool) noexcept : schedule::worker({thread_id(), thread_clock()}), pool_(pool)
{
    own_worker = this;
}

worker::~worker()
{
    own_worker = nullptr;
}

worker* worker::current() noexcept
{
    return own_worker;
}

void worker::begin_blocking() noexcept
{
    on_first_wait(block, this);
}

void worker::block(void* self) noexcept
{
    auto& blocked = *static_cast<worker*>(self);
    blocked.owes_permit_ = blocked.its_loop->hand_over(blocked);
    if (blocked.owes_permit_) {
        blocked.pool_.give_permit();
    }
}

// There may be one callback too many at once now, until this one returns.
void worker::end_blocking() noexcept
{
    if (forget_first_wait() && owes_permit_) {
        owes_permit_ = false;
        its_loop->take_permit_again(*this);
    }
}

} // namespace async_socket::linux_os
