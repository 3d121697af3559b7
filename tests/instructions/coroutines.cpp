#include <utility>

#include "async_socket/async_socket.hpp"
#include "in_turn.hpp"
#include "sockets.hpp"

namespace {

as::task<> ask(as::stream& to, std::uint64_t round_trips)
{
    char bytes[message_size]{};
    while (round_trips-- != 0) {
        require(static_cast<bool>(co_await to.send(bytes)), "a send");
        require(static_cast<bool>(co_await to.receive_exactly(bytes)), "a receive");
    }
}

as::task<> answer(as::stream& to)
{
    char bytes[message_size]{};
    while (co_await to.receive_exactly(bytes) && co_await to.send(bytes)) {
    }
}

as::stream adopted(as::engine& engine, int socket)
{
    return as::stream::adopt(engine, as_socket{socket}).value();
}

} // namespace

void run_coroutines(std::uint64_t round_trips)
{
    as::engine engine({.callbacks = 1, .threads = 1});
    const connection sockets = connect_to_itself();
    as::stream client = adopted(engine, sockets.client);
    as::stream server = adopted(engine, sockets.server);
    as::scope answers;
    answers.spawn(answer(server));
    as::run(ask(client, round_trips));
    client.close();
    answers.join();
}
