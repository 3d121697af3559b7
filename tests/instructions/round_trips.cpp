// So many round trips of 64 bytes between two sockets of an engine with one thread, for whoever counts what a run of
// more of them costs (check_instructions.py):
//
//     round_trips own|timed|timed_anew|c_pal|in_turn|coroutines COUNT
//
//   own         the library's own interface
//   timed       the same, with a deadline that never comes on each receive
//   timed_anew  the same, with a deadline of its own on each, for which the clock is read
//   c_pal       c-pal's face
//   in_turn     the library's own interface, but a side waits for the end of its send before it receives again
//   coroutines  the C++ interface, which does the same
//
// As in `bench`: whoever has received first receives again and then sends, and each send has its callback.
#include <cstdint>
#include <cstdlib>
#include <future>
#include <string_view>

#include "async_socket/engine.h"
#include "async_socket/stream.h"
#include "c_pal/async_socket.h"
#include "in_turn.hpp"
#include "sockets.hpp"

namespace {

std::uint64_t round_trips_left = 0;
std::promise<void> over;

enum class deadlines : std::uint8_t { none, one, anew };

// One side of the connection. The client counts.
template <deadlines each>
class own_side {
public:
    own_side(as_engine* engine, int socket, bool is_client)
        : is_client_(is_client), deadline_(each == deadlines::one ? as_in_ms(3'600'000) : AS_NEVER)
    {
        require(as_stream_adopt(engine, as_socket{socket}, &stream_).how == AS_DONE, "as_stream_adopt");
    }
    ~own_side() { as_stream_close(stream_); }
    own_side(const own_side&) = delete;
    own_side& operator=(const own_side&) = delete;

    void receive()
    {
        const as_deadline deadline = each == deadlines::anew ? as_in_ms(30'000) : deadline_;
        require(as_stream_receive(stream_, &receiving_, &room_, 1, deadline).how == AS_DONE, "as_stream_receive");
    }
    // Its memory is the library's until the callback, which an echo may overtake.
    void send()
    {
        owes_send_ = is_sending_;
        if (!is_sending_) {
            is_sending_ = true;
            require(as_stream_send(stream_, &sending_, &message_, 1, AS_NEVER).how == AS_DONE, "as_stream_send");
        }
    }

private:
    static void on_received(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<own_side*>(operation->context);
        if (outcome.how != AS_DONE) {
            return; // closed
        }
        require(outcome.bytes == message_size, "an echo");
        own.receive();
        if (own.is_client_ && --round_trips_left == 0) {
            over.set_value();
        } else {
            own.send();
        }
    }
    static void on_sent(as_operation* operation, as_outcome outcome)
    {
        require(outcome.how == AS_DONE, "a send");
        auto& own = *static_cast<own_side*>(operation->context);
        own.is_sending_ = false;
        if (own.owes_send_) {
            own.send();
        }
    }

    const bool is_client_;
    const as_deadline deadline_;
    as_stream* stream_ = nullptr;
    bool is_sending_ = false;
    bool owes_send_ = false;
    char bytes_in_[4096]{};
    char bytes_out_[message_size]{};
    as_buffer room_{bytes_in_, sizeof bytes_in_};
    as_buffer message_{bytes_out_, sizeof bytes_out_};
    as_operation receiving_{on_received, this, {0}};
    as_operation sending_{on_sent, this, {0}};
};

template <deadlines each>
void run_own()
{
    const as_engine_options one_thread{sizeof one_thread, 1, 1, 0};
    as_engine* engine = nullptr;
    require(as_engine_create(&one_thread, &engine).how == AS_DONE, "as_engine_create");
    {
        const connection sockets = connect_to_itself();
        own_side<each> client(engine, sockets.client, true);
        own_side<each> server(engine, sockets.server, false);
        client.receive();
        server.receive();
        client.send();
        over.get_future().wait();
    }
    as_engine_end(engine);
}

class c_pal_side {
public:
    c_pal_side(EXECUTION_ENGINE_HANDLE engine, int socket, bool is_client)
        : is_client_(is_client), socket_(async_socket_create(engine))
    {
        const auto on_open = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
        require(async_socket_open_async(socket_, socket, on_open, nullptr) == 0, "async_socket_open_async");
    }
    ~c_pal_side() { async_socket_destroy(socket_); }
    c_pal_side(const c_pal_side&) = delete;
    c_pal_side& operator=(const c_pal_side&) = delete;

    void receive()
    {
        ASYNC_SOCKET_BUFFER room{bytes_in_, sizeof bytes_in_};
        require(async_socket_receive_async(socket_, &room, 1, on_received, this) == 0, "async_socket_receive_async");
    }
    void send()
    {
        const ASYNC_SOCKET_BUFFER message{bytes_out_, sizeof bytes_out_};
        require(async_socket_send_async(socket_, &message, 1, on_sent, this) == ASYNC_SOCKET_SEND_SYNC_OK,
                "async_socket_send_async");
    }

private:
    static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
    {
        auto& own = *static_cast<c_pal_side*>(context);
        if (result != ASYNC_SOCKET_RECEIVE_OK) {
            return; // closed
        }
        require(bytes == message_size, "an echo");
        own.receive();
        if (own.is_client_ && --round_trips_left == 0) {
            over.set_value();
        } else {
            own.send();
        }
    }
    static void on_sent(void* /*context*/, ASYNC_SOCKET_SEND_RESULT result)
    {
        require(result == ASYNC_SOCKET_SEND_OK, "a send");
    }

    const bool is_client_;
    const ASYNC_SOCKET_HANDLE socket_;
    char bytes_in_[4096]{};
    char bytes_out_[message_size]{};
};

void run_c_pal()
{
    const EXECUTION_ENGINE_PARAMETERS one_thread{1, 1};
    EXECUTION_ENGINE_HANDLE const engine = execution_engine_create(&one_thread);
    require(engine != nullptr, "execution_engine_create");
    {
        const connection sockets = connect_to_itself();
        c_pal_side client(engine, sockets.client, true);
        c_pal_side server(engine, sockets.server, false);
        client.receive();
        server.receive();
        client.send();
        over.get_future().wait();
    }
    execution_engine_dec_ref(engine);
}

} // namespace

int main(int count, char** arguments)
{
    require(count == 3, "a look at the arguments");
    const std::string_view what = arguments[1];
    round_trips_left = std::strtoull(arguments[2], nullptr, 10);
    if (what == "c_pal") {
        run_c_pal();
    } else if (what == "in_turn") {
        run_in_turn(round_trips_left);
    } else if (what == "coroutines") {
        run_coroutines(round_trips_left);
    } else if (what == "timed") {
        run_own<deadlines::one>();
    } else if (what == "timed_anew") {
        run_own<deadlines::anew>();
    } else {
        run_own<deadlines::none>();
    }
    return EXIT_SUCCESS;
}
