#include "win32/server_end.hpp"

#include <utility>

namespace bench::win32 {

server_end::server_end(engine& threads, const workload& work, server& server, std::span<char> buffer,
                       std::function<void()> on_closed)
    : connection_end(threads, work, std::move(on_closed)), server_(server), buffer_(buffer)
{
}

// For as long as receives end at once. The receive that is pending while the echo is sent shares its memory, and
// gets nothing before the client has the whole echo.
void server_end::go_on(std::optional<std::size_t> bytes) noexcept
{
    while (bytes) {
        if (*bytes == 0) {
            close();
            return;
        }
        const bool answers = server_.received(*bytes) == next::send;
        const std::optional<std::size_t> more = receive(buffer_);
        if (answers) {
            (void)send(buffer_.first(*bytes)); // nothing to do when it is sent
        }
        bytes = more;
    }
}

} // namespace bench::win32
