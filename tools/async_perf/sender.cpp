#include "sender.hpp"

namespace async_perf {

sender::sender(stream& sink, const request& asked)
    : sink_(sink),
      asked_(asked),
      message_(asked.message_size),
      under_way_(asked.outstanding),
      send_count_(sink),
      receive_count_(sink)
{
}

void sender::start()
{
    deadline_ = steady_clock::now() + asked_.duration;
    for (std::uint32_t i = 0; i < asked_.outstanding; ++i) {
        send();
    }
}

void sender::send()
{
    const auto on_complete = [](void* self, ASYNC_SOCKET_SEND_RESULT result) {
        static_cast<sender*>(self)->sent(result);
    };
    sink_.send(message_, on_complete, this);
}

void sender::sent(ASYNC_SOCKET_SEND_RESULT result)
{
    if (result != ASYNC_SOCKET_SEND_OK) {
        sink_.fail_early();
        return;
    }
    sink_.count(asked_.message_size);
    if (steady_clock::now() < deadline_) {
        send();
    } else if (--under_way_ == 0) {
        send_count();
    }
}

void sender::send_count()
{
    own_count_ = encode(sink_.bytes());
    send_count_.start(own_count_, [this] {
        sink_.end_sending();
        receive_count_.start(peer_count_, [this] { compare_counts(); });
    });
}

void sender::compare_counts()
{
    if (peer_count_ == own_count_) {
        sink_.succeed();
    } else {
        sink_.fail("the peer received " + std::to_string(decode_count(peer_count_)) + " of " +
                   std::to_string(decode_count(own_count_)) + " bytes");
    }
}

} // namespace async_perf
