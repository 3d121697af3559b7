#include "face_ledger.hpp"

#include <algorithm>

#include "by_fault.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "outcome.hpp"

namespace sim {

namespace {

using kind = awaited::kind;

bool is_late(as_deadline end)
{
    return end != AS_NEVER && as_now() >= end;
}

// One that has been cut ends those behind it as it has ended.
bool may_be_behind_cut(const awaited& asked, const as_outcome& told)
{
    if (asked.what != kind::send && asked.what != kind::drain) {
        return false;
    }
    return std::ranges::any_of(asked.on->sends, [&told](const awaited& each) {
        return (is(told, AS_CANCELLED) && may_be_stopped(*each.within)) ||
               (is(told, AS_TIMED_OUT) && is_late(each.end()));
    });
}

bool may_be_closed_here(const awaited& asked)
{
    switch (asked.what) {
    case kind::receive:
        return asked.on->is_closing;
    case kind::send:
        return asked.on->is_closing || asked.on->is_shut;
    default:
        return false;
    }
}

// Without a fault.
bool has_reason(const awaited& asked, const as_outcome& told)
{
    const place* const on = asked.on;
    switch (static_cast<as_how>(told.how)) {
    case AS_DONE:
        return !asked.has_no_stream;
    case AS_INVALID:
        return asked.has_no_stream;
    case AS_END_OF_STREAM: // Wine's, of a reset, too, if it cannot be asked
        return asked.what == kind::receive && (on->has_peer_ended || (on->is_lost && !the_machine().struck.empty()));
    case AS_RESET:
        return on != nullptr && on->is_lost;
    case AS_CLOSED_HERE:
        return may_be_closed_here(asked);
    case AS_CANCELLED:
        return may_be_stopped(*asked.within) || may_be_behind_cut(asked, told);
    case AS_TIMED_OUT:
        return is_late(asked.end()) || may_be_behind_cut(asked, told);
    case AS_REFUSED:
        return asked.may_be_refused;
    case AS_NO_SUCH_NAME:
        return asked.has_no_name;
    case AS_FAILED: // of a connect whose thread has ended, which Wine has lost
        return asked.what == kind::connect && told.code == error_alerted;
    default:
        return false;
    }
}

} // namespace

bool may_be_stopped(const reach& asked)
{
    for (const reach* each = &asked; each != nullptr; each = each->outer) {
        if (each->by != nullptr && (each->by->has_begun || is_late(each->by->at))) {
            return true;
        }
    }
    return false;
}

void check(const awaited& asked, const as_outcome& told)
{
    if (asked.was_stopped && !is(told, AS_CANCELLED)) {
        breach("what was begun after a stop was told \"%s\"", as_how_text(told.how));
    }
    if (!has_reason(asked, told) && !is_by_fault(told)) {
        breach("an operation of kind %d was told \"%s\", with the code %u", static_cast<int>(asked.what),
               as_how_text(told.how), static_cast<unsigned>(told.code));
    }
    if (told.bytes > asked.size && asked.what != kind::drain) {
        breach("an operation of %llu bytes was told %llu", static_cast<unsigned long long>(asked.size),
               static_cast<unsigned long long>(told.bytes));
    }
    if (is(told, AS_DONE) && asked.size != 0 && (told.bytes == 0 || (asked.is_whole && told.bytes != asked.size))) {
        breach("an operation of %llu bytes was done with %llu", static_cast<unsigned long long>(asked.size),
               static_cast<unsigned long long>(told.bytes));
    }
}

} // namespace sim
