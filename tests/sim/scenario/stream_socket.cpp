// The library's own interface: what a stream's socket is asked, and how it is given back or reset.
#include <array>
#include <utility>
#include <vector>

#include "async_socket/stream.h"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"
#include "outcome.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// An engine with one stream, for a scope.
class one_stream {
public:
    one_stream()
    {
        require(is(as_engine_create(nullptr, &engine), AS_DONE), "an engine");
        socket = connect_pair(&peer);
        require(is(as_stream_adopt(engine, socket, &stream), AS_DONE), "a stream");
    }
    ~one_stream()
    {
        as_stream_close(stream);
        as_engine_end(engine);
    }
    one_stream(const one_stream&) = delete;
    one_stream& operator=(const one_stream&) = delete;

    as_engine* engine = nullptr;
    as_stream* stream = nullptr;
    SOCKET socket = INVALID_SOCKET;
    connection* peer = nullptr;
};

// One that ends during the scope.
struct receive_of_one {
    as_operation operation{on_end, this, {}};
    unsigned char byte = 0;
    as_buffer buffer = as_buffer_of(&byte, 1);
    as_outcome outcome{};
    bool has_ended = false;

    explicit receive_of_one(as_stream* stream)
    {
        require(is(as_stream_receive(stream, &operation, &buffer, 1, AS_NEVER), AS_DONE), "a receive");
    }

private:
    static void on_end(as_operation* ended, as_outcome outcome)
    {
        auto& self = *static_cast<receive_of_one*>(ended->context);
        self.outcome = outcome;
        self.has_ended = true;
    }
};

constexpr std::array options{
    AS_OPTION_NO_DELAY,         AS_OPTION_KEEP_ALIVE,  AS_OPTION_KEEP_ALIVE_IDLE, AS_OPTION_KEEP_ALIVE_INTERVAL,
    AS_OPTION_KEEP_ALIVE_COUNT, AS_OPTION_SEND_BUFFER, AS_OPTION_RECEIVE_BUFFER,  AS_OPTION_LINGER,
    AS_OPTION_USER_TIMEOUT};

bool is_new(as_option option)
{
    return option == AS_OPTION_KEEP_ALIVE_IDLE || option == AS_OPTION_KEEP_ALIVE_INTERVAL ||
           option == AS_OPTION_KEEP_ALIVE_COUNT || option == AS_OPTION_USER_TIMEOUT;
}

void options_are_kept()
{
    const one_stream one;
    std::uint64_t value = 0;
    require(is(as_stream_get_option(one.stream, AS_OPTION_LINGER, &value), AS_DONE) && value == AS_NO_LINGER, "none");
    const behaviour& how = the_machine().how;
    for (const as_option option : options) {
        const as_how expected = is_new(option) && how.wine && how.wine_version < 10 ? AS_NOT_AVAILABLE : AS_DONE;
        value = 0;
        require(is(as_stream_set_option(one.stream, option, 1), expected), "it is set, or not there");
        require(is(as_stream_get_option(one.stream, option, &value), expected), "the same");
        require(value == (expected == AS_DONE ? 1 : 0), "as it was set");
    }
    require(is(as_stream_set_option(one.stream, AS_OPTION_LINGER, AS_NO_LINGER), AS_DONE), "off again");
    require(is(as_stream_set_option(one.stream, AS_OPTION_UNSENT_LOW_WATER, 1), AS_NOT_AVAILABLE), "not on Windows");
    require(is(as_stream_get_option(one.stream, AS_OPTION_UNSENT_LOW_WATER, &value), AS_NOT_AVAILABLE), "the same");
}

void options_that_make_no_sense_are_refused()
{
    const one_stream one;
    std::uint64_t value = 0;
    for (const as_option option : options) {
        require(is(as_stream_set_option(one.stream, option, UINT64_MAX - 1), AS_INVALID), "out of range");
        require(is(as_stream_get_option(one.stream, option, nullptr), AS_INVALID), "nowhere to put it");
        require(is(as_stream_get_option(nullptr, option, &value), AS_INVALID), "no stream");
        require(is(as_stream_set_option(nullptr, option, 1), AS_INVALID), "no stream");
    }
    for (const std::uint32_t none : {0U, 11U, 1000U}) {
        require(is(as_stream_set_option(one.stream, none, 1), AS_INVALID), "no option");
        require(is(as_stream_get_option(one.stream, none, &value), AS_INVALID), "no option");
    }
}

struct range {
    as_option option;
    std::uint64_t least;
    std::uint64_t most;
};

