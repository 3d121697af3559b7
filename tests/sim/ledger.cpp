#include "ledger.hpp"

#include <algorithm>
#include <cstdio>

#include "model/breach.hpp"
#include "model/machine.hpp"

namespace sim {

namespace {

// A send begins with this byte and its number and length in 7 bits each; no other byte is above 127.
constexpr unsigned char send_begins = 0xF5;

unsigned char send_byte(std::uint32_t id, std::size_t index) noexcept
{
    return static_cast<unsigned char>((std::size_t{id} * 31 + index * 7) & 0x7F);
}

void put(std::vector<unsigned char>& memory, std::size_t at, std::size_t value) noexcept
{
    for (std::size_t i = 0; i < 3; ++i) {
        memory[at + i] = static_cast<unsigned char>((value >> (7 * i)) & 0x7F);
    }
}

std::uint32_t take(const std::vector<unsigned char>& memory, std::size_t at) noexcept
{
    return std::uint32_t{memory[at]} | std::uint32_t{memory[at + 1]} << 7 | std::uint32_t{memory[at + 2]} << 14;
}

// Where the header that begins at `at` ends: early if something else begins within it.
std::size_t end_of_header(const std::vector<unsigned char>& sent, std::size_t at)
{
    std::size_t end = at + 1;
    while (end < at + send_header && end < sent.size() && sent[end] != send_begins) {
        ++end;
    }
    return end;
}

// How many of the bytes from `at` on belong to send `id`.
std::size_t length_of(const std::vector<unsigned char>& sent, std::size_t at, std::uint32_t id, std::size_t total)
{
    std::size_t length = send_header;
    while (length < total && at + length < sent.size() && sent[at + length] == send_byte(id, length)) {
        ++length;
    }
    return length;
}

} // namespace

void mark_send(std::vector<unsigned char>& memory, std::uint32_t id)
{
    memory[0] = send_begins;
    put(memory, 1, id);
    put(memory, 4, memory.size());
    memory[7] = 0;
    for (std::size_t i = send_header; i < memory.size(); ++i) {
        memory[i] = send_byte(id, i);
    }
}

link& ledger::new_link()
{
    links.push_back(std::make_unique<link>());
    return *links.back();
}

endpoint& ledger::new_endpoint()
{
    endpoints.push_back(std::make_unique<endpoint>());
    return *endpoints.back();
}

request_record& ledger::new_request(endpoint& owner, bool is_send)
{
    requests.push_back(std::make_unique<request_record>());
    request_record& fresh = *requests.back();
    fresh.id = static_cast<std::uint32_t>(requests.size());
    fresh.is_send = is_send;
    fresh.owner = &owner;
    fresh.begun = moment();
    return fresh;
}

void ledger::accepted(request_record& request, bool was_accepted)
{
    request.returned = moment();
    request.state = was_accepted ? call_state::accepted : call_state::refused;
    if (!was_accepted && request.ended != 0) {
        breach("request %u was refused and its callback called", request.id);
    }
    if (was_accepted && request.ended == 0) {
        ++request.owner->outstanding;
    }
}

void ledger::ended(request_record& request)
{
    const endpoint& owner = *request.owner;
    if (++request.ended != 1) {
        breach("request %u ended twice", request.id);
    }
    if (request.state == call_state::refused) {
        breach("request %u was refused and its callback called", request.id);
    }
    if (owner.destroyed) {
        breach("request %u ended after its async socket was destroyed", request.id);
    }
    if (owner.closed_for_sure) {
        breach("request %u ended after close had returned", request.id);
    }
    if (request.state == call_state::accepted) {
        --request.owner->outstanding;
    }
    if (request.on != nullptr) {
        request.connection_was_gone = request.on->closed_here || request.on->peer->reset;
        // Windows does not say for sure where, so it is the last.
        request.stream_was_torn = request.on->peer->send_was_cut && !the_machine().how.wine;
        request.peer_had_ended = request.on->peer->peer_ended;
    }
}

void ledger::send_ended(request_record& request, ASYNC_SOCKET_SEND_RESULT result)
{
    ended(request);
    request.send_result = result;
    std::fill(request.memory.begin(), request.memory.end(), 0x7E); // the caller's again: it may hold anything now
}

void ledger::receive_ended(request_record& request, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    ended(request);
    request.receive_result = result;
    request.bytes = bytes;
    const bool ok = result == ASYNC_SOCKET_RECEIVE_OK;
    if (ok != (bytes != 0) || bytes > request.total) {
        breach("request %u: result %d with %u bytes", request.id, static_cast<int>(result), bytes);
    }
    if (!ok) {
        return;
    }
    const std::vector<unsigned char>& memory = request.memory;
    const std::uint64_t word = std::uint64_t{memory[0]} | std::uint64_t{memory[1]} << 8 |
                               std::uint64_t{memory[2]} << 16 | std::uint64_t{memory[3]} << 24;
    request.connection = static_cast<std::uint32_t>(word >> 24);
    request.position = (word & 0xFFFFFF) * 4;
    for (std::uint32_t i = 0; i < bytes; ++i) {
        if (memory[i] != peer_byte(request.connection, request.position + i)) {
            breach("request %u: byte %u of %u is not the one that follows in the stream", request.id, i, bytes);
        }
    }
}

// The ranges that receives got cover the stream without gap or overlap, in the order of the calls.
void ledger::check_received(const link& link) const
{
    std::vector<const request_record*> got;
    for (const auto& request : requests) {
        if (request->bytes != 0 && request->connection == link.peer->id) {
            got.push_back(request.get());
        }
    }
    std::sort(got.begin(), got.end(), [](auto* a, auto* b) { return a->position < b->position; });
    std::uint64_t next = 0;
    std::uint64_t latest_begin = 0;
    for (const request_record* request : got) {
        if (request->position != next) {
            breach("request %u: its bytes begin at %llu of the stream, not at %llu", request->id,
                   static_cast<unsigned long long>(request->position), static_cast<unsigned long long>(next));
        }
        if (request->returned < latest_begin) {
            breach("request %u: got its bytes behind those of a later receive", request->id);
        }
        latest_begin = std::max(latest_begin, request->begun);
        next += request->bytes;
    }
}

// The stream consists of whole sends in the order of the calls; where one is cut, its sender was told,
// and so was that of one that is missing.
void ledger::check_sent(const link& link, std::vector<bool>& present, bool faults) const
{
    const std::vector<unsigned char>& sent = link.peer->sent;
    std::uint64_t latest_begin = 0;
    for (std::size_t at = 0; at < sent.size();) {
        if (sent[at] != send_begins && faults) {
            ++at;
            continue;
        }
        if (sent[at] != send_begins) {
            breach("connection %u: byte %zu of the stream belongs to no send", link.peer->id, at);
        }
        const std::size_t after_header = end_of_header(sent, at);
        if (after_header - at != send_header) {
            at = after_header; // cut so early that nobody can say whose it was
            continue;
        }
        const std::uint32_t id = take(sent, at + 1);
        if (id - 1 >= requests.size() || present[id]) {
            breach("connection %u: bytes of request %u, which is not to be seen here", link.peer->id, id);
        }
        const request_record& request = *requests[id - 1];
        const std::size_t length = length_of(sent, at, id, request.total);
        if (length != request.total && request.send_result == ASYNC_SOCKET_SEND_OK) {
            breach("request %u: only %zu of %llu bytes went out, and the sender was told that all is well", id, length,
                   static_cast<unsigned long long>(request.total));
        }
        if (request.returned < latest_begin) {
            breach("request %u: went out behind a later send", id);
        }
        latest_begin = std::max(latest_begin, request.begun);
        present[id] = true;
        at += length;
    }
}

// A failure has a reason that the test knew of at that moment.
void ledger::check_excuse(const request_record& request)
{
    if (request.connection_was_gone) {
        return;
    }
    if (request.is_send) {
        // Wine cuts the sends that wait when it finds the peer's end: one that another thread's has overtaken meanwhile
        // cannot go on.
        const bool may_be_cut = the_machine().how.wine && request.peer_had_ended;
        if (request.send_result != ASYNC_SOCKET_SEND_OK && !request.stream_was_torn && !may_be_cut) {
            breach("request %u: a send failed for no reason", request.id);
        }
    } else if (request.receive_result == ASYNC_SOCKET_RECEIVE_ERROR) {
        breach("request %u: a receive failed for no reason", request.id);
    } else if (request.receive_result == ASYNC_SOCKET_RECEIVE_ABANDONED && !request.peer_had_ended) {
        breach("request %u: a receive was abandoned for no reason", request.id);
    }
}

void ledger::check_all(bool faults) const
{
    for (const auto& request : requests) {
        if (request->state == call_state::accepted && request->ended != 1) {
            breach("request %u was accepted and never ended", request->id);
        }
        if (request->state == call_state::accepted && request->on != nullptr && !faults) {
            check_excuse(*request);
        }
    }
    std::vector<bool> present(requests.size() + 1);
    for (const auto& link : links) {
        check_received(*link);
        check_sent(*link, present, faults);
    }
    for (const auto& request : requests) {
        if (request->send_result == ASYNC_SOCKET_SEND_OK && !present[request->id]) {
            breach("request %u: nothing went out, and the sender was told that all is well", request->id);
        }
    }
}

void ledger::print() const
{
    (void)std::fprintf(stderr, "the ledger:\n");
    for (const auto& request : requests) {
        static constexpr const char* states[] = {"under way", "refused", "accepted"};
        (void)std::fprintf(
            stderr, "  request %u: %s of %llu bytes, slot %u, connection %d, %s, ended %u times, result %d, %u bytes\n",
            request->id, request->is_send ? "send" : "receive", static_cast<unsigned long long>(request->total),
            request->owner->slot, request->on != nullptr ? static_cast<int>(request->on->peer->id) : -1,
            states[static_cast<int>(request->state)], request->ended,
            request->is_send ? static_cast<int>(request->send_result) : static_cast<int>(request->receive_result),
            request->bytes);
    }
}

} // namespace sim
