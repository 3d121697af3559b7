#include "closers.hpp"

#include <algorithm>

namespace sim {

namespace {

// The innermost callback of `owner`; null if there is none.
frame* callback_of(const endpoint& owner, frame* inside) noexcept
{
    while (inside != nullptr && inside->owner != &owner) {
        inside = inside->outer;
    }
    return inside;
}

} // namespace

closers::visit::visit(closers& all, const endpoint& target, frame* inside) : all_(all), target_(target), inside_(inside)
{
    if (inside_ != nullptr) {
        all_.visits_.push_back(this);
        all_.detach_circles();
    }
}

closers::visit::~visit()
{
    std::erase(all_.visits_, this);
}

// Every callback that a closer waits for and that, in turn, waits for that closer.
void closers::detach_circles()
{
    for (visit* const waiting : visits_) {
        for (visit* const other : visits_) {
            frame* each = callback_of(waiting->target_, other->inside_);
            for (visit* const any : visits_) {
                any->seen_ = false;
            }
            if (each == nullptr || !leads_to(*other, *waiting)) {
                continue;
            }
            for (; each != nullptr; each = callback_of(waiting->target_, each->outer)) {
                each->detach();
            }
        }
    }
}

// `from` waits for `to`, or for somebody who does.
bool closers::leads_to(visit& from, const visit& to)
{
    if (&from == &to) {
        return true;
    }
    from.seen_ = true;
    return std::any_of(visits_.begin(), visits_.end(), [&](visit* next) {
        return !next->seen_ && callback_of(from.target_, next->inside_) != nullptr && leads_to(*next, to);
    });
}

} // namespace sim
