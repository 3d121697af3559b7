#include "transfer.hpp"

#include "echoer.hpp"
#include "pinger.hpp"
#include "receiver.hpp"
#include "sender.hpp"

namespace async_perf {

std::unique_ptr<transfer> make_transfer(stream& connection, const request& asked, role own)
{
    if (asked.test == kind::ping_pong) {
        if (own == role::client) {
            return std::make_unique<pinger>(connection, asked);
        }
        return std::make_unique<echoer>(connection, asked);
    }
    if ((asked.flow == direction::client_sends) == (own == role::client)) {
        return std::make_unique<sender>(connection, asked);
    }
    return std::make_unique<receiver>(connection, asked);
}

} // namespace async_perf
