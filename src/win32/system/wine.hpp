// Whether the system is Wine.
//
// Wine goes on with a pending operation in the thread that issued it, or in another one once that has ended. If the
// operation has no event and falls due while its thread is ending, it is lost: it completes with error 739 and does not
// say what it has moved, and what is behind it goes on. One with an event is cancelled before, and says what it has
// moved. So on Wine operations have an event in fast mode, too, but one for all of a pool: no call more, and no request
// more to Wine's server.
#pragma once

namespace async_socket::win32 {

// False also for a Wine that was told to hide. There such an operation ends as error.hpp says (is_lost).
[[nodiscard]] bool is_wine() noexcept;

} // namespace async_socket::win32
