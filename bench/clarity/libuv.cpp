// The same with libuv. Names are looked up by four threads, so four slow ones hold up those behind them; one that is
// being looked up cannot be stopped, and keeps the program until the system has given up. Its addresses are tried one
// after the other, without a time of their own.
#include <uv.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "url.hpp"

struct fetch {
    explicit fetch(const char* given) : text(given), from(given) {}

    const char* text;
    url from;
    uv_loop_t* loop = uv_default_loop();
    uv_timer_t timer{};
    uv_tcp_t peer{};
    uv_getaddrinfo_t lookup{};
    uv_connect_t connecting{};
    uv_write_t sending{};
    addrinfo* addresses = nullptr;
    addrinfo* next = nullptr;
    bool has_ended = false;
    bool has_peer = false;
    std::size_t size = 0;
    std::array<char, 16384> room;
};

void end(fetch& one, const char* how)
{
    if (one.has_ended) {
        return;
    }
    one.has_ended = true;
    std::printf("%s: %s, %zu bytes\n", one.text, how, one.size);
    uv_cancel(reinterpret_cast<uv_req_t*>(&one.lookup));
    uv_close(reinterpret_cast<uv_handle_t*>(&one.timer), nullptr);
    if (one.has_peer) {
        uv_close(reinterpret_cast<uv_handle_t*>(&one.peer), nullptr);
    }
}

void on_allocate(uv_handle_t* handle, size_t, uv_buf_t* buffer)
{
    auto& one = *static_cast<fetch*>(handle->data);
    *buffer = uv_buf_init(one.room.data(), one.room.size());
}

void on_read(uv_stream_t* stream, ssize_t bytes, const uv_buf_t*)
{
    auto& one = *static_cast<fetch*>(stream->data);
    if (bytes >= 0) {
        one.size += static_cast<std::size_t>(bytes);
    } else {
        end(one, bytes == UV_EOF ? "done" : uv_strerror(static_cast<int>(bytes)));
    }
}

void on_sent(uv_write_t* sending, int error)
{
    if (error != 0) {
        end(*static_cast<fetch*>(sending->data), uv_strerror(error));
    }
}

void connect(fetch& one, int last_error);

void on_connected(uv_connect_t* connecting, int error)
{
    auto& one = *static_cast<fetch*>(connecting->data);
    if (one.has_ended) {
        return;
    }
    if (error != 0) {
        one.has_peer = false;
        uv_close(reinterpret_cast<uv_handle_t*>(&one.peer), [](uv_handle_t* handle) {
            auto& closed = *static_cast<fetch*>(handle->data);
            if (!closed.has_ended) {
                connect(closed, UV_ECONNREFUSED);
            }
        });
        return;
    }
    auto* const stream = reinterpret_cast<uv_stream_t*>(&one.peer);
    const uv_buf_t request = uv_buf_init(one.from.request.data(), static_cast<unsigned>(one.from.request.size()));
    one.sending.data = &one;
    uv_write(&one.sending, stream, &request, 1, on_sent);
    uv_read_start(stream, on_allocate, on_read);
}

void connect(fetch& one, int last_error)
{
    if (one.next == nullptr) {
        end(one, uv_strerror(last_error));
        return;
    }
    const addrinfo& address = *one.next;
    one.next = address.ai_next;
    uv_tcp_init(one.loop, &one.peer);
    one.peer.data = &one;
    one.connecting.data = &one;
    one.has_peer = true;
    const int error = uv_tcp_connect(&one.connecting, &one.peer, address.ai_addr, on_connected);
    if (error != 0) {
        end(one, uv_strerror(error));
    }
}

void on_looked_up(uv_getaddrinfo_t* lookup, int error, addrinfo* found)
{
    auto& one = *static_cast<fetch*>(lookup->data);
    one.addresses = found;
    one.next = found;
    if (!one.has_ended) {
        connect(one, error);
    }
}

int main(int count, char** texts)
{
    std::vector<std::unique_ptr<fetch>> all;
    for (int i = 1; i < count; ++i) {
        fetch& one = *all.emplace_back(std::make_unique<fetch>(texts[i]));
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        uv_timer_init(one.loop, &one.timer);
        one.timer.data = &one;
        one.lookup.data = &one;
        uv_timer_start(
            &one.timer, [](uv_timer_t* timer) { end(*static_cast<fetch*>(timer->data), "timed out"); }, 2000, 0);
        uv_getaddrinfo(one.loop, &one.lookup, on_looked_up, one.from.host.c_str(), one.from.port.c_str(), &hints);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    for (const auto& one : all) {
        uv_freeaddrinfo(one->addresses);
    }
}
