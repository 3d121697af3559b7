// Objects on the C heap. The library is built without exceptions and needs no C++ runtime, so a C
// program can link it with nothing but the system.
#pragma once

#include <cstdlib>
#include <new>
#include <utility>

namespace async_socket::core {

// Null when memory is out.
template <typename T, typename... Arguments>
[[nodiscard]] T* create(Arguments&&... arguments) noexcept
{
    void* const memory = std::malloc(sizeof(T));
    return memory == nullptr ? nullptr : new (memory) T(std::forward<Arguments>(arguments)...);
}

// Of create's; not null.
template <typename T>
void destroy(T* object) noexcept
{
    object->~T();
    std::free(object);
}

} // namespace async_socket::core
