// Calls beside the traffic: wrong ones, which must be refused, and engines and transports of their own that
// live for a moment.
#pragma once

#include "api.hpp"
#include "shared_dice.hpp"

namespace sim {

// A call on the handle with an argument that must be refused, and whose callback must not be called.
void call_wrongly(ASYNC_SOCKET_HANDLE handle, shared_dice& dice);

// Makes an engine or a transport, does something with it, and lets it go.
void use_something_else(shared_dice& dice);

} // namespace sim
