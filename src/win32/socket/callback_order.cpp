#include "win32/socket/callback_order.hpp"

namespace async_socket::win32 {

namespace {

// One that was to be cancelled, and is done all the same, keeps its place: its bytes have one.
bool may_overtake(const request& ended) noexcept
{
    return ended.is_over() && ended.is_cancelled() && ended.verdict().how == ended.cancelled_as();
}

} // namespace

void callback_order::accept(request& accepted) noexcept
{
    accepted.earlier_ = last_;
    (last_ != nullptr ? last_->later_ : first_) = &accepted;
    last_ = &accepted;
}

void callback_order::over(request& ended) noexcept
{
    ended.is_over_ = true;
    ++over_;
    overtaking_ += may_overtake(ended) ? 1U : 0U;
}

request* callback_order::next() noexcept
{
    request* const found = is_taken_ || over_ == 0 ? nullptr : first_that_may();
    if (found != nullptr) {
        is_taken_ = true;
        remove(*found);
    }
    return found;
}

request* callback_order::first_that_may() const noexcept
{
    if (first_->is_over()) {
        return first_;
    }
    request* each = overtaking_ != 0 ? first_ : nullptr;
    while (each != nullptr && !may_overtake(*each)) {
        each = each->later_;
    }
    return each;
}

void callback_order::remove(request& called) noexcept
{
    (called.earlier_ != nullptr ? called.earlier_->later_ : first_) = called.later_;
    (called.later_ != nullptr ? called.later_->earlier_ : last_) = called.earlier_;
    --over_;
    overtaking_ -= may_overtake(called) ? 1U : 0U;
}

} // namespace async_socket::win32
