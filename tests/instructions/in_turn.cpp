#include "in_turn.hpp"

#include <future>

#include "async_socket/engine.h"
#include "async_socket/stream.h"
#include "sockets.hpp"

namespace {

// The client sends first, and counts.
class side_in_turn {
public:
    side_in_turn(as_engine* engine, int socket, std::uint64_t counted, std::promise<void>* over)
        : left_(counted), over_(over)
    {
        require(as_stream_adopt(engine, as_socket{socket}, &stream_).how == AS_DONE, "as_stream_adopt");
    }
    ~side_in_turn() { as_stream_close(stream_); }
    side_in_turn(const side_in_turn&) = delete;
    side_in_turn& operator=(const side_in_turn&) = delete;

    void receive()
    {
        operation_.on_end = on_received;
        require(as_stream_receive_exactly(stream_, &operation_, &piece_, 1, AS_NEVER).how == AS_DONE,
                "as_stream_receive_exactly");
    }
    void send()
    {
        operation_.on_end = on_sent;
        require(as_stream_send(stream_, &operation_, &piece_, 1, AS_NEVER).how == AS_DONE, "as_stream_send");
    }

private:
    static void on_received(as_operation* operation, as_outcome outcome)
    {
        auto& own = *static_cast<side_in_turn*>(operation->context);
        if (outcome.how != AS_DONE) {
            return; // closed
        }
        if (own.over_ != nullptr && --own.left_ == 0) {
            own.over_->set_value();
        } else {
            own.send();
        }
    }
    static void on_sent(as_operation* operation, as_outcome outcome)
    {
        require(outcome.how == AS_DONE, "a send");
        static_cast<side_in_turn*>(operation->context)->receive();
    }

    std::uint64_t left_;
    std::promise<void>* const over_; // the client's
    as_stream* stream_ = nullptr;
    char bytes_[message_size]{};
    as_buffer piece_{bytes_, sizeof bytes_};
    as_operation operation_{on_received, this, {0}};
};

} // namespace

void run_in_turn(std::uint64_t round_trips)
{
    const as_engine_options one_thread{sizeof one_thread, 1, 1, 0};
    as_engine* engine = nullptr;
    require(as_engine_create(&one_thread, &engine).how == AS_DONE, "as_engine_create");
    {
        const connection sockets = connect_to_itself();
        std::promise<void> over;
        side_in_turn client(engine, sockets.client, round_trips, &over);
        side_in_turn server(engine, sockets.server, 0, nullptr);
        server.receive();
        client.send();
        over.get_future().wait();
    }
    as_engine_end(engine);
}
