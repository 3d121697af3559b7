#include "model/connection.hpp"

#include <algorithm>

#include "model/breach.hpp"
#include "model/event.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

namespace sim {

namespace {

constexpr std::uint32_t word = 4; // what the peer sends moves in words, so that a test can tell positions

std::uint64_t room(const connection& connection) noexcept
{
    const std::uint64_t waiting = connection.sent.size() - connection.read;
    const std::uint64_t all = the_machine().how.send_room;
    return waiting < all ? all - waiting : 0;
}

// Copies up to `most` bytes of the peer's into the operation's buffers, from their beginning.
std::uint64_t fill(const operation& receive, const connection& from, std::uint64_t most) noexcept
{
    std::uint64_t copied = 0;
    for (const WSABUF& buffer : receive.buffers) {
        for (u_long i = 0; i < buffer.len && copied < most; ++i, ++copied) {
            buffer.buf[i] = static_cast<char>(peer_byte(from.id, from.consumed + copied));
        }
    }
    return copied;
}

// Appends the next `most` bytes of the operation's buffers to what was sent.
void drain(operation& send, std::vector<unsigned char>& sent, std::uint64_t most) noexcept
{
    std::uint64_t skipped = 0;
    const std::uint64_t end = send.moved + most;
    for (const WSABUF& buffer : send.buffers) {
        const std::uint64_t first = std::max(send.moved, skipped);
        const std::uint64_t last = std::min<std::uint64_t>(end, skipped + buffer.len);
        if (first < last) {
            const auto* const bytes = reinterpret_cast<const unsigned char*>(buffer.buf) - skipped;
            sent.insert(sent.end(), bytes + first, bytes + last);
            send.moved = last;
        }
        skipped += buffer.len;
    }
}

// Windows writes the status of an operation without an event when a thread takes its completion from the queue.
bool status_comes_with_completion(const operation& asked) noexcept
{
    return !the_machine().how.wine && asked.event == nullptr;
}

// Of a connection that the peer has reset. What it is depends on who was asking when the reset came.
DWORD code_of_reset() noexcept
{
    return the_machine().how.resets_are_aborts ? ERROR_CONNECTION_ABORTED : ERROR_NETNAME_DELETED;
}

void progress_receives(connection& connection) noexcept
{
    while (!connection.receives.empty()) {
        const std::shared_ptr<operation> first = connection.receives.front();
        if (connection.reset) {
            connection.receives.pop_front();
            end_operation(*first, code_of_reset(), 0);
            continue;
        }
        const std::uint64_t available = connection.arrived - connection.consumed;
        if (available == 0 && !connection.end_arrived) {
            return;
        }
        const std::uint64_t copied = fill(*first, connection, available);
        connection.consumed += copied;
        connection.receives.pop_front();
        end_operation(*first, NO_ERROR, copied);
    }
}

void progress_sends(connection& connection) noexcept
{
    while (!connection.sends.empty()) {
        const std::shared_ptr<operation> first = connection.sends.front();
        if (connection.reset) {
            connection.sends.pop_front();
            end_operation(*first, code_of_reset(), 0);
            continue;
        }
        drain(*first, connection.sent, std::min(room(connection), first->total - first->moved));
        if (first->moved != first->total) {
            return;
        }
        connection.sends.pop_front();
        end_operation(*first, NO_ERROR, first->total);
    }
}

// Now, or in one of the network's next steps.
void end_cancelled(connection& connection, const std::shared_ptr<operation>& cancelled, DWORD code) noexcept
{
    if (the_machine().how.cancels_later) {
        cancelled->code = code;
        connection.ending.push_back(cancelled);
    } else {
        end_operation(*cancelled, code, cancelled->moved);
    }
}

bool cancel_where(connection& connection, operation_list& list, DWORD code,
                  bool (*chosen)(const operation&, std::uint32_t), std::uint32_t argument) noexcept
{
    bool any = false;
    for (std::size_t i = 0; i < list.size();) {
        const std::shared_ptr<operation> operation = list[i];
        if (!chosen(*operation, argument)) {
            ++i;
            continue;
        }
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
        end_cancelled(connection, operation, code);
        any = true;
    }
    return any;
}

// Wine goes on with an operation in its thread. One without an event may fall due while that thread is ending; then
// it is over, whatever it has moved, of which nobody is told. What is behind it goes on.
bool lose_first(operation_list& list, std::uint32_t thread) noexcept
{
    machine& here = the_machine();
    if (!here.how.wine || list.empty() || here.dice.one_in(2)) {
        return false;
    }
    const std::shared_ptr<operation> first = list.front();
    if (first->issuer != thread || first->event != nullptr) {
        return false;
    }
    list.pop_front();
    end_operation(*first, error_alerted, 0);
    return true;
}

// ---- what the network may do next -----------------------------------------------------------------

bool data_can_arrive(const connection& connection) noexcept
{
    return !connection.reset && connection.has_socket && connection.arrived < connection.written;
}

bool end_can_arrive(const connection& connection) noexcept
{
    return !connection.reset && connection.has_socket && connection.peer_ended && !connection.end_arrived &&
           connection.arrived == connection.written;
}

bool peer_can_read(const connection& connection) noexcept
{
    return !connection.reset && !connection.stalled && connection.read < connection.sent.size();
}

// Wine does it to those that wait when a receive finds the peer's end, and calls them done.
void cut_sends(connection& connection) noexcept
{
    operation_list& sends = connection.sends;
    for (std::size_t i = 0; i < sends.size();) {
        const std::shared_ptr<operation> each = sends[i];
        if (each->overlapped == nullptr) {
            ++i;
            continue;
        }
        sends.erase(sends.begin() + static_cast<std::ptrdiff_t>(i));
        end_operation(*each, NO_ERROR, each->moved);
    }
}

// Any of them: a pool's thread is told of each by itself.
void end_one_that_was_cancelled(connection& connection) noexcept
{
    const std::size_t index = the_machine().dice.below(connection.ending.size());
    const std::shared_ptr<operation> ended = connection.ending[index];
    connection.ending.erase(connection.ending.begin() + static_cast<std::ptrdiff_t>(index));
    trace("network: a cancelled operation ends", connection.id);
    end_operation(*ended, ended->code, ended->moved);
}

// False: none are on their way.
bool move_bytes(connection& connection, random& dice) noexcept
{
    if (peer_can_read(connection) && (dice.one_in(2) || !data_can_arrive(connection))) {
        if (connection.peer_gone) {
            trace("network: answers with a reset", connection.id);
            connection.reset = true;
        } else {
            connection.read += dice.between(1, static_cast<std::uint32_t>(connection.sent.size() - connection.read));
            trace("network: peer has read", connection.id, connection.read);
        }
    } else if (data_can_arrive(connection)) {
        const auto words = static_cast<std::uint32_t>((connection.written - connection.arrived) / word);
        connection.arrived += std::uint64_t{word} * dice.between(1, words);
        trace("network: has arrived", connection.id, connection.arrived);
    } else if (end_can_arrive(connection)) {
        connection.end_arrived = true;
        trace("network: end of stream arrives", connection.id);
        if (the_machine().how.wine && !connection.receives.empty()) {
            cut_sends(connection);
        }
    } else {
        return false;
    }
    return true;
}

bool step(connection& connection) noexcept
{
    random& dice = the_machine().dice;
    const bool has_ending = !connection.ending.empty();
    if ((has_ending && dice.one_in(2)) || !move_bytes(connection, dice)) {
        if (!has_ending) {
            return false;
        }
        end_one_that_was_cancelled(connection);
    }
    progress(connection);
    return true;
}

} // namespace

unsigned char peer_byte(std::uint32_t id, std::uint64_t position) noexcept
{
    return static_cast<unsigned char>((position / word | std::uint64_t{id} << 24) >> (8 * (position % word)));
}

connection& new_connection()
{
    auto fresh = std::make_unique<connection>();
    fresh->id = static_cast<std::uint32_t>(the_machine().connections.size());
    the_machine().connections.push_back(std::move(fresh));
    return *the_machine().connections.back();
}

SOCKET connect_pair(connection** peer)
{
    const system_call here("(a connection is made)");
    auto socket = std::make_unique<tcp_socket>();
    socket->stream = &new_connection();
    *peer = socket->stream;
    return reinterpret_cast<SOCKET>(the_machine().handles.add(std::move(socket)));
}

void peer_write(connection& connection, std::uint32_t bytes) noexcept
{
    const system_call here("(peer writes)", connection.id, bytes);
    if (!connection.peer_ended && !connection.reset) {
        connection.written += std::uint64_t{word} * (bytes / word);
    }
}

void peer_end(connection& connection) noexcept
{
    const system_call here("(peer ends)", connection.id);
    connection.peer_ended = true;
}

void peer_close(connection& connection) noexcept
{
    const system_call here("(peer closes)", connection.id);
    connection.peer_ended = true;
    connection.peer_gone = true;
    connection.stalled = false;
}

void peer_reset(connection& connection) noexcept
{
    const system_call here("(peer resets)", connection.id);
    connection.reset = true;
    progress(connection);
}

void peer_stall(connection& connection, bool stalled) noexcept
{
    const system_call here("(peer stalls)", connection.id, stalled ? 1 : 0);
    connection.stalled = stalled;
}

bool network_step()
{
    const model_lock lock;
    (void)end_connects();
    auto& all = the_machine().connections;
    if (all.empty()) {
        return false;
    }
    const std::size_t begin = the_machine().dice.below(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (step(*all[(begin + i) % all.size()])) {
            return true;
        }
    }
    return false;
}

void end_operations_of_thread(std::uint32_t thread) noexcept
{
    const auto issued_by = [](const operation& operation, std::uint32_t id) {
        return operation.issuer == id && operation.event != nullptr;
    };
    for (const auto& connection : the_machine().connections) {
        const bool receives =
            cancel_where(*connection, connection->receives, ERROR_OPERATION_ABORTED, issued_by, thread);
        const bool sends = cancel_where(*connection, connection->sends, ERROR_OPERATION_ABORTED, issued_by, thread);
        connection->send_was_cut = connection->send_was_cut || sends;
        if (receives || sends) {
            trace("cancelled by the end of a thread", connection->id);
        }
        const bool lost_receive = lose_first(connection->receives, thread);
        const bool lost_send = lose_first(connection->sends, thread);
        if (lost_receive || lost_send) {
            trace("lost by the end of a thread", connection->id);
        }
        progress(*connection);
    }
}

void progress(connection& connection) noexcept
{
    progress_receives(connection);
    progress_sends(connection);
}

void end_operation(operation& ended, DWORD code, std::uint64_t bytes) noexcept
{
    ended.done = true;
    ended.code = code;
    ended.moved = bytes;
    std::vector<std::int64_t>& false_bytes = the_machine().false_bytes;
    if ((code == NO_ERROR || code == ERROR_OPERATION_ABORTED) && !false_bytes.empty()) {
        bytes += static_cast<std::uint64_t>(false_bytes.front());
        false_bytes.erase(false_bytes.begin());
    }
    if (ended.overlapped == nullptr) {
        wake(&ended);
        return;
    }
    if (ended.overlapped->Internal != STATUS_PENDING || ended.overlapped->hEvent != ended.event) {
        breach("an OVERLAPPED was changed while the system owned it");
    }
    const bool is_told_later = ended.io != nullptr && !ended.starting && status_comes_with_completion(ended);
    if (!is_told_later) {
        ended.overlapped->Internal = code;
        ended.overlapped->InternalHigh = bytes;
    }
    if (ended.event != nullptr) {
        event* const event = the_machine().handles.find<sim::event>(ended.event);
        --event->operations; // CloseHandle saw to it that it is still there
        set_event(*event);
    }
    if (ended.io != nullptr && !ended.starting) {
        io_complete(*ended.io, ended.shared_from_this(), ended.overlapped, code, bytes);
    }
}

bool end_start(operation& started, bool succeeded_at_once, bool skips_completions) noexcept
{
    started.starting = false;
    if (started.io == nullptr || !started.done) {
        return succeeded_at_once;
    }
    if (succeeded_at_once && skips_completions) {
        io_skip(*started.io, started.overlapped);
    } else {
        const std::uint64_t bytes = started.overlapped->InternalHigh;
        if (!succeeded_at_once && status_comes_with_completion(started)) {
            started.overlapped->Internal = STATUS_PENDING;
            started.overlapped->InternalHigh = 0;
        }
        io_complete(*started.io, started.shared_from_this(), started.overlapped, started.code, bytes);
    }
    return succeeded_at_once;
}

bool cancel_all(connection& connection, DWORD code) noexcept
{
    const auto not_missed = [](const operation& operation, std::uint32_t) { return !operation.was_missed; };
    for (const operation_list* const list : {&connection.receives, &connection.sends}) {
        if (!list->empty()) { // only the first is moving; the next cancel finds it
            bool& was_missed = list->front()->was_missed;
            was_missed = !was_missed && the_machine().dice.one_in(the_machine().how.cancel_misses_one_in);
        }
    }
    const bool receives = cancel_where(connection, connection.receives, code, not_missed, 0);
    const bool sends = cancel_where(connection, connection.sends, code, not_missed, 0);
    return receives || sends;
}

bool cancel_one(connection& connection, const OVERLAPPED* overlapped, DWORD code) noexcept
{
    for (operation_list* const list : {&connection.receives, &connection.sends}) {
        const auto found = std::ranges::find(*list, overlapped, [](const auto& each) { return each->overlapped; });
        if (found == list->end()) {
            continue;
        }
        const std::shared_ptr<operation> cancelled = *found;
        cancelled->was_missed = !cancelled->was_missed && found == list->begin() &&
                                the_machine().dice.one_in(the_machine().how.cancel_misses_one_in);
        if (cancelled->was_missed) {
            return false;
        }
        list->erase(found);
        end_cancelled(connection, cancelled, code);
        progress(connection); // what is behind it goes on
        return true;
    }
    return false;
}

void close_own_end(connection& connection) noexcept
{
    const bool wine = the_machine().how.wine;
    const auto each = [](const operation&, std::uint32_t) { return true; };
    const auto overlapped = [](const operation& operation, std::uint32_t) { return operation.overlapped != nullptr; };
    static constexpr DWORD windows_codes[] = {ERROR_NETNAME_DELETED, ERROR_CONNECTION_ABORTED, ERROR_OPERATION_ABORTED};
    connection.has_socket = false;
    connection.own_end = true;
    (void)cancel_where(connection, connection.receives,
                       wine ? error_handles_closed : windows_codes[the_machine().dice.below(3)], each, 0);
    if (!wine) { // on Wine a send to a peer that does not read stays for ever
        (void)cancel_where(connection, connection.sends, ERROR_OPERATION_ABORTED, overlapped, 0);
    }
}

} // namespace sim
