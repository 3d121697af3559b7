#include "support/session.hpp"

#include "support/failure.hpp"

namespace bench {

unsigned client::opened() noexcept
{
    if (work_.what == kind::idle) {
        return 0;
    }
    sent_at_ = clock::now();
    echoed_ = 0;
    const unsigned at_once = work_.what == kind::stream ? work_.outstanding : 1;
    under_way_.store(at_once, std::memory_order_relaxed);
    return at_once;
}

next client::sent() noexcept
{
    if (work_.what != kind::stream) {
        return next::nothing;
    }
    operations_.add_shared(1);
    if (!window_.is_over()) {
        return next::send;
    }
    return under_way_.fetch_sub(1, std::memory_order_acq_rel) == 1 ? next::close : next::nothing;
}

next client::received(std::size_t bytes) noexcept
{
    echoed_ += bytes;
    require(echoed_ <= work_.message, "an echo of the right length");
    if (echoed_ < work_.message) {
        return next::nothing;
    }
    echoed_ = 0;
    if (work_.what == kind::churn) {
        return next::close;
    }
    operations_.add(1);
    if (samples_ != nullptr) {
        sample();
    }
    return is_over() ? next::close : next::send;
}

bool client::is_over() const noexcept
{
    return work_.operations != 0 ? operations_.value() >= work_.operations : window_.is_over();
}

void client::sample() noexcept
{
    const clock::time_point now = clock::now();
    if (window_.is_open()) {
        const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(now - sent_at_);
        samples_->record(static_cast<std::uint64_t>(taken.count()));
    }
    sent_at_ = now;
}

socket_pair session::connect()
{
    if (!listener_) {
        listener_.emplace();
    }
    const socket_pair pair = listener_->connect();
    client_socket_ = pair.client;
    if (work_.what != kind::churn) {
        listener_.reset();
    }
    return pair;
}

void session::hang_up() const noexcept
{
    constexpr int both_ways = 2; // SD_BOTH, SHUT_RDWR
    (void)shutdown(client_socket_, both_ways);
}

session::after session::closed() noexcept
{
    // An idle client has nothing under way that could tell it of the end: its program frees it at last.
    const unsigned ends = work_.what == kind::idle ? 1 : 2;
    if (closed_.fetch_add(1, std::memory_order_acq_rel) + 1 < ends) {
        return after::nothing;
    }
    if (work_.what != kind::churn) {
        return after::over;
    }
    client.count_connection();
    if (client.is_over()) {
        return after::over;
    }
    closed_.store(0, std::memory_order_relaxed);
    return after::again;
}

} // namespace bench
