#include "core/resolve/resolution.hpp"

#include <algorithm>
#include <new>
#include <type_traits>

#include "core/time/operation_alarm.hpp"

namespace async_socket::core {

static_assert(fits_before_alarm<resolution>);
static_assert(std::is_trivially_destructible_v<resolution>, "its memory is its caller's, who knows nothing of it");

resolution::resolution(const as_operation& asked, execution_engine& on, const address_room& room) noexcept
    : engine_operation(asked, operation_kind::resolve, on, give_up),
      name_lookup(answered),
      names_(on.names()),
      room_(room)
{
}

refusal resolution::start(as_operation* asked, execution_engine& on, const name_question& question,
                          const address_room& room, std::uint64_t deadline) noexcept
{
    const as_operation given = *asked;
    *room.count = 0;
    auto& made = *new (static_cast<void*>(asked)) resolution(given, on, room);
    return made.begin(deadline, [&made, &question] { return made.look_up(question); });
}

refusal resolution::look_up(const name_question& question) noexcept
{
    if (names_ == nullptr) {
        return {ending::no_room};
    }
    std::optional<name_answer> known = names_->start(*this, question);
    if (known && is_refusal(known->outcome.how)) {
        return {known->outcome.how, known->outcome.code};
    }
    if (known) {
        take(*known);
    }
    return {};
}

void resolution::take(const name_answer& answer) noexcept
{
    if (answer.addresses) {
        const address_list& found = *answer.addresses.get();
        std::copy_n(found.begin(), std::min(found.count(), room_.capacity), room_.first);
        *room_.count = found.count();
    }
    end(answer.outcome);
}

void resolution::answered(name_lookup& self, name_answer answer) noexcept
{
    static_cast<resolution&>(self).take(answer);
}

// If the answer has begun, it is what the user is told.
void resolution::give_up(engine_operation& self, ending why) noexcept
{
    auto& stopped = static_cast<resolution&>(self);
    if (stopped.names_->abandon(stopped)) {
        stopped.end(backend::stopped(why));
    }
}

} // namespace async_socket::core
