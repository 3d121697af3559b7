#include "targets.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

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
        auto known =
            std::ranges::find(all_, to_string(each), [](const target& other) { return to_string(other.where); });
        turns_.push_back(known != all_.end() ? &*known : &all_.emplace_back(each));
    }
}

std::vector<target*> targets::in_turn()
{
    std::vector<target*> order;
    order.reserve(turns_.size());
    std::ranges::copy_if(turns_, std::back_inserter(order), [](const target* each) { return each->may_be_asked(); });
    const auto alone =
        std::stable_partition(order.begin(), order.end(), [](const target* each) { return !each->is_left_alone(); });
    if (const std::ptrdiff_t others = alone - order.begin();
        others != 0) { // whose turns one that is alone does not take
        std::rotate(order.begin(),
                    order.begin() + static_cast<std::ptrdiff_t>(turn_++ % static_cast<std::size_t>(others)), alone);
    }
    for (auto each = order.begin(); each != order.end(); ++each) {
        order.erase(std::remove(each + 1, order.end(), *each), order.end());
    }
    return order;
}

} // namespace async_relay
