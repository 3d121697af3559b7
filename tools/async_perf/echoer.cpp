#include "echoer.hpp"

namespace async_perf {

echoer::echoer(stream& connection, const request& asked)
    : connection_(connection),
      question_(asked.message_size),
      answer_(asked.message_size, one_of_many),
      receive_(connection),
      send_count_(connection)
{
}

void echoer::start()
{
    receive();
}

void echoer::receive()
{
    receive_.start(question_, [this] { received(); });
}

void echoer::received()
{
    if (question_.front() == last_message) {
        count_ = encode(connection_.bytes());
        send_count_.start(count_, [this] { connection_.succeed(); });
        return;
    }
    connection_.count(question_.size());
    const auto on_complete = [](void* connection, ASYNC_SOCKET_SEND_RESULT result) {
        if (result != ASYNC_SOCKET_SEND_OK) {
            static_cast<stream*>(connection)->fail_early();
        }
    };
    connection_.send(answer_, on_complete, &connection_);
    receive();
}

} // namespace async_perf
