// The client's end of a session.
#pragma once

#include "support/session.hpp"
#include "win32/connection_end.hpp"

namespace bench::win32 {

class client_end final : public connection_end {
public:
    client_end(engine& threads, const workload& work, client& client, std::span<const char> message,
               std::span<char> buffer, std::function<void()> on_closed);

private:
    void opened() noexcept override;
    void received(std::size_t bytes) noexcept override;
    void sent() noexcept override { send_while(client_.sent()); }
    void send_while(next what) noexcept;

    client& client_;
    const std::span<const char> message_;
    const std::span<char> buffer_;
};

} // namespace bench::win32
