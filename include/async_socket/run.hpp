// From a thread of the program's, main() say, into tasks: waits until one has ended.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "async_socket/detail/blocking.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/task.hpp"
#include "async_socket/wait.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// Runs the task, and blocks this thread until it has ended; its value, or what it has thrown. Not on a thread of an
// engine's, in a task say, which may be needed: there it ends the program with a message. Await it instead.
template <typename Value>
Value run(task<Value> work)
{
    detail::require_no_callback("as::run was called in a task, or in a callback: await it there");
    if (!work) {
        return detail::no_room<Value>();
    }
    detail::promise<Value>& promise = detail::task_access::promise_of(work);
    promise.use_own_line();
    detail::shared_word<std::uint32_t> is_over{};
    promise.run(
        [](detail::promise_base& ended) noexcept {
            auto& over = *static_cast<detail::shared_word<std::uint32_t>*>(ended.told_context());
            std::uint32_t* const address = over.address();
            over.store(1);
            as_wake(address); // by its address only
        },
        &is_over);
    while (is_over.load() == 0) {
        (void)as_wait(is_over.address(), 0, AS_NEVER);
    }
    return promise.result();
}

// The same of an operation, or of what when_all and when_any answer.
template <typename Awaited>
requires(!detail::is_task<Awaited> && !std::is_lvalue_reference_v<Awaited>) auto run(Awaited&& awaited)
{
    return run(detail::as_task(std::forward<Awaited>(awaited)));
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
