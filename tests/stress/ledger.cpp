#include "ledger.hpp"

#include <algorithm>

namespace stress {

using contract::bytes;

void ledger::send(ASYNC_SOCKET_HANDLE socket, const bytes& payload, fates alone)
{
    send_entry& added = sends_.emplace_back();
    added.alone = alone;
    added.payload = &payload;
    added.record.then = in_callback;
    const ASYNC_SOCKET_SEND_SYNC_RESULT started = added.record.start(socket, payload.data(), payload.size());
    added.accepted = started == ASYNC_SOCKET_SEND_SYNC_OK;
    added.refused_as_not_open = started == contract::send_refused_not_open;
}

void ledger::receive(ASYNC_SOCKET_HANDLE socket, std::size_t size, fates alone)
{
    receive_entry& added = receives_.emplace_back(size);
    added.alone = alone;
    if (in_callback) {
        added.record.then = [this](const contract::receive_event&) { in_callback(); };
    }
    added.accepted = added.record.start(socket) == 0;
    added.refused_as_not_open = !added.accepted; // a receive is told nothing more
}

fate ledger::send_entry::outcome()
{
    if (!accepted) {
        return refused_as_not_open && record.count() == 0 ? fate::refused : fate::strange;
    }
    const auto results = record.results();
    if (results == std::vector{ASYNC_SOCKET_SEND_OK}) {
        return fate::whole;
    }
    return results == std::vector{ASYNC_SOCKET_SEND_ERROR} ? fate::cut : fate::strange;
}

fate ledger::receive_entry::outcome()
{
    const auto events = record.events();
    if (!accepted) {
        return events.empty() ? fate::refused : fate::strange;
    }
    if (events.size() != 1) {
        return fate::strange;
    }
    const auto [result, count] = events[0];
    if (result == ASYNC_SOCKET_RECEIVE_OK && count != 0 && count <= record.memory.size()) {
        return fate::whole;
    }
    return result == ASYNC_SOCKET_RECEIVE_ABANDONED && count == 0 ? fate::cut : fate::strange;
}

std::size_t ledger::accepted() const
{
    const auto is_accepted = [](const entry& each) { return each.accepted; };
    return static_cast<std::size_t>(std::count_if(sends_.begin(), sends_.end(), is_accepted) +
                                    std::count_if(receives_.begin(), receives_.end(), is_accepted));
}

std::size_t ledger::callbacks()
{
    std::size_t sum = 0;
    for (send_entry& each : sends_) {
        sum += each.record.count();
    }
    for (receive_entry& each : receives_) {
        sum += each.record.count();
    }
    return sum;
}

bytes ledger::accepted_bytes() const
{
    bytes all;
    for (const send_entry& each : sends_) {
        if (each.accepted) {
            all.insert(all.end(), each.payload->begin(), each.payload->end());
        }
    }
    return all;
}

std::size_t ledger::whole_bytes()
{
    std::size_t sum = 0;
    for (send_entry& each : sends_) {
        sum += each.outcome() == fate::whole ? each.payload->size() : 0;
    }
    return sum;
}

bytes ledger::received()
{
    bytes all;
    for (receive_entry& each : receives_) {
        if (each.outcome() == fate::whole) {
            const auto begin = each.record.memory.begin();
            all.insert(all.end(), begin, begin + each.record.events()[0].bytes);
        }
    }
    return all;
}

template <typename Entry>
bool ledger::wait(std::deque<Entry>& entries, bool all)
{
    return std::all_of(entries.begin(), entries.end(), [all](Entry& each) {
        return !each.accepted || (!all && each.alone.contains(fate::pending)) || each.record.wait();
    });
}

bool ledger::wait_for_all()
{
    return wait(sends_, true) && wait(receives_, true);
}

bool ledger::wait_for_those_that_end_alone()
{
    return wait(sends_, false) && wait(receives_, false);
}

template <typename Entry>
void ledger::check(std::deque<Entry>& entries, bool early, const char* name, problems& found)
{
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const fate outcome = entries[i].outcome();
        const bool cut_is_allowed = early || entries[i].alone.contains(fate::pending);
        const fates allowed = cut_is_allowed ? entries[i].alone.with(fate::cut) : entries[i].alone;
        found.require(allowed.contains(outcome), std::string(name) + " " + std::to_string(i) + " came to " +
                                                     std::to_string(static_cast<unsigned>(outcome)) +
                                                     " (1 refused, 2 whole, 4 cut, 16 strange)");
    }
}

void ledger::check(bool early, problems& found)
{
    check(sends_, early, "send", found);
    check(receives_, early, "receive", found);
}

} // namespace stress
