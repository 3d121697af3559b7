// Whom clients are passed on to, by turns; one that is named twice has two of them. One that cannot be reached is left
// alone for a while: it is asked when no other one answers.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "async_socket/deadline.hpp"
#include "common/endpoint.hpp"

namespace async_relay {

class target {
public:
    explicit target(tools::endpoint address) : where(std::move(address)) {}

    const tools::endpoint where;

    void answers() noexcept;
    // Not even if no other one answers: it must not be asked.
    void fails(bool must_not_be_asked) noexcept;

    [[nodiscard]] bool is_left_alone() const noexcept { return as_now() < alone_until_; }
    [[nodiscard]] bool may_be_asked() const noexcept { return as_now() >= never_until_; }

    [[nodiscard]] std::uint64_t connected() const noexcept { return connected_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }

private:
    std::atomic<std::uint64_t> alone_until_{0}; // by the library's clock
    std::atomic<std::uint64_t> never_until_{0};
    std::atomic<std::uint64_t> connected_{0};
    std::atomic<std::uint64_t> failed_{0};
};

class targets {
public:
    explicit targets(const std::vector<tools::endpoint>& where);

    // In which order a client's connection asks them, each once; the next one's begins with the next.
    [[nodiscard]] std::vector<target*> in_turn();

    // Each once.
    [[nodiscard]] const std::deque<target>& all() const noexcept { return all_; }

private:
    std::deque<target> all_;
    std::vector<target*> turns_;
    std::atomic<std::size_t> turn_{0};
};

} // namespace async_relay
