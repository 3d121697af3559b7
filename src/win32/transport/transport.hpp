// The socket behind a SOCKET_TRANSPORT_HANDLE. Its life is the same word as the async socket's:
// closed (created or disconnected), opening (connecting), open, closing.
#pragma once

#include <atomic>

#include "core/lifecycle.hpp"
#include "core/shortage.hpp"
#include "core/transport.hpp"
#include "win32/system/cancel.hpp"
#include "win32/system/srw_lock.hpp"
#include "win32/system/unique_handle.hpp"
#include "win32/transport/stop_signal.hpp"

namespace async_socket::backend {

class transport {
public:
    explicit transport(SOCKET_TYPE type) noexcept : type_(type) {}
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] SOCKET_TYPE type() const noexcept { return type_; }
    [[nodiscard]] core::lifecycle& life() noexcept { return life_; }

    // The two below belong to whoever opens the transport; others read them while inside and open.
    [[nodiscard]] win32::unique_socket& socket() noexcept { return socket_; }
    [[nodiscard]] win32::unique_event& connection_waits() noexcept { return connection_waits_; }
    // Raised by a disconnect, for who connects and who accepts.
    [[nodiscard]] win32::stop_signal& stop() noexcept { return stop_; }

    // Of what an accept needs.
    [[nodiscard]] core::shortage& shortage() noexcept { return shortage_; }

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    // True if it was the last one.
    [[nodiscard]] bool drop_reference() noexcept { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

    // As the lifecycle's, but false also while a channel is open on the transport: its operations are
    // bound to the socket that it had when the channel was opened.
    [[nodiscard]] bool begin_open() noexcept;
    void end_open(bool opened) noexcept;

    // Tells a disconnect that a call inside may block, if `blocking`.
    class blocking_call {
    public:
        blocking_call(transport& owner, bool blocking) noexcept : owner_(blocking ? &owner : nullptr)
        {
            if (owner_ != nullptr) {
                owner_->blocking_calls_.fetch_add(1, std::memory_order_relaxed);
            }
        }
        ~blocking_call()
        {
            if (owner_ != nullptr) {
                owner_->blocking_calls_.fetch_sub(1, std::memory_order_relaxed);
            }
        }
        blocking_call(const blocking_call&) = delete;
        blocking_call& operator=(const blocking_call&) = delete;

    private:
        transport* owner_;
    };

    // A channel's operations are on the socket: `question` is asked while a disconnect ends them, until it is taken
    // back (with one that asks nothing).
    void ask_when_closing(const win32::pending_question& question) noexcept;

    // Ends what is pending, waits for the calls inside, closes the socket. Ends a connect, too, but does not
    // wait for that.
    void disconnect() noexcept;

private:
    [[nodiscard]] bool is_pending() noexcept;

    const SOCKET_TYPE type_;
    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> blocking_calls_{0};
    core::lifecycle life_;
    win32::srw_lock question_lock_;
    win32::pending_question question_;
    core::shortage shortage_;
    win32::unique_socket socket_;
    win32::unique_event connection_waits_; // listening: set by the system
    win32::stop_signal stop_;              // prepared while listening or connecting
};

// Makes a socket one that blocks and that child processes do not inherit. One that was accepted does neither: it
// has the listening socket's mode and event, but not its protection. (A process that another thread starts before
// this returns may inherit it all the same.)
[[nodiscard]] bool make_plain(SOCKET socket) noexcept;

} // namespace async_socket::backend
