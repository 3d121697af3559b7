#include "win32/client_end.hpp"

#include <utility>

#include "support/failure.hpp"

namespace bench::win32 {

client_end::client_end(engine& threads, const workload& work, client& client, std::span<const char> message,
                       std::span<char> buffer, std::function<void()> on_closed)
    : connection_end(threads, work, std::move(on_closed)), client_(client), message_(message), buffer_(buffer)
{
}

void client_end::opened() noexcept
{
    const unsigned sends = client_.opened();
    if (client_.receives()) {
        require(!receive(buffer_), "a receive that waits: nothing was sent yet");
    }
    for (unsigned i = 0; i < sends; ++i) {
        send_while(next::send);
    }
}

// For as long as sends end at once.
void client_end::send_while(next what) noexcept
{
    while (what == next::send) {
        if (!send(message_)) {
            return;
        }
        what = client_.sent();
    }
    if (what == next::close) {
        close();
    }
}

// For as long as receives end at once.
void client_end::received(std::size_t bytes) noexcept
{
    for (;;) {
        require(bytes != 0, "an echo");
        const next what = client_.received(bytes);
        if (what == next::close) {
            close();
            return;
        }
        const std::optional<std::size_t> more = receive(buffer_);
        send_while(what);
        if (!more) {
            return;
        }
        bytes = *more;
    }
}

} // namespace bench::win32
