// What coroutines cost: no memory for an operation, nor, once things are going, for a task. And what they say when
// there is none.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <tuple>
#include <utility>

#include "async_socket/async_socket.hpp"
#include "faulty_calls.hpp"

namespace faults {

namespace {

using namespace std::chrono_literals;

constexpr int turns = 100;

as::task<as::result> send_in_a_task(as::stream& to, as::const_bytes what)
{
    co_return co_await to.send(what);
}

// One message there and back, with all that a coroutine may have around it.
as::task<bool> turn(as::engine& engine, as::stream& client, as::stream& server)
{
    char message[8] = "message";
    char answer[8];
    bool is_well = static_cast<bool>(co_await client.send(message, as::within(30s)));
    is_well = is_well && co_await server.receive_exactly(answer, as::within(30s));
    is_well = is_well && co_await send_in_a_task(server, answer).until(as::within(30s));
    const auto [first, results] =
        co_await as::when_any(client.receive_exactly(answer), as::timer(engine, as::within(30s)));
    co_return is_well&& first == 0 && std::get<0>(results);
}

as::task<std::uint32_t> allocations_of_turns(as::engine& engine, as::stream& client, as::stream& server)
{
    std::uint32_t before = 0;
    for (int i = 0; i < 2 * turns; ++i) {
        if (i == turns) { // the first have what is allocated once
            before = calls_of("malloc") + calls_of("calloc");
        }
        EXPECT_TRUE(co_await turn(engine, client, server));
    }
    co_return calls_of("malloc") + calls_of("calloc") - before;
}

class FaceCost : public testing::Test {
protected:
    FaceCost()
    {
        plan(nullptr);
        auto listener = as::listener::open(engine_, as::address::loopback(as::family::ipv4, 0));
        const as::address at = *listener->local_address();
        auto [accepted, connected] = as::run(as::when_all(listener->accept(), as::connect(engine_, at)));
        client_ = std::move(*connected);
        server_ = std::move(*accepted);
    }

    // One thread: what another one has kept would be missing here.
    as::engine engine_{{.callbacks = 1, .threads = 1}};
    as::stream client_;
    as::stream server_;
};

TEST_F(FaceCost, OperationsAndTasksAllocateNothing)
{
    EXPECT_EQ(as::run(allocations_of_turns(engine_, client_, server_)), 0U);
}

TEST_F(FaceCost, ATaskWithoutMemoryIsEmpty)
{
    const fault no_memory{"malloc", 1, 1000, kind::error, ENOMEM};
    as::task<as::result> none = [&] {
        // Of a size that no thread has kept.
        const auto large = [](as::stream& to) -> as::task<as::result> {
            std::array<char, 10'000> memory;
            co_return (co_await to.receive(memory)).outcome();
        };
        plan(&no_memory);
        as::task<as::result> made = large(client_);
        plan(nullptr);
        return made;
    }();
    EXPECT_FALSE(none);
    as::scope tasks;
    EXPECT_FALSE(tasks.spawn(std::move(none)));
    EXPECT_EQ(as::run(as::task<as::result>()), as::how::no_room);
}

} // namespace

} // namespace faults
