#include "transfer.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <vector>

namespace async_perf {

namespace {

// Messages go out, and come in, in pieces of this size at most: the memory for a stream is bounded, and the system
// tells of the pieces of a large one while it is under way.
constexpr std::uint32_t largest_piece = 256U << 10U;
constexpr std::uint32_t least_room = 64U << 10U; // small messages are received many at a time

// How long a peer may be silent.
constexpr std::chrono::seconds patience{30};

std::vector<std::byte> piece_of_message(const request& asked)
{
    return std::vector<std::byte>(std::min(asked.message_size, largest_piece), one_of_many);
}

// `counted`: where the bytes are counted as they go, or null.
as::task<as::result> send_message(as::stream& peer, std::span<const std::byte> piece, std::uint64_t size,
                                  meter* counted = nullptr)
{
    as::result sent = as::how::done;
    for (std::uint64_t left = size; sent && left != 0; left -= sent.bytes()) {
        sent = co_await peer.send(piece.first(std::min<std::uint64_t>(left, piece.size())));
        if (counted != nullptr) {
            counted->count_bytes(sent.bytes());
        }
    }
    co_return sent;
}

// Into the same memory, piece by piece; `first` is told its first byte.
as::task<as::result> receive_message(as::stream& peer, std::span<std::byte> piece, std::uint64_t size, std::byte& first)
{
    as::result got = as::how::done;
    for (std::uint64_t left = size; got && left != 0; left -= got.bytes()) {
        got = (co_await peer.receive_exactly(piece.first(std::min<std::uint64_t>(left, piece.size())))).outcome();
        first = left == size ? piece.front() : first;
    }
    co_return got;
}

std::string compare(std::uint64_t of_peer, std::uint64_t own)
{
    return of_peer == own ? std::string()
                          : "the peer received " + std::to_string(of_peer) + " of " + std::to_string(own) + " bytes";
}

// What those have in common that keep several sends of a stream under way. They run on any threads.
class sending {
public:
    sending(as::stream& to, const request& asked, meter& counts)
        : peer(to),
          counted(counts),
          piece(piece_of_message(asked)),
          size_(asked.message_size),
          end_(asked.bytes != 0 ? as::never : as::within(asked.duration)),
          left_(asked.bytes != 0 ? asked.bytes : UINT64_MAX),
          bits_per_second_(asked.bits_per_second),
          next_(as_now())
    {
    }

    // The size of the next message, and when it is its turn. 0: there is none any more.
    std::uint64_t take(as::deadline& turn)
    {
        const std::lock_guard lock(mutex_);
        turn = as::deadline(next_);
        if (!failed_ || end_.is_over() || turn.ns() > end_.ns()) {
            return 0;
        }
        const std::uint64_t size = std::min(size_, left_);
        left_ -= size;
        if (bits_per_second_ != 0) {
            constexpr double ns_per_second = 1e9;
            constexpr std::uint64_t longest_burst = 100'000'000; // what could not be sent in time is not made up for
            const double pause = static_cast<double>(size) * 8 * ns_per_second / static_cast<double>(bits_per_second_);
            const std::uint64_t now = as_now();
            next_ = std::max(next_, now - std::min(now, longest_burst)) + static_cast<std::uint64_t>(pause);
        }
        return size;
    }

    void fail(const as::result& failed)
    {
        const std::lock_guard lock(mutex_);
        failed_ = failed_ ? failed : failed_; // the first one is the reason of the others
    }

    // When the next message would come, or the time is over: a rate is that of all the time that it takes.
    [[nodiscard]] as::deadline end() const noexcept
    {
        return bits_per_second_ == 0 ? as::deadline(0) : end_ == as::never ? as::deadline(next_) : end_;
    }
    // When all have ended.
    [[nodiscard]] const as::result& how() const noexcept { return failed_; }

    as::stream& peer;
    meter& counted;
    const std::vector<std::byte> piece; // of all messages: nobody changes it

private:
    const std::uint64_t size_;
    const as::deadline end_;
    std::mutex mutex_; // for what follows
    std::uint64_t left_;
    const std::uint64_t bits_per_second_;
    std::uint64_t next_;
    as::result failed_ = as::how::done;
};

as::task<> send_one_after_the_other(as::engine& engine, sending& all)
{
    as::deadline turn;
    while (const std::uint64_t size = all.take(turn)) {
        as::result sent = as::how::done;
        if (!turn.is_over()) {
            sent = co_await as::timer(engine, turn);
        }
        if (sent) {
            sent = co_await send_message(all.peer, all.piece, size, &all.counted);
        }
        if (!sent) {
            all.fail(sent);
            co_return;
        }
        all.counted.count_operation();
    }
}

as::task<std::string> send_messages(as::engine& engine, as::stream& peer, const request& asked, role own,
                                    meter& counted)
{
    sending all(peer, asked, counted);
    as::scope under_way;
    for (std::uint32_t i = 0; i < asked.outstanding; ++i) {
        if (!under_way.spawn(send_one_after_the_other(engine, all))) {
            all.fail(as::how::no_room);
        }
    }
    co_await under_way.joined();
    if (all.how() && !all.end().is_over()) {
        all.fail(co_await as::timer(engine, all.end()));
    }
    if (!all.how()) {
        co_return failure_of(all.how(), own);
    }
    const auto own_count = encode(counted.bytes());
    std::array<std::byte, count_size> count_of_peer{};
    as::result ended = co_await peer.send(own_count);
    if (ended) {
        ended = co_await peer.shutdown_send();
    }
    if (ended) {
        ended = (co_await peer.receive_exactly(count_of_peer)).outcome();
    }
    co_return ended ? compare(decode_count(count_of_peer), counted.bytes()) : failure_of(ended, own);
}

// The last bytes that have come: the sender's count, if the stream ends here.
class tail {
public:
    void add(std::span<const std::byte> piece)
    {
        const auto fresh = piece.last(std::min(piece.size(), bytes_.size()));
        std::shift_left(bytes_.begin(), bytes_.end(), static_cast<std::ptrdiff_t>(fresh.size()));
        std::ranges::copy(fresh, bytes_.end() - static_cast<std::ptrdiff_t>(fresh.size()));
        before_ += piece.size();
    }

