#include "issuer.hpp"

#include <utility>

#include "simulation.hpp"

namespace sim {

issuer::issuer(std::function<void()> body)
{
    spawn_application_thread([this, body = std::move(body)] {
        body();
        issued_ = true;
        wait_until("it may end", [this] { return may_end_; });
        ended_ = true;
    });
    wait_until("it has issued", [this] { return issued_; });
}

void issuer::end()
{
    may_end_ = true;
    wait_until("it ends", [this] { return ended_; });
    sleep_ms(1); // the system cancels when the thread is gone
}

} // namespace sim
