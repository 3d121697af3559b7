#include "crowd.hpp"

#include <algorithm>
#include <atomic>
#include <deque>

#include "problems.hpp"
#include "progress.hpp"
#include "stopwatch.hpp"
#include "support/async_end.hpp"
#include "tally.hpp"

namespace stress {

using contract::bytes;

namespace {

// What all connections share.
struct crowd_state {
    crowd_size size;
    tally operations;
    progress answers;
};

ASYNC_SOCKET_BUFFER piece_of(bytes& memory, std::size_t begin, std::size_t size)
{
    return {memory.data() + begin, static_cast<std::uint32_t>(size)};
}

// Sends back whatever it receives until the other end closes.
class echo {
public:
    echo(crowd_state& crowd, EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected)
        : crowd_(crowd), memory_(crowd.size.largest), end_(engine, connected)
    {
    }

    bool start() { return end_.open() == 0 && receive(); }
    void close() { async_socket_close(end_.handle()); }

private:
    bool receive()
    {
        ASYNC_SOCKET_BUFFER piece = piece_of(memory_, 0, memory_.size());
        return crowd_.operations.started(async_socket_receive_async(end_.handle(), &piece, 1, on_received, this));
    }

    static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
    {
        echo& self = *static_cast<echo*>(context);
        if (result == ASYNC_SOCKET_RECEIVE_OK) {
            const ASYNC_SOCKET_BUFFER piece = piece_of(self.memory_, 0, count);
            (void)self.crowd_.operations.started(
                async_socket_send_async(self.end_.handle(), &piece, 1, on_sent, &self));
        }
        self.crowd_.operations.ended();
    }

    static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
    {
        echo& self = *static_cast<echo*>(context);
        if (result == ASYNC_SOCKET_SEND_OK) {
            (void)self.receive();
        }
        self.crowd_.operations.ended();
    }

    crowd_state& crowd_;
    bytes memory_;
    contract::async_end end_;
};

// Asks, compares the answer, and asks the next question once the send has ended too.
class asker {
public:
    asker(crowd_state& crowd, EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE connected, std::uint32_t number)
        : crowd_(crowd), number_(number), answer_(crowd.size.largest), end_(engine, connected)
    {
    }

    bool open() { return end_.open() == 0; }
    void close() { async_socket_close(end_.handle()); }

    void ask()
    {
        if (round_ == crowd_.size.rounds) {
            crowd_.answers.end();
            return;
        }
        const std::uint32_t seed = number_ * crowd_.size.rounds + round_++;
        question_ = contract::pattern(1 + seed * 977 % crowd_.size.largest, seed);
        answered_ = 0;
        halves_left_ = 2;
        const ASYNC_SOCKET_BUFFER piece = piece_of(question_, 0, question_.size());
        if (!receive() ||
            !crowd_.operations.started(async_socket_send_async(end_.handle(), &piece, 1, on_sent, this))) {
            fail("refused");
        }
    }

private:
    bool receive()
    {
        ASYNC_SOCKET_BUFFER piece = piece_of(answer_, answered_, question_.size() - answered_);
        return crowd_.operations.started(async_socket_receive_async(end_.handle(), &piece, 1, on_received, this));
    }

    // A question is over when its send has ended and its answer is whole.
    void half_done()
    {
        if (--halves_left_ == 0) {
            ask();
        }
    }

    void fail(const char* what) { crowd_.answers.end("connection " + std::to_string(number_) + ": " + what); }

    static void on_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
    {
        asker& self = *static_cast<asker*>(context);
        crowd_state& crowd = self.crowd_;
        if (result == ASYNC_SOCKET_SEND_OK) {
            self.half_done();
        } else {
            self.fail("a send failed");
        }
        crowd.operations.ended();
    }

    static void on_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t count)
    {
        asker& self = *static_cast<asker*>(context);
        crowd_state& crowd = self.crowd_;
        self.answered_ += count;
        crowd.answers.move(count);
        if (result != ASYNC_SOCKET_RECEIVE_OK) {
            self.fail("no answer");
        } else if (self.answered_ < self.question_.size()) {
            if (!self.receive()) {
                self.fail("refused");
            }
        } else if (!std::equal(self.question_.begin(), self.question_.end(), self.answer_.begin())) {
            self.fail("another answer");
        } else {
            self.half_done();
        }
        crowd.operations.ended();
    }

    crowd_state& crowd_;
    const std::uint32_t number_;
    std::uint32_t round_ = 0;
    std::atomic<int> halves_left_{0};
    std::size_t answered_ = 0;
    bytes question_;
    bytes answer_;
    contract::async_end end_;
};

} // namespace

std::string run_crowd(EXECUTION_ENGINE_HANDLE engine, const crowd_size& size)
{
    problems found;
    stopwatch closes;
    crowd_state crowd{};
    crowd.size = size;
    {
        std::deque<echo> echoes;
        std::deque<asker> askers;
        for (std::uint32_t i = 0; i < size.connections; ++i) {
            contract::loopback_pair pair = contract::connect_pair();
            echo& echo = echoes.emplace_back(crowd, engine, pair.near_end);
            asker& asker = askers.emplace_back(crowd, engine, pair.far_end.release(), i);
            found.require(echo.start() && asker.open(), "connection " + std::to_string(i) + " did not open");
        }
        for (asker& each : askers) {
            each.ask();
        }
        found.require(crowd.answers.wait(size.connections), "answers are missing");
        for (asker& each : askers) {
            closes.time([&] { each.close(); });
        }
        for (echo& each : echoes) {
            closes.time([&] { each.close(); });
        }
    }
    found.require(crowd.answers.problem().empty(), crowd.answers.problem());
    found.require(crowd.answers.ended() == size.connections, "a connection came to its end twice");
    found.require(crowd.operations.is_exact(), "operations and callbacks differ in number");
    closes.check(found);
    return found.text();
}

} // namespace stress