    // Those that have come before them.
    [[nodiscard]] std::uint64_t before() const { return std::max<std::uint64_t>(before_, count_size) - count_size; }
    [[nodiscard]] bool is_the_count_of_what_is_before() const
    {
        return before_ >= count_size && decode_count(bytes_) == before();
    }

private:
    std::array<std::byte, count_size> bytes_{};
    std::uint64_t before_ = 0; // and they themselves
};

as::task<std::string> receive_messages(as::stream& peer, const request& asked, role own, meter& counted)
{
    std::vector<std::byte> room(std::clamp(asked.message_size, least_room, largest_piece));
    tail last;
    as::received got;
    while ((got = co_await peer.receive(room))) { // as long as bytes move: what is under way may take its time
        const std::uint64_t before = last.before();
        last.add(got.data());
        counted.count(last.before() - before);
    }
    if (got != as::how::end_of_stream || !last.is_the_count_of_what_is_before()) {
        co_return failure_of(got, own);
    }
    const auto own_count = encode(counted.bytes());
    const as::result sent = co_await peer.send(own_count);
    co_return sent ? std::string() : failure_of(sent, own);
}

as::task<std::string> ask(as::stream& peer, const request& asked, role own, meter& counted)
{
    std::vector<std::byte> question = piece_of_message(asked);
    std::vector<std::byte> room(question.size());
    std::byte first{};
    as::result ended = as::how::done;
    const as::deadline end = asked.bytes != 0 ? as::never : as::within(asked.duration);
    while (ended && (asked.bytes != 0 ? counted.bytes() < asked.bytes : counted.operations() == 0 || !end.is_over())) {
        const auto asked_at = meter::clock::now();
        ended = co_await send_message(peer, question, asked.message_size);
        if (ended) {
            ended = co_await receive_message(peer, room, asked.message_size, first);
        }
        if (ended) {
            counted.latencies.record(meter::clock::now() - asked_at);
            counted.count(asked.message_size);
        }
    }
    if (!ended) {
        co_return failure_of(ended, own);
    }
    question.front() = last_message;
    std::array<std::byte, count_size> count_of_peer{};
    ended = co_await send_message(peer, question, asked.message_size);
    if (ended) {
        ended = (co_await peer.receive_exactly(count_of_peer)).outcome();
    }
    co_return ended ? compare(decode_count(count_of_peer), counted.bytes()) : failure_of(ended, own);
}

as::task<std::string> answer_all(as::stream& peer, const request& asked, role own, meter& counted)
{
    const std::vector<std::byte> answer = piece_of_message(asked);
    std::vector<std::byte> room(answer.size());
    std::byte first{};
    for (;;) {
        as::result ended = co_await receive_message(peer, room, asked.message_size, first);
        if (ended && first == last_message) {
            const auto own_count = encode(counted.bytes());
            ended = co_await peer.send(own_count);
            co_return ended ? std::string() : failure_of(ended, own);
        }
        if (ended) {
            counted.count(asked.message_size);
            ended = co_await send_message(peer, answer, asked.message_size);
        }
        if (!ended) {
            co_return failure_of(ended, own);
        }
    }
}

as::task<std::string> transfer_of(as::engine& engine, as::stream& peer, const request& asked, role own, meter& counted)
{
    if (asked.test == kind::ping_pong) {
        return own == role::client ? ask(peer, asked, own, counted) : answer_all(peer, asked, own, counted);
    }
    const bool sends = (asked.flow == direction::client_sends) == (own == role::client);
    return sends ? send_messages(engine, peer, asked, own, counted) : receive_messages(peer, asked, own, counted);
}

} // namespace

as::task<std::string> transfer(as::engine& engine, as::stream& peer, const request& asked, role own, meter& counted)
{
    (void)peer.set_idle_time(patience);
    const meter::running time(counted);
    co_return co_await transfer_of(engine, peer, asked, own, counted);
}

std::string failure_of(const as::result& failed, role own)
{
    switch (failed.how()) {
    case as::how::cancelled:
    case as::how::closed_here:
        return own == role::client ? "interrupted" : "the server was interrupted";
    case as::how::timed_out:
        return own == role::client ? "the server does not answer" : "the client does not answer";
    case as::how::no_room:
        return "there is no memory for it";
    case as::how::end_of_stream:
        return "the peer ended the connection early";
    default:
        return std::string("the peer ended the connection early: ") + failed.message().c_str();
    }
}

} // namespace async_perf
