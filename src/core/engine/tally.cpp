#include "core/engine/tally.hpp"

namespace async_socket::core {

void tally::add(traffic& opened, origin from) noexcept
{
    const lock::scope scope(lock_);
    ++open_;
    ++from_[index_of(from)];
    if (first_ == nullptr) {
        opened.next_ = &opened;
        opened.previous_ = &opened;
        first_ = &opened;
        return;
    }
    opened.next_ = first_;
    opened.previous_ = first_->previous_;
    opened.previous_->next_ = &opened;
    first_->previous_ = &opened;
}

void tally::remove(traffic& closed) noexcept
{
    const lock::scope scope(lock_);
    --open_;
    of_closed_ += closed.sums();
    if (closed.next_ == &closed) {
        first_ = nullptr;
    } else {
        closed.previous_->next_ = closed.next_;
        closed.next_->previous_ = closed.previous_;
        first_ = first_ != &closed ? first_ : closed.next_;
    }
}

tally::sums tally::read() noexcept
{
    sums all{};
    {
        const lock::scope scope(lock_);
        all.traffic = of_closed_;
        all.streams_open = open_;
        all.connections_accepted = from_[index_of(origin::accepted)];
        all.connects_done = from_[index_of(origin::connected)];
        traffic* each = first_;
        for (std::uint64_t i = 0; i < open_; ++i, each = each->next_) {
            all.traffic += each->sums();
        }
    }
    all.connections_lost = count_of(event::connection_lost);
    all.accept_shortages = count_of(event::accept_shortage);
    all.connects_failed = count_of(event::connect_failed);
    all.deadlines_passed = count_of(event::deadline_has_ended);
    return all;
}

} // namespace async_socket::core
