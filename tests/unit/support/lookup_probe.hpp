// A lookup that knows how it ended, and a resolver that is closed at its end.
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/resolve/resolver.hpp"
#include "support/waiting.hpp"

namespace async_socket::test {

class lookup_probe : public core::name_lookup {
public:
    lookup_probe() : name_lookup(told) {}

    // False: it is over, and how is known.
    [[nodiscard]] bool start(core::resolver& by, const core::name_question& question)
    {
        std::optional<core::name_answer> over = by.start(*this, question);
        if (over) {
            note(std::move(*over));
        }
        return !over;
    }
    [[nodiscard]] bool wait() { return ended_.wait(); }
    [[nodiscard]] bool has_ended() { return ended_.is_set(); }

    // Of the answer, once it has come.
    [[nodiscard]] core::ending how() const { return outcome_.how; }
    [[nodiscard]] std::uint32_t code() const { return outcome_.code; }
    [[nodiscard]] std::vector<std::string> addresses() const // their bytes
    {
        std::vector<std::string> all;
        if (addresses_) {
            for (const as_address& each : *addresses_.get()) {
                all.emplace_back(reinterpret_cast<const char*>(each.system), each.size);
            }
        }
        return all;
    }
    [[nodiscard]] int answers() const { return answers_; }

    // Run in the answer, before anybody knows of it.
    std::function<void()> meanwhile;

private:
    void note(core::name_answer answer)
    {
        ++answers_;
        outcome_ = answer.outcome;
        addresses_ = std::move(answer.addresses);
        ended_.set(); // it may be gone now
    }
    static void told(core::name_lookup& self, core::name_answer answer) noexcept
    {
        auto& here = static_cast<lookup_probe&>(self);
        if (here.meanwhile) {
            here.meanwhile();
        }
        here.note(std::move(answer));
    }

    event ended_;
    std::atomic<int> answers_{0};
    core::outcome outcome_{};
    core::unique_addresses addresses_;
};

class owned_resolver {
public:
    explicit owned_resolver(core::resolver::limits how = {}) : made_(core::resolver::create(how)) {}
    ~owned_resolver()
    {
        if (made_ != nullptr) {
            made_->close_and_wait();
        }
    }
    owned_resolver(const owned_resolver&) = delete;
    owned_resolver& operator=(const owned_resolver&) = delete;

    [[nodiscard]] core::resolver& operator*() const { return *made_; }
    core::resolver* operator->() const { return made_; }
    void close() { std::exchange(made_, nullptr)->close(); }
    void close_and_wait() { std::exchange(made_, nullptr)->close_and_wait(); }

private:
    core::resolver* made_;
};

} // namespace async_socket::test
