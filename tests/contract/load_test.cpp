// Many connections at once, and many one after the other without leaving anything behind.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "handle_count.hpp"
#include "support/completions.hpp"

namespace contract {
namespace {

// Sends back whatever it receives, from callback to callback, until its peer ends.
class loaded_echo {
public:
    explicit loaded_echo(EXECUTION_ENGINE_HANDLE engine) : pair_(engine)
    {
        received_.then = [this](const receive_event& event) {
            const bool goes_on =
                event.result == ASYNC_SOCKET_RECEIVE_OK &&
                sent_.start(pair_.near_end.handle(), received_.memory.data(), event.bytes) == ASYNC_SOCKET_SEND_SYNC_OK;
            if (!goes_on) {
                over_.open();
            }
        };
        sent_.then = [this] { receive(); };
        receive();
    }

    [[nodiscard]] peer& far_end() { return pair_.far_end; }
    [[nodiscard]] bool wait_for_end() { return over_.wait(); }

private:
    void receive()
    {
        if (received_.start(pair_.near_end.handle()) != 0) {
            over_.open();
        }
    }

    gate over_;
    send_record sent_;
    receive_record received_{2000};
    open_pair pair_;
};

TEST(Load, TwoHundredConnectionsAtOnce)
{
    constexpr std::size_t connections = 200;
    constexpr std::size_t rounds = 10;
    const engine engine;
    std::vector<std::unique_ptr<loaded_echo>> echoes;
    for (std::size_t i = 0; i < connections; ++i) {
        echoes.push_back(std::make_unique<loaded_echo>(engine.handle()));
    }
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto message_of = [&](std::size_t i) {
            return pattern(1 + (i * 131 + round * 977) % 5000, static_cast<std::uint32_t>(i * rounds + round));
        };
        for (std::size_t i = 0; i < connections; ++i) {
            ASSERT_TRUE(echoes[i]->far_end().send(message_of(i)));
        }
        for (std::size_t i = 0; i < connections; ++i) {
            const bytes message = message_of(i);
            ASSERT_TRUE(message == echoes[i]->far_end().receive(message.size())) << "connection " << i;
        }
    }
    for (const auto& each : echoes) {
        each->far_end().shut_down_sending();
    }
    for (const auto& each : echoes) {
        EXPECT_TRUE(each->wait_for_end());
    }
}

enum class ending { close_and_destroy, destroy_only, operations_pending };

// The whole life of a socket, with traffic.
void run_cycle(EXECUTION_ENGINE_HANDLE engine, ending how)
{
    send_record sent;
    receive_record received;
    open_pair pair(engine);
    EXPECT_TRUE(carries_traffic(pair.near_end.handle(), pair.far_end));
    if (how == ending::operations_pending) {
        EXPECT_EQ(0, received.start(pair.near_end.handle()));
    }
    if (how != ending::destroy_only) {
        async_socket_close(pair.near_end.handle());
    }
    pair.near_end.destroy();
}

class HandlesPerCycle : public testing::TestWithParam<ending> {};

// As many threads as the pool will ever have, so that its handles do not count.
TEST_P(HandlesPerCycle, None)
{
    constexpr int warm_up = 20;
    const int cycles = GetParam() == ending::operations_pending ? 100 : 500;
    const engine engine(2, 2);
    for (int i = 0; i < warm_up; ++i) {
        run_cycle(engine.handle(), GetParam());
    }
    const std::size_t before = async_socket::test::open_handles();
    for (int i = 0; i < cycles; ++i) {
        run_cycle(engine.handle(), GetParam());
    }
    EXPECT_GE(before + late_handles, async_socket::test::open_handles()); // 01_005, 01_059, 01_068
}

INSTANTIATE_TEST_SUITE_P(Load, HandlesPerCycle,
                         testing::Values(ending::close_and_destroy, ending::destroy_only, ending::operations_pending),
                         [](const auto& each) {
                             switch (each.param) {
                             case ending::close_and_destroy:
                                 return "AfterCloseAndDestroy";
                             case ending::destroy_only:
                                 return "AfterDestroyOnly";
                             default:
                                 return "AfterCloseWithAReceivePending";
                             }
                         });

} // namespace
} // namespace contract
