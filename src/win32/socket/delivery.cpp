#include "win32/socket/delivery.hpp"

#include <optional>

#include "core/address_wait.hpp"
#include "core/callback_frame.hpp"
#include "core/socket.hpp"
#include "win32/engine/pool_callback.hpp"
#include "win32/engine/turn.hpp"

namespace async_socket::win32 {

bool delivery::prepare() noexcept
{
    if (!work_) {
        work_.reset(CreateThreadpoolWork(on_ended, this, &binding_.environment()));
    }
    return static_cast<bool>(work_);
}

void delivery::end_one() noexcept
{
    if (undelivered_.fetch_sub(one, std::memory_order_acq_rel) == one + closer_waits) {
        backend::wake_all(undelivered_); // by its address only: it may be gone
    }
}

void delivery::soon(request& ended, const core::outcome& outcome) noexcept
{
    ended.set_verdict(outcome);
    if (!turn::keep(binding_.threadpool(), *this, ended)) {
        later(ended, outcome);
    }
}

void delivery::later(request& ended, const core::outcome& outcome) noexcept
{
    ended.set_verdict(outcome);
    const srw_lock::scope scope(lock_);
    ended_.push_back(ended);
    SubmitThreadpoolWork(work_.get());
}

VOID CALLBACK delivery::on_ended(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK /*work*/) noexcept
{
    delivery& self = *static_cast<delivery*>(context);
    pool_callback callback(instance);
    std::optional<turn> turn;
    if (self.binding_.is_fast()) {
        turn.emplace(self.binding_.threadpool(), callback);
    }
    const pool_callback::frame frame(self.binding_.owner(), callback);
    request* ended = nullptr;
    {
        const srw_lock::scope scope(self.lock_);
        ended = self.ended_.pop_front();
    }
    self.end_one();
    self.binding_.owner().finish(*ended, ended->verdict());
}

// The pool does not know that this is a callback of ours, so it counts as undelivered until it has returned
// or is detached.
void delivery::here(request& ended) noexcept
{
    delivery* counted = this;
    const auto end = [](void* context) {
        delivery*& counts = *static_cast<delivery**>(context);
        if (delivery* const self = counts) {
            counts = nullptr;
            self->end_one();
        }
    };
    {
        const core::callback_frame frame(binding_.owner(), end, &counted);
        binding_.owner().finish(ended, ended.verdict());
    }
    end(&counted);
}

void delivery::hurry() noexcept
{
    request_list kept;
    turn::take_back(*this, kept);
    while (request* const ended = kept.pop_front()) {
        elsewhere(*ended);
    }
}

bool delivery::wait_until_ended(std::uint32_t timeout_ms) noexcept
{
    std::uint32_t left = undelivered_.fetch_or(closer_waits, std::memory_order_acquire) | closer_waits;
    const ULONGLONG begin = GetTickCount64();
    while (left != closer_waits) {
        const ULONGLONG waited = GetTickCount64() - begin;
        if (waited >= timeout_ms) {
            return false;
        }
        backend::wait_while_equal(undelivered_, left, static_cast<std::uint32_t>(timeout_ms - waited));
        left = undelivered_.load(std::memory_order_acquire);
    }
    return true;
}

void delivery::wait_for_callbacks() noexcept
{
    if (work_) {
        WaitForThreadpoolWorkCallbacks(work_.get(), FALSE);
    }
}

} // namespace async_socket::win32
