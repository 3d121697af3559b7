#include "win32/engine/turn.hpp"

#include <array>

#include "win32/socket/channel.hpp"
#include "win32/thread/srw_lock.hpp"
#include "win32/thread/tls_index.hpp"

namespace async_socket::win32 {

namespace {

// After so many callbacks in a row the thread goes back to the pool, for the sake of other connections.
constexpr std::uint32_t most_in_a_row = 32;

// The same in bytes: large sends that succeed at once, again and again, are not to fill a whole turn.
constexpr std::uint64_t most_sent_in_a_turn = 1 << 20;

// Threads spread over several lists, each with a lock of its own. Static: a callback may end the engine,
// and its pool, that the turn began on.
struct shelf {
    srw_lock lock;
    request_list kept;
    std::array<unsigned char, 64 - sizeof(srw_lock) - sizeof(request_list)> apart{}; // a cache line for each
};
alignas(64) std::array<shelf, 8> shelves;

shelf& shelf_of_this_thread() noexcept
{
    return shelves[GetCurrentThreadId() / 4 % shelves.size()]; // the system's numbers are multiples of four
}

tls_index current_turn;

turn* current() noexcept
{
    return static_cast<turn*>(current_turn.get());
}

} // namespace

bool turn_prepare() noexcept
{
    return current_turn.prepare();
}

turn::turn(PTP_POOL pool) noexcept : pool_(pool)
{
    (void)current_turn.set(this); // without it nothing is kept, and the pool delivers
}

turn::~turn()
{
    for (std::uint32_t i = 0; kept_ != 0; ++i) {
        if (i == most_in_a_row) {
            hand_over_all();
            break;
        }
        request* const ended = next();
        if (ended == nullptr) {
            break;
        }
        ended->belongs_to->call_back(*ended);
    }
    (void)current_turn.set(nullptr);
}

const turn* turn::of_this_thread() noexcept
{
    return current();
}

bool turn::keep(PTP_POOL pool, request& ended) noexcept
{
    turn* const here = current();
    if (here == nullptr || here->pool_ != pool) {
        return false;
    }
    here->sent_ += ended.way() == core::direction::send ? ended.total : 0;
    if (here->sent_ > most_sent_in_a_turn) {
        return false;
    }
    ++here->kept_;
    ended.kept_by = here;
    shelf& mine = shelf_of_this_thread();
    const srw_lock::scope scope(mine.lock);
    mine.kept.push_back(ended);
    return true;
}

request* turn::next() noexcept
{
    shelf& mine = shelf_of_this_thread();
    const srw_lock::scope scope(mine.lock);
    request* const first = mine.kept.pop_first([this](const request& each) { return each.kept_by == this; });
    kept_ = first != nullptr ? kept_ - 1 : 0;
    return first;
}

void turn::take_back(const backend::channel& owner, request_list& taken) noexcept
{
    for (shelf& each : shelves) {
        const srw_lock::scope scope(each.lock);
        while (request* const found =
                   each.kept.pop_first([&owner](const request& one) { return one.belongs_to == &owner; })) {
            taken.push_back(*found);
        }
    }
}

request* turn::take_back_one(const backend::channel& owner, core::direction way) noexcept
{
    request* found = nullptr;
    for (std::size_t i = 0; i != shelves.size() && found == nullptr; ++i) {
        const srw_lock::scope scope(shelves[i].lock);
        found = shelves[i].kept.pop_first(
            [&owner, way](const request& one) { return one.belongs_to == &owner && one.way() == way; });
    }
    return found;
}

void turn::hand_over_all() noexcept
{
    turn* const here = current();
    while (here != nullptr && here->kept_ != 0) {
        if (request* const ended = here->next()) {
            ended->belongs_to->hand_over(*ended);
        }
    }
}

} // namespace async_socket::win32
