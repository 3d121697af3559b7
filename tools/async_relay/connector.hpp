// A few threads that connect clients to the target. Connecting blocks, up to the timeout, so it may
// happen neither where connections are accepted nor on the engine's threads. They stay for good, as
// threads that start receives should: some systems cancel what a thread has started when it ends,
// and the library would have to start it again.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connection.hpp"

namespace async_relay {

class connector {
public:
    // connect runs on one of the threads, once for each connection that is added.
    explicit connector(std::function<void(connection&)> connect);
    // Waits until what was added has been connected or given up.
    ~connector();
    connector(const connector&) = delete;
    connector& operator=(const connector&) = delete;

    void add(std::shared_ptr<connection> accepted);

private:
    void run();

    std::function<void(connection&)> connect_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<connection>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace async_relay
