// What a listener listens with: its *doors*, one socket of the system's for each of its addresses.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "async_socket/address.h"
#include "core/listener/accept_pause.hpp"
#include "core/operation/outcome.hpp"
#include "core/platform/system_socket.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::core {

struct door_options {
    std::uint32_t backlog; // 0: as long as the system allows
    bool ipv6_only;
    bool reuse_address;
    // Of those that come in; they make sense (core/platform/system_socket.hpp).
    std::span<const as_option_value> of_streams;
};

struct door {
    backend::unique_socket socket;
    as_address address; // with its port
};

class doors {
public:
    static constexpr std::uint32_t most = 64;

    // All of them, or null with the reason in `why`. async_socket/listener.h says which ports they get.
    [[nodiscard]] static doors* open(const as_address* addresses, std::uint32_t count, const door_options& options,
                                     refusal& why) noexcept;
    // Of open's; null: does nothing.
    static void close(doors* closing) noexcept
    {
        if (closing != nullptr) {
            closing->~doors();
            std::free(closing);
        }
    }

    doors(const doors&) = delete;
    doors& operator=(const doors&) = delete;

    // Closes their sockets.
    void shut() noexcept
    {
        for (std::uint32_t i = 0; i < count_; ++i) {
            first()[i].socket.reset();
        }
    }

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] const door& at(std::uint32_t index) const noexcept { return first()[index]; }

    // Of each connection that comes in.
    [[nodiscard]] std::span<const as_option_value> options() const noexcept { return {options_, option_count_}; }

    // For who takes connections, and its lock.
    [[nodiscard]] accept_pause& pause() noexcept { return pause_; }
    // The same: the door to look at first, so that none is passed by for long.
    [[nodiscard]] std::uint32_t next() const noexcept { return next_; }
    void begin_behind(std::uint32_t index) noexcept { next_ = (index + 1) % count_; }

private:
    explicit doors(std::span<const as_option_value> options) noexcept
        : option_count_(static_cast<std::uint32_t>(options.size()))
    {
        std::copy(options.begin(), options.end(), options_);
    }
    ~doors() { std::destroy_n(first(), count_); }

    // In the memory behind this object.
    [[nodiscard]] door* first() const noexcept
    {
        return reinterpret_cast<door*>(reinterpret_cast<std::uintptr_t>(this) + sizeof(doors));
    }
    // Opens the next one.
    [[nodiscard]] refusal add(const as_address& address, const door_options& options) noexcept;
    // One attempt at all of them. `is_taken`: at a port that the system had chosen for another one.
    [[nodiscard]] refusal open_all(const as_address* addresses, std::uint32_t count, const door_options& options,
                                   bool& is_taken) noexcept;

    std::uint32_t count_ = 0; // that are open
    std::uint32_t next_ = 0;
    const std::uint32_t option_count_;
    as_option_value options_[most_options];
    accept_pause pause_;
};

static_assert(sizeof(doors) % alignof(door) == 0, "the doors lie behind it");

} // namespace async_socket::core

namespace async_socket::backend {

// A socket that listens at `address`, where `bound` says then. It has the options of its streams, too: what is agreed
// with a peer before anybody takes the connection is agreed for it. Empty on a failure, with the reason in `why`.
// Children of this process do not inherit it.
[[nodiscard]] unique_socket open_door(const as_address& address, const core::door_options& options, as_address& bound,
                                      core::refusal& why) noexcept;
// The code of a port that somebody else has.
[[nodiscard]] bool is_taken(std::uint32_t code) noexcept;

} // namespace async_socket::backend
