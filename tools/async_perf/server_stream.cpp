#include "server_stream.hpp"

namespace async_perf {

// Nobody waits for its end: the server looks after its streams regularly.
server_stream::server_stream(SOCKET_TRANSPORT_HANDLE accepted)
    : connection_(accepted, [] {}), receive_(connection_), send_(connection_)
{
}

void server_stream::start(EXECUTION_ENGINE_HANDLE engine, ASYNC_SOCKET_COMPLETION_MODE mode)
{
    connection_.open(engine, mode);
    receive_.start(request_, [this] { told(); });
}

void server_stream::told()
{
    const auto asked = decode_request(request_);
    if (!asked) {
        // No reply: who knows what such a peer would take it for.
        connection_.fail("the peer is no async-perf of this version");
    } else if (!possible(*asked)) {
        refuse("the client asks for what cannot be done");
    } else {
        asked_ = *asked;
        transfer_ = make_transfer(connection_, asked_, role::server);
        told_ = true;
        reply();
    }
}

void server_stream::refuse(const std::string& reason)
{
    reply_ = encode(answer::refused);
    send_.start(reply_, [this, reason] { connection_.fail(reason); });
}

void server_stream::reply()
{
    reply_ = encode(answer::accepted);
    send_.start(reply_, [this] { receive_.start(go_, [this] { go(); }); });
}

void server_stream::go()
{
    if (go_.front() != async_perf::go) {
        connection_.fail("the client does not keep to the protocol");
        return;
    }
    connection_.begin();
    transfer_->start();
}

} // namespace async_perf
