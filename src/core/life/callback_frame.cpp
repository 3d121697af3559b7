#include "core/life/callback_frame.hpp"

#include "core/engine/execution_engine.hpp"
#include "core/platform/thread_slot.hpp"
#include "core/socket/socket.hpp"

namespace async_socket::core {

callback_frame* callback_frame::innermost() noexcept
{
    return static_cast<callback_frame*>(backend::thread_slot_get());
}

bool callback_frame::is_inside(const callback_frame* frames, const socket& owner) noexcept
{
    for (; frames != nullptr; frames = frames->outer_) {
        if (frames->owner_ == &owner) {
            return true;
        }
    }
    return false;
}

callback_frame::callback_frame(const socket& owner, detach_function detach, void* context) noexcept
    : owner_(&owner), detach_(detach), context_(context), outer_(innermost())
{
    backend::thread_slot_set(this);
}

callback_frame::callback_frame(execution_engine& engine) noexcept : outer_(innermost()), stays_with_(&engine)
{
    engine.begin_stay();
    backend::thread_slot_set(this);
}

callback_frame::~callback_frame()
{
    backend::thread_slot_set(outer_);
    if (stays_with_ != nullptr) {
        stays_with_->end_stay();
    }
}

void callback_frame::detach_all(const socket& owner) noexcept
{
    for (callback_frame* frame = innermost(); frame != nullptr; frame = frame->outer_) {
        if (frame->owner_ == &owner) {
            frame->owner_ = nullptr;
            frame->stays_with_ = &owner.engine();
            frame->stays_with_->begin_stay();
            frame->detach_(frame->context_);
        }
    }
}

} // namespace async_socket::core
