// A stream read by lines, up to delimiters, or in messages with their length before them: what comes behind waits for
// the next call. The memory is the caller's, and what it has room for is the longest message.
//
//     std::array<char, 8192> room;
//     as::reader in(peer, room);
//     while (auto line = co_await in.line(as::within(30s))) { handle(*line); }
//
// One call at a time. What a call has told stays until the next one. All bytes are the reader's: nothing else receives
// from the stream meanwhile; what it has received too much is in rest().
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "async_socket/bytes.hpp"
#include "async_socket/deadline.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/result.hpp"
#include "async_socket/stream.hpp"
#include "async_socket/task.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// The bytes that were asked for. If they could not be had: `end_of_stream`, or another reason of the stream's, with
// what has come up to then; `no_room`, if they do not fit into the room, with what has come; a message of a length that
// nobody would allow is no_room, too. Nothing is lost: the next call begins at the same byte.
using text_read = result_of<std::string_view>;

class reader {
public:
    // Both stay.
    reader(stream& from, bytes room) noexcept : from_(&from), room_(static_cast<char*>(room.data())), size_(room.size())
    {
    }

    // Up to the delimiter and with it: of the result bytes() counts it, and the text does not have it. A delimiter of
    // no bytes is invalid; it stays until the call has ended.
    [[nodiscard]] task<text_read> until(std::string_view delimiter, deadline deadline = never)
    {
        if (delimiter.empty()) {
            co_return result(how::invalid);
        }
        std::size_t searched = 0;
        for (;;) {
            const std::string_view there = rest();
            const std::size_t at = there.find(delimiter, searched);
            if (at != std::string_view::npos) {
                co_return take(at + delimiter.size(), at);
            }
            // Its beginning may be there.
            searched = there.size() < delimiter.size() ? 0 : there.size() - delimiter.size() + 1;
            if (const result got = co_await more(deadline); !got) {
                co_return cut(got);
            }
        }
    }

    // A line without its end, which is "\n" or "\r\n".
    [[nodiscard]] task<text_read> line(deadline deadline = never)
    {
        text_read read = co_await until("\n", deadline);
        if (read && read->ends_with('\r')) {
            read->remove_suffix(1);
        }
        co_return read;
    }

    // So many bytes; of 0 it is done at once.
    [[nodiscard]] task<text_read> exactly(std::size_t count, deadline deadline = never)
    {
        while (rest().size() < count) {
            if (count > size_) {
                co_return cut(how::no_room);
            }
            if (const result got = co_await more(deadline); !got) {
                co_return cut(got);
            }
        }
        co_return take(count, count);
    }

    // A message behind its length, which is a number of so many bytes (1, 2, 4 or 8) in the network's order. The text
    // is the message without its length; one that is longer than `longest` is no_room.
    [[nodiscard]] task<text_read> length_prefixed(std::size_t prefix = 4, std::size_t longest = SIZE_MAX,
                                                  deadline deadline = never)
    {
        if (prefix != 1 && prefix != 2 && prefix != 4 && prefix != 8) {
            co_return result(how::invalid);
        }
        for (;;) {
            const std::string_view there = rest();
            if (there.size() >= prefix) {
                const std::uint64_t length = number_of(there.substr(0, prefix));
                if (length > longest || length > size_ - prefix) {
                    co_return cut(how::no_room);
                }
                const auto whole = prefix + static_cast<std::size_t>(length);
                if (there.size() >= whole) {
                    text_read read = take(whole, whole);
                    read->remove_prefix(prefix);
                    co_return read;
                }
            }
            if (const result got = co_await more(deadline); !got) {
                co_return cut(got);
            }
        }
    }

    // What has been received and nobody has been told of as done.
    [[nodiscard]] std::string_view rest() const noexcept { return {room_ + begin_, end_ - begin_}; }

private:
    // At least one byte more behind the rest.
    [[nodiscard]] task<result> more(deadline deadline)
    {
        if (begin_ == end_) {
            begin_ = end_ = 0;
        } else if (end_ == size_ && begin_ != 0) {
            std::memmove(room_, room_ + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (end_ == size_) {
            co_return how::no_room;
        }
        const received got = co_await from_->receive(bytes(room_ + end_, size_ - end_), deadline);
        end_ += got.bytes();
        co_return got.outcome();
    }

    [[nodiscard]] text_read take(std::size_t taken, std::size_t told) noexcept
    {
        std::string_view text(room_ + begin_, told);
        begin_ += taken;
        return {as_outcome{taken, AS_DONE, 0}, text};
    }
    [[nodiscard]] text_read cut(const result& why) const noexcept
    {
        std::string_view there = rest();
        return {as_outcome{there.size(), why.outcome().how, why.code()}, there};
    }
    [[nodiscard]] static std::uint64_t number_of(std::string_view bytes) noexcept
    {
        std::uint64_t number = 0;
        for (const char each : bytes) {
            number = number << 8U | static_cast<unsigned char>(each);
        }
        return number;
    }

    stream* from_;
    char* room_;
    std::size_t size_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace ASYNC_SOCKET_FACE
} // namespace as
