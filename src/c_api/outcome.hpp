// An outcome of the core's as the public one.
#pragma once

#include "async_socket/outcome.h"
#include "core/outcome.hpp"

namespace async_socket::c_api {

static_assert(sizeof(as_outcome) == 16);

constexpr bool is(core::ending ours, as_how theirs) noexcept
{
    return static_cast<unsigned>(ours) == static_cast<unsigned>(theirs);
}
static_assert(is(core::ending::done, AS_DONE) && is(core::ending::end_of_stream, AS_END_OF_STREAM));
static_assert(is(core::ending::reset, AS_RESET) && is(core::ending::closed_here, AS_CLOSED_HERE));
static_assert(is(core::ending::cancelled, AS_CANCELLED) && is(core::ending::timed_out, AS_TIMED_OUT));
static_assert(is(core::ending::refused, AS_REFUSED) && is(core::ending::unreachable, AS_UNREACHABLE));
static_assert(is(core::ending::no_such_name, AS_NO_SUCH_NAME) && is(core::ending::no_room, AS_NO_ROOM));
static_assert(is(core::ending::not_available, AS_NOT_AVAILABLE) && is(core::ending::invalid, AS_INVALID));
static_assert(is(core::ending::failed, AS_FAILED));

[[nodiscard]] constexpr as_outcome to_public(const core::outcome& outcome) noexcept
{
    return {outcome.bytes, static_cast<std::uint32_t>(outcome.how), outcome.code};
}

// Of a call that moves no bytes, and of whose failure the system has said nothing.
[[nodiscard]] constexpr as_outcome to_public(core::ending how) noexcept
{
    return {0, static_cast<std::uint32_t>(how), 0};
}

} // namespace async_socket::c_api