constexpr range ranges[] = {
    {AS_OPTION_NO_DELAY, 0, 1},
    {AS_OPTION_KEEP_ALIVE, 0, 1},
    {AS_OPTION_KEEP_ALIVE_IDLE, 1, 32767},
    {AS_OPTION_KEEP_ALIVE_INTERVAL, 1, 32767},
    {AS_OPTION_KEEP_ALIVE_COUNT, 1, 127},
    {AS_OPTION_SEND_BUFFER, 1, INT32_MAX},
    {AS_OPTION_RECEIVE_BUFFER, 1, INT32_MAX},
    {AS_OPTION_UNSENT_LOW_WATER, 1, INT32_MAX},
    {AS_OPTION_LINGER, 0, 65535},
    {AS_OPTION_USER_TIMEOUT, 0, INT32_MAX},
};

void options_have_ranges()
{
    const one_stream one;
    for (const auto& [option, least, most] : ranges) {
        for (const std::uint64_t value : {least, most}) {
            require(!is(as_stream_set_option(one.stream, option, value), AS_INVALID), "it makes sense");
        }
        require(least == 0 || is(as_stream_set_option(one.stream, option, least - 1), AS_INVALID), "too little");
        require(is(as_stream_set_option(one.stream, option, most + 1), AS_INVALID), "too much");
    }
}

void questions_that_make_no_sense_are_refused()
{
    const one_stream one;
    as_address address{};
    as_socket socket = 0;
    require(is(as_stream_local_address(nullptr, &address), AS_INVALID), "no stream");
    require(is(as_stream_remote_address(one.stream, nullptr), AS_INVALID), "nowhere to put it");
    require(is(as_stream_bytes_to_receive(nullptr), AS_INVALID), "no stream");
    require(is(as_stream_release(nullptr, &socket), AS_INVALID), "no stream");
    require(is(as_stream_release(one.stream, nullptr), AS_INVALID), "nowhere to put it");
    as_stream_reset(nullptr);
}

// In a callback, while its stream is being closed elsewhere.
void a_closing_stream_answers_nothing()
{
    one_stream one;
    struct about {
        as_stream* stream;
        bool is_inside;
        bool is_refused;
    } asked{one.stream, false, false};
    unsigned char byte = 0;
    const as_buffer buffer = as_buffer_of(&byte, 1);
    as_operation receive{[](as_operation* operation, as_outcome) {
                             about& self = *static_cast<about*>(operation->context);
                             self.is_inside = true;
                             while (!is(as_stream_bytes_to_receive(self.stream), AS_CLOSED_HERE)) {
                                 sleep_ms(1);
                             }
                             as_socket socket = 0;
                             self.is_refused = is(as_stream_release(self.stream, &socket), AS_CLOSED_HERE);
                         },
                         &asked,
                         {}};
    require(is(as_stream_receive(one.stream, &receive, &buffer, 1, AS_NEVER), AS_DONE), "a receive");
    peer_write(*one.peer, 4);
    wait_until("it is inside", [&] { return asked.is_inside; });
    as_stream_close(std::exchange(one.stream, nullptr));
    require(asked.is_refused, "closed");
}

void a_stream_knows_its_addresses()
{
    const one_stream one;
    as_address address{};
    require(is(as_stream_remote_address(one.stream, &address), AS_DONE), "its peer");
    require(as_address_port(&address) == 1000 + one.peer->id, "that one");
    require(is(as_stream_local_address(one.stream, &address), AS_DONE), "its own");
    require(as_address_port(&address) == 1, "that one");
    peer_reset(*one.peer);
    const as_outcome unknown = as_stream_remote_address(one.stream, &address);
    require(is(unknown, AS_CLOSED_HERE) || is(unknown, AS_DONE), "not known any more, or not yet gone");
}

