#include "client_stream.hpp"

namespace async_perf {

client_stream::client_stream(SOCKET_TRANSPORT_HANDLE connected, const request& asked, std::function<void()> on_change)
    : on_change_(std::move(on_change)),
      request_(encode(asked)),
      connection_(connected, on_change_),
      receive_(connection_),
      send_(connection_)
{
    transfer_ = make_transfer(connection_, asked, role::client);
}

void client_stream::start(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode)
{
    connection_.open(engine, mode);
    send_.start(request_, [this] { receive_.start(reply_, [this] { replied(); }); });
}

void client_stream::replied()
{
    const auto answered = decode_answer(reply_);
    if (!answered) {
        connection_.fail("the peer is no async-perf of this version");
    } else if (*answered != answer::accepted) {
        connection_.fail("the server refuses the test");
    } else {
        accepted_ = true;
        on_change_();
    }
}

void client_stream::go()
{
    connection_.begin();
    send_.start(go_, [this] { transfer_->start(); });
}

} // namespace async_perf
