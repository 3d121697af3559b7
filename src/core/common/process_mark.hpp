// In which process an object was made. A fork copies the library's memory into the child, but none of its threads;
// and what the system keeps, connections and epoll instances, the child shares with its parent. So in a child
// what was made before is *inherited*: calls on it fail or return, wait for nobody, and touch nothing that is shared.
#pragma once

#include <cstdint>

#include "core/common/hot_path.hpp"

namespace async_socket::core {

class process_mark {
public:
    [[nodiscard]] bool is_inherited() const noexcept { return made_in_ != current_; }

    // By the platform, in the child of a fork, before anything else is called there.
    static void begin_child() noexcept { ++current_; }

private:
    // Not atomic: it changes in a process with one thread only. Not inline either: that is one variable for the whole
    // process, for whose sake the system never unloads a plug-in that has it.
    ASYNC_SOCKET_OF_THE_LIBRARY static std::uint32_t current_;

    std::uint32_t made_in_ = current_;
};

} // namespace async_socket::core