void a_stream_counts_what_has_come()
{
    const one_stream one;
    peer_write(*one.peer, 8);
    receive_of_one received(one.stream);
    wait_until("it ends", [&] { return received.has_ended; });
    const as_outcome count = as_stream_bytes_to_receive(one.stream);
    require(is(count, AS_DONE) && count.bytes <= 7, "the others, if they have come");
    wait_until("they have come", [&] { return one.peer->arrived == 8; });
    require(as_stream_bytes_to_receive(one.stream).bytes == 7, "the others");
    require(is(as_stream_bytes_unacknowledged(one.stream), AS_NOT_AVAILABLE), "not on Windows");
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "ioctlsocket";
    const as_outcome failed = as_stream_bytes_to_receive(one.stream);
    the_machine().faults.call = "setsockopt";
    const as_outcome not_set = as_stream_set_option(one.stream, AS_OPTION_LINGER, 1);
    the_machine().faults = {};
    require(is(failed, AS_FAILED) && failed.bytes == 0 && failed.code != 0, "the system's reason");
    require(is(not_set, AS_NOT_AVAILABLE), "the system's reason");
    the_machine().faults.one_in = 1;
    the_machine().faults.call = "getsockopt";
    std::uint64_t value = 7;
    const as_outcome no_lingering = as_stream_get_option(one.stream, AS_OPTION_LINGER, &value);
    the_machine().faults = {};
    require(is(no_lingering, AS_FAILED) && value == 7, "nothing was written");
}

void a_reset_throws_away()
{
    one_stream one;
    receive_of_one pending(one.stream);
    as_stream_reset(std::exchange(one.stream, nullptr));
    require(pending.has_ended && is(pending.outcome, AS_CLOSED_HERE), "it has ended");
    require(one.peer->was_thrown_away, "the socket was closed so that it resets");
}

// Pending operations end, and the socket is as good as before.
void a_released_socket_is_the_callers()
{
    one_stream one;
    receive_of_one pending(one.stream);
    as_socket given_back = 0;
    require(is(as_stream_release(std::exchange(one.stream, nullptr), &given_back), AS_DONE), "given back");
    require(given_back == one.socket && pending.has_ended, "that one, and nothing is under way");
    require(is(pending.outcome, AS_CLOSED_HERE), "nothing had come");
    require(!one.peer->own_end, "the connection lasts");
    (void)closesocket(one.socket);
}

// A receive whose callback waits.
struct held_receive {
    as_operation operation{on_end, this, {}};
    unsigned char byte = 0;
    as_buffer buffer = as_buffer_of(&byte, 1);
    bool has_begun = false;
    bool may_end = false;

private:
    static void on_end(as_operation* ended, as_outcome /*outcome*/)
    {
        auto& self = *static_cast<held_receive*>(ended->context);
        self.has_begun = true;
        wait_until("the callback may end", [&self] { return self.may_end; });
    }
};

// Of two at once one gets the socket, and the other one is told so before that.
void of_two_releases_one_is_refused()
{
    one_stream one;
    held_receive held;
    require(is(as_stream_receive(one.stream, &held.operation, &held.buffer, 1, AS_NEVER), AS_DONE), "a receive");
    peer_write(*one.peer, 4);
    wait_until("the callback begins", [&held] { return held.has_begun; });
    as_stream* const stream = std::exchange(one.stream, nullptr);
    std::vector<as_outcome> answers;
    std::array<as_socket, 2> sockets{};
    for (as_socket& each : sockets) {
        spawn_application_thread([stream, &each, &answers] {
            const as_outcome answer = as_stream_release(stream, &each);
            const model_lock lock;
            answers.push_back(answer);
        });
    }
    wait_until("one is refused", [&answers] { return answers.size() == 1; });
    require(is(answers.front(), AS_CLOSED_HERE), "the other one waits for the callback");
    held.may_end = true;
    wait_until("the other one is done", [&answers] { return answers.size() == 2; });
    require(is(answers.back(), AS_DONE) && sockets[0] + sockets[1] == one.socket, "it has the socket");
    (void)closesocket(one.socket);
}

void an_idle_stream_is_released()
{
    one_stream one;
    as_socket given_back = 0;
    require(is(as_stream_release(std::exchange(one.stream, nullptr), &given_back), AS_DONE), "given back");
    (void)closesocket(given_back);
}

} // namespace

const std::vector<scenario> stream_socket_scenarios = {
    {"options_are_kept", options_are_kept},
    {"options_that_make_no_sense_are_refused", options_that_make_no_sense_are_refused},
    {"options_have_ranges", options_have_ranges},
    {"questions_that_make_no_sense_are_refused", questions_that_make_no_sense_are_refused},
    {"a_closing_stream_answers_nothing", a_closing_stream_answers_nothing},
    {"a_stream_knows_its_addresses", a_stream_knows_its_addresses},
    {"a_stream_counts_what_has_come", a_stream_counts_what_has_come},
    {"a_reset_throws_away", a_reset_throws_away},
    {"a_released_socket_is_the_callers", a_released_socket_is_the_callers},
    {"of_two_releases_one_is_refused", of_two_releases_one_is_refused},
    {"an_idle_stream_is_released", an_idle_stream_is_released},
};

} // namespace sim
