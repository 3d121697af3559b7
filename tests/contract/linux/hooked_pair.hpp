// An async socket with hooks, and the hooks of the tests: the socket's own calls behind a simple cipher,
// so that bytes that went past a hook are noticed.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <thread>

#include "support/ending.hpp"

namespace contract {

constexpr unsigned char cipher = 0x5a;

[[nodiscard]] inline bytes encrypted(bytes data)
{
    for (unsigned char& byte : data) {
        byte ^= cipher;
    }
    return data;
}

// What stands between the async socket and the descriptor. A test may replace either function.
struct cipher_hooks {
    using send_function = std::function<int(const void* data, std::size_t size)>;
    using receive_function = std::function<int(void* data, std::size_t size)>;

    int fd = -1;
    std::atomic<ASYNC_SOCKET_HANDLE> seen_handle{nullptr};
    std::atomic<int> calls{0};
    std::atomic<bool> ran_on_test_thread{false};
    const std::thread::id test_thread = std::this_thread::get_id();
    send_function send = [this](const void* data, std::size_t size) { return send_encrypted(data, size); };
    receive_function receive = [this](void* data, std::size_t size) { return receive_encrypted(data, size); };

    int send_encrypted(const void* data, std::size_t size) const
    {
        const auto* const begin = static_cast<const unsigned char*>(data);
        const bytes part = encrypted(bytes(begin, begin + std::min<std::size_t>(size, 65536)));
        return static_cast<int>(::send(fd, part.data(), part.size(), MSG_NOSIGNAL));
    }
    int receive_encrypted(void* data, std::size_t size) const
    {
        const auto count = static_cast<int>(::recv(fd, data, size, 0));
        for (int i = 0; i < count; ++i) {
            static_cast<unsigned char*>(data)[i] ^= cipher;
        }
        return count;
    }

    void note(ASYNC_SOCKET_HANDLE handle)
    {
        ++calls;
        seen_handle = handle;
        if (std::this_thread::get_id() == test_thread) {
            ran_on_test_thread = true;
        }
    }
    static int on_send(void* context, ASYNC_SOCKET_HANDLE handle, const void* data, std::size_t size)
    {
        auto& self = *static_cast<cipher_hooks*>(context);
        self.note(handle);
        const send_function call = self.send;
        return call(data, size);
    }
    static int on_receive(void* context, ASYNC_SOCKET_HANDLE handle, void* data, std::size_t size)
    {
        auto& self = *static_cast<cipher_hooks*>(context);
        self.note(handle);
        const receive_function call = self.receive;
        return call(data, size);
    }
};

// What a hook says when it does not move anything.
[[nodiscard]] inline int fail_with(int code)
{
    errno = code;
    return -1;
}

// async_socket_create_with_transport as this generation has it: the first gives the socket here, the others
// at open.
[[nodiscard]] inline ASYNC_SOCKET_HANDLE create_with_hooks(EXECUTION_ENGINE_HANDLE engine, SOCKET_HANDLE socket,
                                                           ON_ASYNC_SOCKET_SEND on_send,
                                                           ON_ASYNC_SOCKET_RECV on_receive, void* context)
{
#if ASYNC_SOCKET_API_VERSION == 1
    return async_socket_create_with_transport(engine, socket, on_send, context, on_receive, context);
#else
    (void)socket;
    return async_socket_create_with_transport(engine, on_send, context, on_receive, context);
#endif
}

// A connected pair whose near end is an open async socket with hooks. The descriptor is in blocking mode
// when it is opened.
class hooked_pair {
public:
    explicit hooked_pair(EXECUTION_ENGINE_HANDLE engine) : connection_(connect_pair())
    {
        hooks.fd = connection_.near_end;
        handle_ = create_with_hooks(engine, hooks.fd, cipher_hooks::on_send, cipher_hooks::on_receive, &hooks);
        const auto opened = [](void*, ASYNC_SOCKET_OPEN_RESULT) {};
#if ASYNC_SOCKET_API_VERSION == 1
        const int result = async_socket_open_async(handle_, opened, nullptr);
#elif ASYNC_SOCKET_API_VERSION == 2
        transport_ = socket_transport_create_from_socket(connection_.near_end);
        const int result = async_socket_open_async(handle_, transport_, opened, nullptr);
#else
        const int result = async_socket_open_async(handle_, connection_.near_end, opened, nullptr);
#endif
        EXPECT_EQ(0, result);
    }
    ~hooked_pair()
    {
        destroy();
        socket_transport_destroy(transport_);
    }
    hooked_pair(const hooked_pair&) = delete;
    hooked_pair& operator=(const hooked_pair&) = delete;

    [[nodiscard]] ASYNC_SOCKET_HANDLE handle() const
    {
        return handle_;
    }
    [[nodiscard]] peer& far_end()
    {
        return connection_.far_end;
    }
    void destroy()
    {
        async_socket_destroy(std::exchange(handle_, nullptr));
    }

    cipher_hooks hooks;

private:
    loopback_pair connection_;
    SOCKET_TRANSPORT_HANDLE transport_ = nullptr;
    ASYNC_SOCKET_HANDLE handle_ = nullptr;
};

} // namespace contract
