// Blocking calls of socket_transport.h, each on a thread of its own, on a transport that no async socket
// uses: what they move and how they end is in the ledger like everything else.
#pragma once

#include "ledger.hpp"
#include "shared_dice.hpp"

namespace sim {

class blocking_calls {
public:
    blocking_calls(ledger& book, shared_dice& dice) : book_(book), dice_(dice) {}
    blocking_calls(const blocking_calls&) = delete;
    blocking_calls& operator=(const blocking_calls&) = delete;

    // The transport gets this connection; whether it could be made.
    bool begin(link& on);
    // Starts one, unless the transport is gone. Others may disconnect or destroy it meanwhile.
    void call();

private:
    void send(request_record& request, SOCKET_TRANSPORT_HANDLE transport);
    void receive(request_record& request, SOCKET_TRANSPORT_HANDLE transport);
    request_record& fresh_request(bool is_send);

    ledger& book_;
    shared_dice& dice_;
    link* on_ = nullptr;
    endpoint* owner_ = nullptr; // stands for the transport in the ledger
};

} // namespace sim
