// What a resolver needs of the system. Implemented by the platform, in its folder `resolve`.
#pragma once

#include <cstdint>

#include "core/resolve/name_lookup.hpp"
#include "core/resolve/name_question.hpp"

namespace async_socket::backend {

// Before all else, by each resolver that is made. False if the system cannot be had for it.
[[nodiscard]] bool prepare_resolving() noexcept;

enum class look_up_in { notation, everything };
// Asks the system's resolver a question that makes sense. By `notation` only the host's text is looked at: it does not
// wait, and what is no address in the system's notation is `no_such_name`. By `everything` it blocks for as long as the
// system likes, seconds or minutes, and nothing can end that.
[[nodiscard]] core::name_answer look_up(const core::name_question& question, look_up_in where) noexcept;

// ---- threads that come and go, and run one function each

class thread_group;
using thread_body = void (*)(void* context) noexcept;

// Null when memory is out.
[[nodiscard]] thread_group* thread_group_create(thread_body body, void* context) noexcept;
// One thread more, which calls body(context) and ends when that has returned. 0, or the system's error. Not of a group
// that is closed.
[[nodiscard]] std::uint32_t thread_group_start(thread_group& group) noexcept;
// No thread is started any more. Waits for none: the last one frees what they have in common.
void thread_group_close(thread_group* group) noexcept;
// The same, and returns when none of them is in the library any more, as far as the system does not see to that. The
// caller is none of them.
void thread_group_close_and_wait(thread_group* group) noexcept;

} // namespace async_socket::backend
