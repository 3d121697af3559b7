#include "connection.hpp"

#include <mutex>
#include <utility>

namespace async_relay {

using std::chrono::steady_clock;

connection::connection(as_stream* client, statistics& counted)
    : counted_(counted),
      connecting_{[](as_operation* operation, as_outcome outcome) {
                      static_cast<connection*>(operation->context)->connected(outcome);
                  },
                  this,
                  {}},
      client_(client),
      to_target_(*this, client_, target_, counted.bytes_to_target),
      to_client_(*this, target_, client_, counted.bytes_to_client)
{
}

connection::~connection()
{
    as_stream_close(client_);
    as_stream_close(target_);
}

void connection::connect(as_engine* engine, const tools::endpoint& target, std::chrono::milliseconds timeout,
                         std::function<void(const std::string& why)> on_failure)
{
    on_failure_ = std::move(on_failure);
    keep_alive_ = shared_from_this();
    const std::string port = std::to_string(target.port);
    as_target where{};
    where.host = target.host.c_str();
    where.service = port.c_str();
    const as_deadline until = as_in_ms(static_cast<std::uint64_t>(timeout.count()));
    const as_outcome answer = as_connect(engine, &where, nullptr, &connecting_, &arriving_, until);
    if (answer.how != AS_DONE) {
        connected(answer);
    }
}

void connection::connected(const as_outcome& outcome)
{
    const std::shared_ptr<connection> alive = std::move(keep_alive_);
    if (outcome.how != AS_DONE) {
        if (reset()) {
            on_failure_(as_how_text(outcome.how));
        }
        return;
    }
    if (!take_target()) {
        return;
    }
    moved_bytes(); // the time that connecting took does not count
    to_target_.start();
    to_client_.start();
}

bool connection::take_target()
{
    const std::unique_lock lock(mutex_);
    if (is_reset_) {
        as_stream_reset(arriving_);
        return false;
    }
    target_ = arriving_;
    for (as_stream* const each : {client_, target_}) {
        (void)as_stream_set_option(each, AS_OPTION_NO_DELAY, 1); // to collect small pieces is the peers' business
    }
    return true;
}

bool connection::reset()
{
    {
        const std::unique_lock lock(mutex_);
        if (is_reset_) {
            return false;
        }
        is_reset_ = true; // nobody starts anything any more
    }
    ++counted_.resets;
    as_operation_cancel(&connecting_);
    // Without the lock: this waits for callbacks, and they may be waiting for the lock.
    as_stream_reset(std::exchange(client_, nullptr));
    as_stream_reset(std::exchange(target_, nullptr));
    return true;
}

std::chrono::milliseconds connection::idle_time() const
{
    const time_point last = last_move_.load();
    return last == time_point::max()
               ? std::chrono::milliseconds(0)
               : std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - last);
}

void connection::moved_bytes()
{
    last_move_ = steady_clock::now();
}

} // namespace async_relay
