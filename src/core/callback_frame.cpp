#include "core/callback_frame.hpp"

#include "core/thread_slot.hpp"

namespace async_socket::core {

namespace {

callback_frame* innermost() noexcept
{
    return static_cast<callback_frame*>(backend::thread_slot_get());
}

} // namespace

callback_frame::callback_frame(const socket& owner, detach_function detach, void* context) noexcept
    : owner_(&owner), detach_(detach), context_(context), outer_(innermost())
{
    backend::thread_slot_set(this);
}

callback_frame::~callback_frame()
{
    backend::thread_slot_set(outer_);
}

void callback_frame::detach_all(const socket& owner) noexcept
{
    for (callback_frame* frame = innermost(); frame != nullptr; frame = frame->outer_) {
        if (frame->owner_ == &owner) {
            frame->owner_ = nullptr;
            frame->detach_(frame->context_);
        }
    }
}

bool callback_frame::inside_any() noexcept
{
    return innermost() != nullptr;
}

} // namespace async_socket::core
