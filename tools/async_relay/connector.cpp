#include "connector.hpp"

namespace async_relay {

namespace {

// So many clients can wait for the target at once before one waits for another.
constexpr int thread_count = 8;

} // namespace

connector::connector(std::function<void(connection&)> connect) : connect_(std::move(connect))
{
    for (int i = 0; i < thread_count; ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

connector::~connector()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void connector::add(std::shared_ptr<connection> accepted)
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(accepted));
    }
    changed_.notify_one();
}

void connector::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        std::shared_ptr<connection> next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        connect_(*next);
        next.reset(); // may free the connection
        lock.lock();
    }
}

} // namespace async_relay
