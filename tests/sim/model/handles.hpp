// The table behind HANDLE and SOCKET. The lowest free number is given out first, so that a number used
// after its close soon means something else, as on Windows.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "windows.h"

namespace sim {

struct object {
    virtual ~object() = default;
};

class handle_table {
public:
    HANDLE add(std::unique_ptr<object> object);
    // The object, taken out of the table; null if there is none of that number.
    std::unique_ptr<object> remove(HANDLE handle) noexcept;
    [[nodiscard]] object* find(HANDLE handle) noexcept;
    template <typename T>
    [[nodiscard]] T* find(HANDLE handle) noexcept
    {
        return dynamic_cast<T*>(find(handle));
    }
    [[nodiscard]] std::size_t count() const noexcept;

private:
    static std::size_t index_of(HANDLE handle) noexcept;

    std::vector<std::unique_ptr<object>> objects_;
};

} // namespace sim
