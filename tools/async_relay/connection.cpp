#include "connection.hpp"

#include <mutex>
#include <utility>

namespace async_relay {

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

void connection::connect(as_engine* engine, const options& chosen,
                         std::function<void(const std::string& why)> on_failure)
{
    idle_timeout_ = chosen.idle_timeout;
    on_failure_ = std::move(on_failure);
    keep_alive_ = shared_from_this();
    const std::string port = std::to_string(chosen.target.port);
    as_target where{};
    where.host = chosen.target.host.c_str();
    where.service = port.c_str();
    const as_deadline until = as_in_ms(static_cast<std::uint64_t>(chosen.connect_timeout.count()));
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
    to_target_.start();
    to_client_.start();
}

bool connection::take_target()
{
    {
        const std::unique_lock lock(mutex_);
        if (is_reset_) {
            as_stream_reset(arriving_);
            return false;
        }
        target_ = arriving_;
        if (prepare_streams()) {
            return true;
        }
    }
    (void)reset();
    return false;
}

bool connection::prepare_streams()
{
    bool is_prepared = true;
    for (as_stream* const each : {client_, target_}) {
        (void)as_stream_set_option(each, AS_OPTION_NO_DELAY, 1); // to collect small pieces is the peers' business
        const as_outcome answer = as_stream_set_idle_time(each, static_cast<std::uint64_t>(idle_timeout_.count()));
        is_prepared = is_prepared && answer.how == AS_DONE;
    }
    return is_prepared;
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

} // namespace async_relay
