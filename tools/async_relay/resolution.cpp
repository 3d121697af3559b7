#include "resolution.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace async_relay {

namespace {

constexpr std::uint32_t most_addresses = 64;

// The answer to a question, waited for.
class asked {
public:
    as_operation operation{on_end, this, {}};

    [[nodiscard]] as_outcome wait()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return outcome_.has_value(); });
        return *outcome_;
    }

private:
    // It is told under the lock, so that nobody is in here any more when the waiter has its answer, and goes.
    static void on_end(as_operation* ended, as_outcome told)
    {
        asked& self = *static_cast<asked*>(ended->context);
        const std::lock_guard lock(self.mutex_);
        self.outcome_ = told;
        self.changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<as_outcome> outcome_;
};

} // namespace

std::vector<as_address> addresses_to_listen_at(as_engine* engine, const tools::endpoint& endpoint)
{
    const std::string port = std::to_string(endpoint.port);
    as_question question{};
    question.host = endpoint.host.empty() ? nullptr : endpoint.host.c_str();
    question.service = port.c_str();
    question.flags = AS_QUESTION_PASSIVE;
    std::vector<as_address> addresses(most_addresses);
    std::uint32_t count = 0;
    asked one;
    as_outcome answer =
        as_resolve(engine, &question, &one.operation, addresses.data(), most_addresses, &count, AS_NEVER);
    if (answer.how == AS_DONE) {
        answer = one.wait();
    }
    if (answer.how != AS_DONE) {
        throw std::runtime_error("cannot listen on " + to_string(endpoint) + ": " + reason_of(answer));
    }
    addresses.resize(count);
    return addresses;
}

std::string reason_of(const as_outcome& outcome)
{
    const std::string how = as_how_text(outcome.how);
    char text[200] = "";
    (void)as_code_text(outcome.code, text, sizeof text);
    return text[0] != '\0' ? how + " (" + text + ")" : how;
}

} // namespace async_relay
