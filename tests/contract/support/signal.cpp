#include "signal.hpp"

#include <thread>

namespace contract {

bool ends_within(std::chrono::milliseconds limit, std::function<void()> action)
{
    struct progress {
        std::mutex mutex;
        std::condition_variable changed;
        bool ended = false;
    };
    const auto state = std::make_shared<progress>();
    std::thread runner([state, action = std::move(action)] {
        action();
        const std::lock_guard<std::mutex> lock(state->mutex);
        state->ended = true;
        state->changed.notify_all();
    });
    bool ended = false;
    {
        std::unique_lock<std::mutex> lock(state->mutex);
        ended = state->changed.wait_for(lock, limit, [&] { return state->ended; });
    }
    if (ended) {
        runner.join();
    } else {
        runner.detach();
    }
    return ended;
}

bool ends_soon(std::function<void()> action)
{
    return ends_within(deadline, std::move(action));
}

} // namespace contract
