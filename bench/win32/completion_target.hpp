// Whom the threads tell that an operation ended, or that something may begin.
#pragma once

#include "win32/win.hpp"

namespace bench::win32 {

class completion_target {
public:
    completion_target() = default;
    completion_target(const completion_target&) = delete;
    completion_target& operator=(const completion_target&) = delete;

    virtual void begin() noexcept = 0;
    // `error` is 0, or a code of the system's. The target may be gone, or in use again, when this returns.
    virtual void ended(OVERLAPPED& overlapped, DWORD bytes, DWORD error) noexcept = 0;

protected:
    ~completion_target() = default;
};

} // namespace bench::win32
