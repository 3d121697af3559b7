// The porters of a listener, one for each of its doors.
#pragma once

#include <cstdint>

#include "core/listener/doors.hpp"
#include "win32/socket/porter.hpp"
#include "win32/system/cancel.hpp"

namespace async_socket::win32 {

class reception {
public:
    // Null on a failure, with the reason in `why`; the doors are as they were.
    [[nodiscard]] static reception* open(core::doors& doors, PTP_POOL threadpool, backend::channel& channel,
                                         core::refusal& why) noexcept;
    // The system has nothing of it, and never will.
    static void close(reception* closing) noexcept;

    reception(const reception&) = delete;
    reception& operator=(const reception&) = delete;

    // Under the lane's lock:

    [[nodiscard]] core::accept_pause& pause() noexcept { return doors_.pause(); }
    [[nodiscard]] bool is_called() const noexcept;
    [[nodiscard]] bool is_pending() noexcept;
    // One that may be called when all guests were taken; null if all are called.
    [[nodiscard]] porter* idle() noexcept;
    // From the doors in turn. Empty if none has any.
    [[nodiscard]] backend::unique_socket take_guest() noexcept;

    // By the closer: ends what the system has.
    void cancel(const pending_question& question) noexcept;
    void close_doors() noexcept { doors_.shut(); }

private:
    explicit reception(core::doors& doors) noexcept : doors_(doors) {}
    ~reception();

    void cancel_once() noexcept;
    [[nodiscard]] core::refusal add(PTP_POOL threadpool, backend::channel& channel) noexcept;
    [[nodiscard]] porter* begin() noexcept;
    [[nodiscard]] porter* end() noexcept { return begin() + count_; }
    [[nodiscard]] const porter* begin() const noexcept { return const_cast<reception*>(this)->begin(); }
    [[nodiscard]] const porter* end() const noexcept { return begin() + count_; }

    core::doors& doors_;
    std::uint32_t count_ = 0; // in the memory behind this object
};

} // namespace async_socket::win32
