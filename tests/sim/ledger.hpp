// What the library was asked for and what it told, and whether the two agree.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "api.hpp"
#include "model/connection.hpp"
#include "model/thread.hpp"

namespace sim {

// One connection that the test made, and everything that may excuse the end of an operation on it.
struct link {
    connection* peer = nullptr;
    SOCKET socket = INVALID_SOCKET; // the test's to close, until an async socket or a transport has it
    SOCKET_TRANSPORT_HANDLE transport = nullptr;
    std::uint32_t transport_calls = 0; // under way, so that it may not be destroyed
    bool used = false;                 // an async socket has taken it
    bool closed_here = false;          // a close, destroy or disconnect that concerns it has begun
};

// A thread that uses a handle. A destroy may begin only if every other such thread is known to be
// inside an open or a close: those it waits for.
struct active_call {
    thread* who = nullptr;
    bool is_open_or_close = false;
};

// One incarnation of an async socket, from create to destroy.
struct endpoint {
    std::uint32_t slot = 0;
    ASYNC_SOCKET_HANDLE handle = nullptr;
    generation api = generation::current;
    link* current = nullptr;         // that it was opened with last
    std::vector<active_call*> calls; // on the handle, by threads that none of its callbacks keeps alive
    std::uint32_t state_calls = 0;   // opens, closes and destroys under way
    std::uint32_t state_changes = 0; // begun so far
    std::uint32_t callbacks = 0;     // running, not counting those that closed or destroyed
    std::uint32_t outstanding = 0;   // accepted and not ended
    bool was_opened = false;         // successfully, once
    bool closed_for_sure = false;    // a close without a competitor has returned
    bool dying = false;              // a destroy has begun
    bool destroyed = false;          // it has returned
};

enum class call_state : std::uint8_t { under_way, refused, accepted };

struct request_record {
    std::uint32_t id = 0;
    bool is_send = false;
    endpoint* owner = nullptr;
    link* on = nullptr; // null if an open or close at the same time leaves it unclear
    std::uint64_t begun = 0;
    std::uint64_t returned = ~std::uint64_t{0};
    call_state state = call_state::under_way;
    std::uint32_t ended = 0;
    bool connection_was_gone = false; // when it ended: closed here, or reset
    bool peer_had_ended = false;      // when it ended
    bool stream_was_torn = false;     // when it ended: a send before it, or it itself, was cut
    std::uint64_t total = 0;
    std::vector<unsigned char> memory;
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    ASYNC_SOCKET_SEND_RESULT send_result{};
    ASYNC_SOCKET_RECEIVE_RESULT receive_result{};
    std::uint32_t bytes = 0;
    std::uint32_t connection = 0; // of a receive: whose bytes it got
    std::uint64_t position = 0;   // and from which on
    void* workload = nullptr;
};

class ledger {
public:
    link& new_link();
    endpoint& new_endpoint();
    request_record& new_request(endpoint& owner, bool is_send);

    // A moment, for the order of calls.
    std::uint64_t moment() noexcept { return ++moments_; }

    void accepted(request_record& request, bool was_accepted);
    void send_ended(request_record& request, ASYNC_SOCKET_SEND_RESULT result);
    void receive_ended(request_record& request, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes);

    // At the end, when everything has drained: each accepted operation ended, each byte is where it belongs.
    void check_all(bool faults) const;
    void print() const;

    std::vector<std::unique_ptr<link>> links;
    std::vector<std::unique_ptr<endpoint>> endpoints;
    std::vector<std::unique_ptr<request_record>> requests;

private:
    void ended(request_record& request);
    void check_received(const link& link) const;
    void check_sent(const link& link, std::vector<bool>& present, bool faults) const;
    static void check_excuse(const request_record& request);

    std::uint64_t moments_ = 0;
};

// The bytes of a send: where it begins and whose it is can be seen from them alone.
constexpr std::uint32_t send_header = 8;
void mark_send(std::vector<unsigned char>& memory, std::uint32_t id);

} // namespace sim
