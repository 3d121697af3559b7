// What is to be called once on a thread of a pool, and belongs to no connection. It is a part of what it is about, so
// to post it allocates nothing and cannot fail (backend::pool_post).
#pragma once

#include <cstddef>
#include <type_traits>

#include "core/common/list.hpp"

namespace async_socket::core {

class posted {
public:
    // On a thread of the pool's, on which callbacks run. The memory may be gone when it returns.
    using run_function = void (*)(posted& self) noexcept;

    explicit posted(run_function function) noexcept : run_(function) {}
    posted(const posted&) = delete;
    posted& operator=(const posted&) = delete;

    void run() noexcept { run_(*this); }

    // For the platform, from the post to the run: memory for something of its own.
    static constexpr std::size_t room_size = 3 * sizeof(void*);
    [[nodiscard]] void* room() noexcept { return room_; }
    [[nodiscard]] static posted& of(void* room) noexcept { return *static_cast<posted*>(room); }

private:
    friend class list<posted>;

    alignas(void*) std::byte room_[room_size]; // first, so that each of the two can be had from the other
    posted* next_ = nullptr;                   // in a list
    const run_function run_;
};

static_assert(std::is_standard_layout_v<posted>);

} // namespace async_socket::core
