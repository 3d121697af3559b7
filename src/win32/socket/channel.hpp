// An open connection: a binding to the pool and a lane in each direction.
#pragma once

#include "core/backend.hpp"
#include "core/block_cache.hpp"
#include "win32/socket/binding.hpp"
#include "win32/socket/delivery.hpp"
#include "win32/socket/lane.hpp"

namespace async_socket::backend {

class channel {
public:
    channel(pool& pool, const connection& connection, core::socket& owner) noexcept;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    // Once, first. False: the channel is of no use, the connection is as it was.
    [[nodiscard]] bool bind() noexcept;
    [[nodiscard]] core::start_result start(win32::request& request) noexcept;
    // Fast mode: where its requests get their memory. Otherwise null.
    [[nodiscard]] core::block_cache* recycled_memory() noexcept { return binding_.is_fast() ? &memory_ : nullptr; }
    // Ends what is pending, closes the connection, waits for the callbacks.
    void close() noexcept;

private:
    struct one_way {
        one_way(win32::binding& binding, core::direction way) noexcept : delivery(binding), lane(binding, delivery, way)
        {
        }

        win32::delivery delivery;
        win32::lane lane;
    };

    static VOID CALLBACK on_io_complete(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                        ULONG io_result, ULONG_PTR bytes, PTP_IO io) noexcept;

    [[nodiscard]] win32::lane& lane_of(core::direction way) noexcept;
    // Until every accepted request has reached its callback, or for about `timeout_ms`. True if so.
    [[nodiscard]] bool wait_until_ended(std::uint32_t timeout_ms) noexcept;
    // The same, on a pool that may have no thread left.
    void wait_on_bounded_pool() noexcept;

    pool& pool_;
    core::block_cache memory_;
    win32::binding binding_;
    one_way sends_;
    one_way receives_;
};

} // namespace async_socket::backend
