#include "targets.hpp"

#include <algorithm>

namespace async_relay {

namespace {

constexpr std::uint64_t while_ms = 10'000;

} // namespace

void target::answers() noexcept
{
    ++connected_;
    alone_until_ = 0;
}

void target::fails(bool must_not_be_asked) noexcept
{
    ++failed_;
    const as_deadline until = as_in_ms(while_ms);
    alone_until_ = until;
    never_until_ = must_not_be_asked ? until : 0;
}

targets::targets(const std::vector<tools::endpoint>& where)
{
    for (const tools::endpoint& each : where) {
        all_.emplace_back(each);
    }
}

std::vector<target*> targets::in_turn()
{
    const std::size_t first = turn_++;
    std::vector<target*> order;
    order.reserve(all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) {
        target& each = all_[(first + i) % all_.size()];
        if (each.may_be_asked()) {
            order.push_back(&each);
        }
    }
    std::stable_partition(order.begin(), order.end(), [](const target* each) { return !each->is_left_alone(); });
    return order;
}

} // namespace async_relay
