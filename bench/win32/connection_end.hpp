// One end of a connection: starts operations on its socket, and what ends decides what is started next.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "win32/completion_target.hpp"
#include "win32/engine.hpp"
#include "win32/operation.hpp"

namespace bench::win32 {

class connection_end : public completion_target {
public:
    // `on_closed`: called whenever the end has been closed and nothing of it is under way; it may open the end anew.
    connection_end(engine& threads, const workload& work, std::function<void()> on_closed);
    virtual ~connection_end() = default;
    connection_end(const connection_end&) = delete;
    connection_end& operator=(const connection_end&) = delete;

    // Takes the socket into use.
    void open(SOCKET socket);
    // The same in a thread of the engine.
    void open_in_engine(SOCKET socket);

protected:
    void close() noexcept;

    // The number of bytes if the operation ended at once: nothing else will tell of it then. A receive of 0 bytes:
    // the end of the stream.
    [[nodiscard]] std::optional<std::size_t> receive(std::span<char> buffer) noexcept;
    [[nodiscard]] bool send(std::span<const char> bytes) noexcept; // true: sent

    // What to do: after open, and when an operation ended that did not do so at once.
    virtual void opened() noexcept = 0;
    virtual void received(std::size_t bytes) noexcept = 0;
    virtual void sent() noexcept = 0;

private:
    void begin() noexcept final { open(socket_); }
    void ended(OVERLAPPED& overlapped, DWORD bytes, DWORD error) noexcept final;
    [[nodiscard]] operation& free_send() noexcept;
    [[nodiscard]] std::optional<std::size_t> start(operation& operation, direction way, WSABUF buffer) noexcept;
    void let_go() noexcept;

    engine& threads_;
    SOCKET socket_ = INVALID_SOCKET;
    std::optional<engine::binding> binding_;
    operation receive_;
    std::vector<operation> sends_;
    std::atomic<unsigned> holds_{0}; // being open, and each operation under way
    const std::function<void()> on_closed_;
};

} // namespace bench::win32
