#include "core/life/close_wait.hpp"

#include <new>

#include "core/common/lock.hpp"

namespace async_socket::core {

namespace {

// Guards the list, and keeps the frames of those in it still: their threads wait.
lock list_lock;
close_wait* list_head = nullptr;

} // namespace

close_wait::close_wait(const socket& target) noexcept : target_(target), frames_(callback_frame::innermost())
{
    if (frames_ == nullptr) {
        return;
    }
    const lock::scope scope(list_lock);
    const socket* circle_end = nullptr;
    for (;;) {
        for (close_wait* each = list_head; each != nullptr; each = each->next_) {
            each->visited_ = false;
        }
        if (!leads_back(target_, &circle_end)) {
            break;
        }
        callback_frame::detach_all(*circle_end);
    }
    next_ = list_head;
    list_head = this;
}

close_wait::~close_wait()
{
    if (frames_ == nullptr) {
        return;
    }
    const lock::scope scope(list_lock);
    close_wait** place = &list_head;
    while (*place != this) {
        place = &(*place)->next_;
    }
    *place = next_;
}

void close_wait::forget_all() noexcept
{
    new (&list_lock) lock;
    list_head = nullptr;
}

bool close_wait::leads_back(const socket& waited_for, const socket** circle_end) noexcept
{
    for (close_wait* each = list_head; each != nullptr; each = each->next_) {
        if (each->visited_ || !callback_frame::is_inside(each->frames_, waited_for)) {
            continue;
        }
        each->visited_ = true;
        if (callback_frame::is_inside(frames_, each->target_)) {
            *circle_end = &each->target_;
            return true;
        }
        if (leads_back(each->target_, circle_end)) {
            return true;
        }
    }
    return false;
}

} // namespace async_socket::core
