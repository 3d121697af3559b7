// The server's end of a session.
#pragma once

#include "support/session.hpp"
#include "win32/connection_end.hpp"

namespace bench::win32 {

class server_end final : public connection_end {
public:
    server_end(engine& threads, const workload& work, server& server, std::span<char> buffer,
               std::function<void()> on_closed);

private:
    void opened() noexcept override { go_on(receive(buffer_)); }
    void received(std::size_t bytes) noexcept override { go_on(bytes); }
    void sent() noexcept override {}
    void go_on(std::optional<std::size_t> bytes) noexcept;

    server& server_;
    const std::span<char> buffer_;
};

} // namespace bench::win32
