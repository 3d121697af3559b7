#include "pinger.hpp"

namespace async_perf {

pinger::pinger(stream& connection, const request& asked)
    : connection_(connection),
      asked_(asked),
      question_(asked.message_size, one_of_many),
      last_question_(asked.message_size, last_message),
      answer_(asked.message_size),
      receive_(connection)
{
}

void pinger::start()
{
    deadline_ = steady_clock::now() + asked_.duration;
    ask();
}

// The answer says that a message was sent; so its own callback is of interest only if it was not.
void pinger::send(std::span<const std::byte> bytes)
{
    const auto on_complete = [](void* connection, ASYNC_SOCKET_SEND_RESULT result) {
        if (result != ASYNC_SOCKET_SEND_OK) {
            static_cast<stream*>(connection)->fail_early();
        }
    };
    connection_.send(bytes, on_complete, &connection_);
}

void pinger::ask()
{
    asked_at_ = steady_clock::now();
    send(question_);
    receive_.start(answer_, [this] { answered(); });
}

void pinger::answered()
{
    const auto now = steady_clock::now();
    latencies_.record(now - asked_at_);
    connection_.count(asked_.message_size);
    if (now < deadline_) {
        ask();
    } else {
        ask_for_count();
    }
}

void pinger::ask_for_count()
{
    send(last_question_);
    receive_.start(count_, [this] { compare_counts(); });
}

void pinger::compare_counts()
{
    if (decode_count(count_) == connection_.bytes()) {
        connection_.succeed();
    } else {
        connection_.fail("the peer received " + std::to_string(decode_count(count_)) + " of " +
                         std::to_string(connection_.bytes()) + " bytes");
    }
}

} // namespace async_perf
