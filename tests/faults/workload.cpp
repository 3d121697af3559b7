#include "workload.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "faulty_calls.hpp"
#include "support/ending.hpp"
#include "verdict.hpp"

namespace faults {

using contract::bytes;

namespace {

constexpr std::size_t answer_size = 5000;
constexpr std::size_t message_size = std::size_t{1} << 20;

bool is_beginning(const bytes& part, const bytes& whole)
{
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

std::vector<ASYNC_SOCKET_BUFFER> in_pieces(bytes& data, std::size_t size)
{
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    for (std::size_t place = 0; place < data.size(); place += size) {
        pieces.push_back({data.data() + place, static_cast<std::uint32_t>(std::min(size, data.size() - place))});
    }
    return pieces;
}

// Hooks that only pass on what they are given. They are the test's: their calls do not fail.
struct plain_hooks {
    SOCKET_HANDLE socket = contract::invalid_socket();

    static int on_send(void* context, ASYNC_SOCKET_HANDLE, const void* data, std::size_t size)
    {
        const test_call outside;
        return static_cast<int>(::send(static_cast<plain_hooks*>(context)->socket, data, size, MSG_NOSIGNAL));
    }
    static int on_receive(void* context, ASYNC_SOCKET_HANDLE, void* data, std::size_t size)
    {
        const test_call outside;
        return static_cast<int>(::recv(static_cast<plain_hooks*>(context)->socket, data, size, 0));
    }
};

// One connection with operations in both directions, whose peer answers and reads.
class conversation {
public:
    conversation(EXECUTION_ENGINE_HANDLE engine, verdict& found) : found_(found), connection_(contract::connect_pair())
    {
        try {
            const library_call inside;
            end_ = std::make_unique<contract::async_end>(engine, connection_.near_end);
            is_open_ = end_->handle() != nullptr && end_->open() == 0;
        } catch (const std::runtime_error& without_transport) {
            found_.require(has_struck(), without_transport.what());
            contract::close_socket(connection_.near_end); // it stayed ours
        }
    }
    ~conversation()
    {
        const library_call inside;
        end_.reset();
    }
    conversation(const conversation&) = delete;
    conversation& operator=(const conversation&) = delete;

    [[nodiscard]] bool is_open() const { return is_open_; }
    [[nodiscard]] ASYNC_SOCKET_HANDLE handle() const { return end_->handle(); }
    [[nodiscard]] contract::peer& far_end() { return connection_.far_end; }

    // Sends in one piece and in many, receives until the answer is there or a receive fails, and closes
    // with receives pending.
    void talk()
    {
        std::thread reader([this] {
            const test_call outside;
            (void)far_end().send(answer_);
            far_end().shut_down_sending();
            seen_ = far_end().receive_to_end();
        });
        send();
        receive();
        close();
        reader.join();
        check();
    }

private:
    void send()
    {
        const library_call inside;
        for (std::size_t i = 0; i < 4; ++i) {
            bytes& message = messages_.emplace_back(contract::pattern(message_size + i, static_cast<std::uint32_t>(i)));
            contract::send_record& record = sends_.emplace_back();
            const bool many = i % 2 == 1;
            const ASYNC_SOCKET_SEND_SYNC_RESULT result = many ? record.start(handle(), in_pieces(message, 400))
                                                              : record.start(handle(), message.data(), message.size());
            if (result != ASYNC_SOCKET_SEND_SYNC_OK) {
                sends_.pop_back();
                messages_.pop_back();
                break; // what follows would not follow in the stream
            }
        }
    }

    void receive()
    {
        while (received_.size() < answer_.size()) {
            contract::receive_record record(2000);
            {
                const library_call inside;
                const bool many = received_.empty();
                const int result = many ? record.start(handle(), in_pieces(record.memory, 1)) : record.start(handle());
                if (result != 0) {
                    return;
                }
            }
            if (!record.wait()) {
                found_.require(false, "a receive does not end");
                return;
            }
            const contract::receive_event event = record.events()[0];
            if (event.result != ASYNC_SOCKET_RECEIVE_OK) {
                return;
            }
            received_.insert(received_.end(), record.memory.begin(), record.memory.begin() + event.bytes);
        }
    }

    void close()
    {
        for (contract::send_record& each : sends_) {
            found_.require(each.wait(), "a send does not end");
        }
        const library_call inside;
        std::size_t accepted = 0;
        contract::receive_record last(10);
        accepted += last.start(handle()) == 0 ? 1U : 0U;
        accepted += last.start(handle()) == 0 ? 1U : 0U;
        found_.require(contract::ends_within(contract::ending_limit, [this] { async_socket_close(handle()); }),
                       "a close takes too long");
        found_.require(last.count() == accepted, "not one callback for each receive");
    }

    void check()
    {
        bytes expected;
        bool all_sent = sends_.size() == 4;
        for (std::size_t i = 0; i < sends_.size(); ++i) {
            expected.insert(expected.end(), messages_[i].begin(), messages_[i].end());
            const auto results = sends_[i].results();
            found_.require(results.size() == 1, "not one callback for each send");
            all_sent = all_sent && results == std::vector{ASYNC_SOCKET_SEND_OK};
        }
        found_.require(is_beginning(received_, answer_), "received what was not sent");
        found_.require(is_beginning(seen_, expected), "the peer has seen what was not sent");
        // A close with bytes unread resets the connection, and the peer loses what was under way.
        if (all_sent && received_ == answer_) {
            found_.require(seen_ == expected, "sent all, but the peer has not seen it");
        }
        if (!has_struck()) {
            found_.require(all_sent && received_ == answer_, "something failed without a fault");
        }
    }

    verdict& found_;
    contract::loopback_pair connection_;
    std::unique_ptr<contract::async_end> end_;
    bool is_open_ = false;
    const bytes answer_ = contract::pattern(answer_size, 9);
    bytes received_;
    bytes seen_;
    std::deque<bytes> messages_;
    std::deque<contract::send_record> sends_;
};

// A callback that blocks, and one of the same socket that lets it go: a second thread has to come.
void block_a_callback(EXECUTION_ENGINE_HANDLE engine, verdict& found)
{
    conversation talk(engine, found);
    if (!talk.is_open()) {
        return;
    }
    contract::gate release;
    std::atomic<int> ended{0};
    contract::receive_record waiting(1);
    contract::receive_record releasing(1);
    waiting.then = [&](const contract::receive_event&) {
        (void)release.wait();
        ++ended;
    };
    releasing.then = [&](const contract::receive_event&) {
        release.open();
        ++ended;
    };
    int accepted = 0;
    bool is_released = false;
    {
        const library_call inside;
        accepted += waiting.start(talk.handle()) == 0 ? 1 : 0;
        is_released = releasing.start(talk.handle()) == 0;
    }
    accepted += is_released ? 1 : 0;
    if (!is_released) {
        release.open(); // the fault has struck, and nobody else will
    }
    (void)talk.far_end().send("ab", 2);
    found.require(contract::becomes_true([&] { return ended == accepted; }), "nobody ran the second callback");
    release.open();
    const library_call inside;
    async_socket_close(talk.handle());
    found.require(ended == accepted, "not one callback for each receive");
}

// A close in a callback, with operations pending that have nobody else to run them.
void close_in_a_callback(EXECUTION_ENGINE_HANDLE engine, verdict& found)
{
    conversation talk(engine, found);
    if (!talk.is_open()) {
        return;
    }
    contract::gate closed;
    contract::receive_record first(1);
    contract::receive_record second(1);
    first.then = [&](const contract::receive_event&) {
        async_socket_close(talk.handle());
        closed.open();
    };
    bool first_accepted = false;
    std::size_t second_accepted = 0;
    {
        const library_call inside;
        first_accepted = first.start(talk.handle()) == 0;
        second_accepted = second.start(talk.handle()) == 0 ? 1 : 0;
    }
    (void)talk.far_end().send("a", 1);
    if (first_accepted) {
        found.require(closed.wait(), "a close in a callback does not end");
    }
    const library_call inside;
    async_socket_close(talk.handle());
    found.require(second.count() == second_accepted, "not one callback for each receive");
}

#if ASYNC_SOCKET_API_VERSION == 3
void notify(EXECUTION_ENGINE_HANDLE engine, verdict& found)
{
    conversation talk(engine, found);
    if (!talk.is_open()) {
        return;
    }
    std::atomic<int> told{0};
    int accepted = 0;
    {
        const library_call inside;
        const auto on_ready = [](void* context, ASYNC_SOCKET_NOTIFY_IO_RESULT) {
            ++*static_cast<std::atomic<int>*>(context);
        };
        for (const auto type : {ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT}) {
            accepted += async_socket_notify_io_async(talk.handle(), type, on_ready, &told) == 0 ? 1 : 0;
        }
        async_socket_close(talk.handle());
    }
    found.require(told == accepted, "not one callback for each notification");
}

void use_hooks(EXECUTION_ENGINE_HANDLE engine, verdict& found)
{
    plain_hooks hooks;
    contract::loopback_pair connection = contract::connect_pair();
    hooks.socket = connection.near_end;
    contract::send_record sent;
    bool accepted = false;
    bool opened = false;
    ASYNC_SOCKET_HANDLE socket = nullptr;
    {
        const library_call inside;
        socket =
            async_socket_create_with_transport(engine, plain_hooks::on_send, &hooks, plain_hooks::on_receive, &hooks);
        const auto on_open = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
        opened = socket != nullptr && async_socket_open_async(socket, connection.near_end, on_open, nullptr) == 0;
        accepted = opened && sent.start(socket, "x", 1) == ASYNC_SOCKET_SEND_SYNC_OK;
    }
    if (accepted) {
        found.require(sent.wait(), "a send through a hook does not end");
        found.require(connection.far_end.receive(1).size() == 1, "a hook's byte is lost");
    }
    if (!opened) {
        contract::close_socket(connection.near_end); // it stayed ours
    }
    const library_call inside;
    async_socket_destroy(socket);
}
#endif

} // namespace

std::string run_workload()
{
    const test_call outside;
    verdict found;
    EXECUTION_ENGINE_HANDLE engine = nullptr;
    {
        const library_call inside;
        const EXECUTION_ENGINE_PARAMETERS parameters{1, 3};
        engine = execution_engine_create(&parameters);
    }
    if (engine == nullptr) {
        found.require(has_struck(), "no engine");
        return found.text();
    }
    {
        conversation talk(engine, found);
        found.require(talk.is_open() || has_struck(), "no open");
        if (talk.is_open()) {
            talk.talk();
        }
    }
    block_a_callback(engine, found);
    close_in_a_callback(engine, found);
#if ASYNC_SOCKET_API_VERSION == 3
    notify(engine, found);
    use_hooks(engine, found);
#endif
    const library_call inside;
    execution_engine_dec_ref(engine);
    return found.text();
}

} // namespace faults
