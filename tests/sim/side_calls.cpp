#include "side_calls.hpp"

#include <string>

#include "model/breach.hpp"
#include "model/network.hpp"

namespace sim {

namespace {

void opened(void* /*context*/, ASYNC_SOCKET_OPEN_RESULT /*result*/)
{
    breach("an open that must be refused called back");
}

void sent(void* /*context*/, ASYNC_SOCKET_SEND_RESULT /*result*/)
{
    breach("a send that must be refused called back");
}

void received(void* /*context*/, ASYNC_SOCKET_RECEIVE_RESULT /*result*/, std::uint32_t /*bytes*/)
{
    breach("a receive that must be refused called back");
}

void must_be(bool refused, const char* what)
{
    if (!refused) {
        breach("not refused: %s", what);
    }
}

// A payload with something wrong about it.
struct payload {
    unsigned char byte = 0;
    ASYNC_SOCKET_BUFFER buffers[3]{{&byte, 1}, {&byte, 1}, {&byte, 1}};
    ASYNC_SOCKET_BUFFER* array = buffers;
    std::uint32_t count = 3;

    explicit payload(shared_dice& dice)
    {
        const std::uint32_t which = dice.below(3);
        switch (dice.below(6)) {
        case 0:
            array = nullptr;
            break;
        case 1:
            count = 0;
            break;
        case 2: // the descriptions alone would not fit
            count = ~std::uint32_t{0};
            break;
        case 3:
            buffers[which].buffer = nullptr;
            break;
        case 4:
            buffers[which].length = 0;
            break;
        default: // one byte more than a result can say
            buffers[which].length = ~std::uint32_t{0} - 1;
            break;
        }
    }
};

void open_wrongly(ASYNC_SOCKET_HANDLE handle, shared_dice& dice)
{
    const auto no_socket = reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET);
    switch (dice.below(4)) {
    case 0:
        must_be(async_socket_open_async_v1(handle, nullptr, nullptr) != 0, "an open without a callback");
        break;
    case 1:
        must_be(async_socket_open_async(handle, nullptr, opened, nullptr) != 0, "an open without a transport");
        break;
    case 2:
        must_be(async_socket_open_async_v3(handle, no_socket, opened, nullptr) != 0, "an open without a socket");
        break;
    default:
        must_be(async_socket_open_async_v1(nullptr, opened, nullptr) != 0, "an open of NULL");
        break;
    }
}

void send_wrongly(ASYNC_SOCKET_HANDLE handle, shared_dice& dice)
{
    ASYNC_SOCKET_BUFFER good{&dice, 1};
    switch (dice.below(3)) {
    case 0:
        must_be(async_socket_send_async(nullptr, &good, 1, sent, nullptr) == ASYNC_SOCKET_SEND_SYNC_ERROR,
                "a send on NULL");
        break;
    case 1:
        must_be(async_socket_send_async(handle, &good, 1, nullptr, nullptr) == ASYNC_SOCKET_SEND_SYNC_ERROR,
                "a send without a callback");
        break;
    default:
        const payload bad(dice);
        must_be(async_socket_send_async(handle, bad.array, bad.count, sent, nullptr) == ASYNC_SOCKET_SEND_SYNC_ERROR,
                "a send of a bad payload");
        break;
    }
}

void receive_wrongly(ASYNC_SOCKET_HANDLE handle, shared_dice& dice)
{
    ASYNC_SOCKET_BUFFER good{&dice, 1};
    switch (dice.below(3)) {
    case 0:
        must_be(async_socket_receive_async(nullptr, &good, 1, received, nullptr) != 0, "a receive on NULL");
        break;
    case 1:
        must_be(async_socket_receive_async(handle, &good, 1, nullptr, nullptr) != 0, "a receive without a callback");
        break;
    default:
        const payload bad(dice);
        must_be(async_socket_receive_async(handle, bad.array, bad.count, received, nullptr) != 0,
                "a receive into a bad payload");
        break;
    }
}

void use_an_engine(shared_dice& dice)
{
    const EXECUTION_ENGINE_PARAMETERS parameters{dice.below(4), dice.below(4)};
    const EXECUTION_ENGINE_HANDLE engine = execution_engine_create(dice.one_in(4) ? nullptr : &parameters);
    if (engine == nullptr) {
        return;
    }
    execution_engine_inc_ref(engine);
    const ASYNC_SOCKET_HANDLE unused = async_socket_create(engine);
    execution_engine_dec_ref(engine);
    execution_engine_dec_ref(engine);
    async_socket_destroy(unused);
}

void use_a_client(shared_dice& dice)
{
    const SOCKET_TRANSPORT_HANDLE client = socket_transport_create_client();
    if (client == nullptr) {
        return;
    }
    static constexpr char answers[] = {answers_at_once, answers_later, refuses, never_answers, not_found};
    std::string host;
    for (std::uint32_t i = 1 + dice.below(3); i != 0; --i) {
        host += answers[dice.below(sizeof answers)];
    }
    const bool connected = socket_transport_connect(client, host.c_str(), 80, dice.below(300)) == 0;
    if (connected != socket_transport_is_valid_socket(client)) {
        breach("a connect to '%s' and the transport differ about whether it is open", host.c_str());
    }
    must_be(!connected || socket_transport_connect(client, "a", 80, 10) != 0, "a second connect");
    if (dice.one_in(2)) {
        socket_transport_disconnect(client);
    }
    socket_transport_destroy(client);
}

void use_a_server(shared_dice& dice)
{
    const SOCKET_TRANSPORT_HANDLE server = socket_transport_create_server();
    if (server == nullptr) {
        return;
    }
    if (socket_transport_listen(server, static_cast<std::uint16_t>(dice.below(2) * 80)) == 0) {
        const bool somebody_comes = dice.one_in(2) && peer_connects();
        SOCKET_TRANSPORT_HANDLE accepted = nullptr;
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(server, &accepted, somebody_comes ? 100 : 0);
        if ((result == SOCKET_ACCEPT_OK) != (accepted != nullptr)) {
            breach("accept: result %d, and a handle: %d", static_cast<int>(result), accepted != nullptr);
        }
        socket_transport_destroy(accepted);
    }
    socket_transport_destroy(server);
}

void use_nothing()
{
    async_socket_close(nullptr);
    async_socket_destroy(nullptr);
    socket_transport_disconnect(nullptr);
    socket_transport_destroy(nullptr);
    execution_engine_dec_ref(nullptr);
    must_be(async_socket_create(nullptr) == nullptr, "an async socket without an engine");
    must_be(!socket_transport_is_valid_socket(nullptr), "NULL as a transport that is open");
    must_be(socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(INVALID_SOCKET)) == nullptr,
            "a transport without a socket");
}

} // namespace

void call_wrongly(ASYNC_SOCKET_HANDLE handle, shared_dice& dice)
{
    switch (dice.below(3)) {
    case 0:
        open_wrongly(handle, dice);
        break;
    case 1:
        send_wrongly(handle, dice);
        break;
    default:
        receive_wrongly(handle, dice);
        break;
    }
}

void use_something_else(shared_dice& dice)
{
    switch (dice.below(4)) {
    case 0:
        use_an_engine(dice);
        break;
    case 1:
        use_a_client(dice);
        break;
    case 2:
        use_a_server(dice);
        break;
    default:
        use_nothing();
        break;
    }
}

} // namespace sim
