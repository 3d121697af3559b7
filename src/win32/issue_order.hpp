// The order in which operations of one direction of one channel reach the system.
//
// Most operations are one system call, and the system keeps their order: they are issued together,
// side by side (`shared`). What takes several calls (more buffers than one call takes, or going on
// after the system cancelled an operation) is issued alone, so that nothing slips in between
// (`alone`). Neither ever holds the lock over anything that blocks or over a user's callback.
//
// It also counts the operations that have not ended: one may only go on from the middle while it is
// the only one, since the bytes of the others would come in front of its rest. A send that was cut
// short and could not go on leaves the stream torn: nothing may be sent behind it.
#pragma once

#include <atomic>
#include <cstdint>

#include "win32/win.hpp"

namespace async_socket::win32 {

class issue_order {
public:
    class shared {
    public:
        explicit shared(issue_order& order) noexcept : order_(order) { AcquireSRWLockShared(&order_.lock_); }
        ~shared() { ReleaseSRWLockShared(&order_.lock_); }
        shared(const shared&) = delete;
        shared& operator=(const shared&) = delete;

    private:
        issue_order& order_;
    };

    class alone {
    public:
        explicit alone(issue_order& order) noexcept : order_(order) { AcquireSRWLockExclusive(&order_.lock_); }
        ~alone() { ReleaseSRWLockExclusive(&order_.lock_); }
        alone(const alone&) = delete;
        alone& operator=(const alone&) = delete;

    private:
        issue_order& order_;
    };

    issue_order() = default;
    issue_order(const issue_order&) = delete;
    issue_order& operator=(const issue_order&) = delete;

    // Under `shared` or `alone`, before the operation is issued; so under `alone` the count stands.
    void begin_operation() noexcept { unended_.fetch_add(1, std::memory_order_relaxed); }
    // When it ended, or was refused.
    void end_operation() noexcept { unended_.fetch_sub(1, std::memory_order_release); }
    // Under `alone`.
    [[nodiscard]] bool only_one() const noexcept { return unended_.load(std::memory_order_acquire) == 1; }

    // Before end_operation of the send that was cut short.
    void tear() noexcept { torn_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool torn() const noexcept { return torn_.load(std::memory_order_relaxed); }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
    std::atomic<std::uint32_t> unended_{0};
    std::atomic<bool> torn_{false};
};

} // namespace async_socket::win32
