#include "blocked_pool.hpp"

#include <deque>

#include "ledger.hpp"
#include "problems.hpp"
#include "stopwatch.hpp"

namespace stress {

using contract::bytes;

namespace {

constexpr std::uint32_t blocked_without_a_maximum = 16;
constexpr int others = 8;

// A connection whose receive callback keeps its thread until `release` opens.
class blocker {
public:
    blocker(EXECUTION_ENGINE_HANDLE engine, contract::gate& release, problems& found) : pair_(engine)
    {
        received_.then = [&release](const contract::receive_event&) { (void)release.wait(); };
        const bool sent = received_.start(pair_.near_end.handle()) == 0 && pair_.far_end.send("x", 1);
        found.require(sent, "nothing to block");
    }
    // Until the callback has begun.
    bool wait() { return received_.wait(); }

private:
    contract::receive_record received_;
    contract::open_pair pair_;
};

// A connection that has something to do meanwhile.
class bystander {
public:
    explicit bystander(EXECUTION_ENGINE_HANDLE engine) : pair_(engine)
    {
        const ASYNC_SOCKET_HANDLE socket = pair_.near_end.handle();
        ledger_.receive(socket, greeting_.size(), {fate::whole});
        ledger_.send(socket, message_, {fate::whole});
        ledger_.send(socket, message_, {fate::whole});
    }

    // All that the peer has to do so that the operations end.
    bool exchange()
    {
        bytes expected = message_;
        expected.insert(expected.end(), message_.begin(), message_.end());
        return ledger_.accepted() == 3 && pair_.far_end.send(greeting_) &&
               pair_.far_end.receive(expected.size()) == expected;
    }

    [[nodiscard]] std::size_t callbacks() { return ledger_.callbacks(); }

    void expect_all_ended(problems& found)
    {
        found.require(ledger_.wait_for_all(), "an operation did not end when the threads were let go");
        pair_.near_end.destroy();
        ledger_.check(false, found);
        found.require(ledger_.received() == greeting_, "received what was not sent");
    }

private:
    const bytes greeting_ = contract::pattern(64, 1);
    const bytes message_ = contract::pattern(std::size_t{1} << 20, 2);
    ledger ledger_;
    contract::open_pair pair_;
};

// 01_040 on a pool without a free thread: the close gets one from somewhere.
void close_from_outside(EXECUTION_ENGINE_HANDLE engine, problems& found)
{
    const bytes message(1);
    ledger ledger;
    contract::open_pair pair(engine);
    ledger.receive(pair.near_end.handle(), 64, {fate::pending});
    ledger.send(pair.near_end.handle(), message, {fate::whole});
    stopwatch closes;
    closes.time([&] { async_socket_close(pair.near_end.handle()); });
    closes.check(found);
    found.require(ledger.callbacks() == ledger.accepted(), "the close came before a callback");
    ledger.check(true, found);
}

} // namespace

std::string run_blocked_pool(const pool_size& size)
{
    problems found;
    contract::gate release;
    const contract::engine engine(size.minimum, size.maximum);
    std::deque<blocker> blockers;
    std::deque<bystander> bystanders;
    for (std::uint32_t i = 0; i < (size.maximum != 0 ? size.maximum : blocked_without_a_maximum); ++i) {
        found.require(blockers.emplace_back(engine.handle(), release, found).wait(), "a callback does not begin");
    }
    std::size_t callbacks = 0;
    for (int i = 0; i < others; ++i) {
        bystander& added = bystanders.emplace_back(engine.handle());
        found.require(added.exchange(), "the bytes do not move while the threads are blocked");
        callbacks += added.callbacks();
    }
    found.require(size.maximum == 0 || callbacks == 0, "a thread was free");
    close_from_outside(engine.handle(), found);
    release.open();
    for (bystander& each : bystanders) {
        each.expect_all_ended(found);
    }
    return found.text();
}

} // namespace stress
