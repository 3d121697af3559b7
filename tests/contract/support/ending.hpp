// Ending a connection from this side, and what must hold however and wherever that is done.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <string>

#include "completions.hpp"
#include "handle_count.hpp"

namespace contract {

// Close, or destroy instead: both end what is pending.
enum class ending { close, destroy };

inline std::string name_of(ending how)
{
    return how == ending::close ? "Close" : "Destroy";
}

// 64 MiB: far more than the system takes from a sender whose peer does not read.
inline bytes& large_payload()
{
    static bytes payload(std::size_t{64} << 20);
    return payload;
}

// More pieces than one system call takes, all of them the same 64 KiB of memory.
inline std::vector<ASYNC_SOCKET_BUFFER> many_pieces()
{
    return std::vector<ASYNC_SOCKET_BUFFER>(3000, {large_payload().data(), 65536});
}

// Operations of one socket that only the end of the connection will end, each with its own record.
class pending_operations {
public:
    explicit pending_operations(ASYNC_SOCKET_HANDLE socket) : socket_(socket) {}

    void receive(int count = 1)
    {
        for (int i = 0; i < count; ++i) {
            refused_ += receives_.emplace_back(64).start(socket_) == 0 ? 0 : 1;
        }
    }
    // For a peer that does not read.
    void send(int count = 1)
    {
        for (int i = 0; i < count; ++i) {
            send({{large_payload().data(), static_cast<std::uint32_t>(large_payload().size())}});
        }
    }
    void send(const std::vector<ASYNC_SOCKET_BUFFER>& pieces)
    {
        refused_ += sends_.emplace_back().start(socket_, pieces) == ASYNC_SOCKET_SEND_SYNC_OK ? 0 : 1;
    }

    // To be called when the close or destroy has returned.
    void settle() { callbacks_when_ended_ = callbacks(); }

    // All were accepted, had their one callback when the close returned and none after it, and were
    // told what a close tells.
    void expect_ended()
    {
        EXPECT_EQ(0, refused_);
        EXPECT_EQ(receives_.size() + sends_.size(), callbacks_when_ended_);
        for (receive_record& each : receives_) {
            ASSERT_EQ(1U, each.count());
            EXPECT_EQ(ASYNC_SOCKET_RECEIVE_ABANDONED, each.events()[0].result);
            EXPECT_EQ(0U, each.events()[0].bytes);
        }
        for (send_record& each : sends_) {
            EXPECT_EQ(std::vector<ASYNC_SOCKET_SEND_RESULT>{ASYNC_SOCKET_SEND_ERROR}, each.results());
        }
    }

private:
    std::size_t callbacks()
    {
        std::size_t sum = 0;
        for (receive_record& each : receives_) {
            sum += each.count();
        }
        for (send_record& each : sends_) {
            sum += each.count();
        }
        return sum;
    }

    ASYNC_SOCKET_HANDLE socket_;
    int refused_ = 0;
    std::size_t callbacks_when_ended_ = 0;
    std::deque<receive_record> receives_;
    std::deque<send_record> sends_;
};

// Ends async sockets on any thread, callbacks among them, and measures each time.
class timed_ending {
public:
    explicit timed_ending(ending how) : how_(how) {}

    void operator()(async_end& socket, pending_operations& pending)
    {
        const auto begin = std::chrono::steady_clock::now();
        if (how_ == ending::close) {
            async_socket_close(socket.handle());
        } else {
            socket.destroy();
        }
        const auto took = std::chrono::steady_clock::now() - begin;
        pending.settle();
        signal_.update([&] {
            ++count_;
            late_ += took > ending_limit ? 1 : 0;
        });
    }

    // True once `count` of them have returned, all within the limit.
    [[nodiscard]] bool returned_in_time(int count = 1)
    {
        return signal_.wait([&] { return count_ >= count; }) && signal_.read([&] { return late_ == 0; });
    }

private:
    ending how_;
    signal signal_;
    int count_ = 0;
    int late_ = 0;
};

// Reads whatever was still on its way to the peer, up to the end of the stream or the reset.
inline void expect_peer_sees_end(peer& far_end)
{
    EXPECT_TRUE(ends_soon([&far_end] { (void)far_end.receive_to_end(); }));
}

// A connected pair whose near end has not been opened.
struct closed_pair {
    explicit closed_pair(EXECUTION_ENGINE_HANDLE engine)
        : connection(connect_pair()), near_end(engine, connection.near_end), far_end(connection.far_end)
    {
    }

    loopback_pair connection;
    async_end near_end;
    peer& far_end;
};

// An open callback: counts its calls, then runs `then`.
struct open_record {
    std::function<void()> then;
    std::atomic<int> calls{0};

    static void on_complete(void* context, ASYNC_SOCKET_OPEN_RESULT result)
    {
        auto& self = *static_cast<open_record*>(context);
        self.calls += result == ASYNC_SOCKET_OPEN_OK ? 1 : 1000;
        const std::function<void()> then = self.then;
        if (then) {
            then();
        }
    }
};

// The threads of a pool that was closed end, and give their handles back, on their own.
[[nodiscard]] inline bool handles_come_down_to(std::size_t count)
{
    return becomes_true([count] { return async_socket::test::open_handles() <= count; });
}

// Receives that are started in order to learn whether the socket still takes calls. Those that were
// accepted are counted, like their callbacks.
class probe {
public:
    explicit probe(ASYNC_SOCKET_HANDLE socket) : socket_(socket) {}

    // Until a receive is (or is not) accepted; false if that did not come within the deadline.
    bool wait_until_accepted()
    {
        return becomes_true([this] { return try_once(); });
    }
    bool wait_until_refused()
    {
        return becomes_true([this] { return !try_once(); });
    }

    [[nodiscard]] bool each_ended_once() const { return accepted_ == ended_; }

private:
    bool try_once()
    {
        static unsigned char memory = 0;
        ASYNC_SOCKET_BUFFER piece{&memory, 1};
        const auto on_complete = [](void* context, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t) {
            ++static_cast<probe*>(context)->ended_;
        };
        const bool accepted = async_socket_receive_async(socket_, &piece, 1, on_complete, this) == 0;
        accepted_ += accepted ? 1 : 0;
        return accepted;
    }

    ASYNC_SOCKET_HANDLE socket_;
    std::atomic<int> accepted_{0};
    std::atomic<int> ended_{0};
};

} // namespace contract
