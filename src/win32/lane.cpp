#include "win32/lane.hpp"

#include "core/address_wait.hpp"
#include "core/callback_frame.hpp"
#include "core/log.hpp"
#include "core/socket.hpp"
#include "win32/pool_callback.hpp"
#include "win32/thread_identity.hpp"
#include "win32/turn.hpp"

namespace async_socket::win32 {

namespace {

// In bytes.
constexpr std::uint64_t largest_send_in_a_turn = 16384000;

// What the caller of a start is told. 42_002, 01_029, 01_084, 01_106
core::start_result result_of(core::direction way, const issue_result& issued) noexcept
{
    if (issued.queued) {
        return core::start_result::started;
    }
    const char* const what = way == core::direction::send ? "send" : "receive";
    if (issued.error == WSAECONNRESET) {
        LOG_INFO("%s refused: the peer has reset the connection", what);
        return core::start_result::not_open;
    }
    if (is_gone(issued)) {
        LOG_INFO("%s refused: the connection is closed", what);
    } else {
        LOG_WARNING("%s refused: error %lu", what, static_cast<unsigned long>(issued.error));
    }
    return core::start_result::refused;
}

} // namespace

core::start_result lane::start(request& request) noexcept
{
    issue_result issued{};
    {
        const lock scope(lock_);
        issued = accept(request);
    }
    return result_of(way_, issued);
}

issue_result lane::accept(request& request) noexcept
{
    if (torn_) {
        return {false, WSAECONNABORTED};
    }
    const std::uintptr_t me = issuer();
    const bool none_ahead = in_system_ == 0; // whatever is in line or parked goes on as soon as the system has none
    const bool all_ahead_are_mine = me != 0 && issuer_ == me && in_line_.empty() && parked_.empty();
    if ((!none_ahead || binding_.is_fast()) && !can_deliver_later()) {
        return {false, ERROR_NOT_ENOUGH_MEMORY};
    }
    if (!none_ahead && !all_ahead_are_mine) {
        in_line_.push_back(request);
        undelivered_.fetch_add(1, std::memory_order_relaxed);
        return {true, NO_ERROR};
    }
    issuer_ = me;
    const issue_result issued = issue_round(request);
    if (!issued.queued) {
        return issued;
    }
    undelivered_.fetch_add(1, std::memory_order_relaxed);
    if (request.round_is_over()) {
        if (const auto ended = conclude(request)) {
            deliver_soon(request, *ended);
        }
    }
    return issued;
}

std::uintptr_t lane::issuer() const noexcept
{
    constexpr std::uintptr_t all_threads = 1;
    return binding_.is_fast() ? all_threads : thread_identity();
}

// A request that is alone always ends in a callback of the system's. One that has others around it may
// have to end without, and then nothing must be able to fail.
bool lane::can_deliver_later() noexcept
{
    if (!work_) {
        work_.reset(CreateThreadpoolWork(on_verdict, this, &binding_.environment()));
    }
    return static_cast<bool>(work_);
}

issue_result lane::issue_round(request& request) noexcept
{
    request.set_owner(*this);
    request.begin_round(++last_number_);
    const std::uint32_t parts = request.part_count();
    for (std::uint32_t i = 0; i < parts; ++i) {
        const issue_result issued = binding_.issue(way_, request.part(i));
        if (issued.at_once) {
            request.end_part();
        }
        if (issued.queued) {
            continue;
        }
        if (i == 0) {
            return issued; // nothing is under way: it can still be refused
        }
        // Bytes are under way, so the request is accepted and its callback tells of the error. The parts
        // that were queued have not ended the round yet: their completions wait for the lock.
        request.refuse_parts_from(i, issued.error != NO_ERROR ? issued.error : WSAENOTCONN);
        break;
    }
    ++in_system_;
    return {true, NO_ERROR};
}

void lane::part_ended(io_part& part) noexcept
{
    request& request = *part.whole;
    std::optional<core::outcome> outcome;
    {
        // Waits until the issuing thread is done with the round: a callback never runs inside the call
        // that started it, and the issuing thread never finds the request gone.
        const lock scope(lock_);
        if (request.end_part()) {
            outcome = round_ended(request);
        }
        if (outcome) {
            one_delivered();
        }
    }
    if (outcome) {
        binding_.owner().finish(request, *outcome); // 01_065, 01_071
    }
}

std::optional<core::outcome> lane::round_ended(request& request) noexcept
{
    std::optional<core::outcome> ended = conclude(request);
    if (in_system_ == 0 && !(parked_.empty() && in_line_.empty())) {
        const std::optional<core::outcome> ended_by_refill = refill(request);
        if (ended_by_refill) {
            ended = ended_by_refill;
        }
    }
    return ended;
}

std::optional<core::outcome> lane::conclude(request& request) noexcept
{
    do {
        const std::uint64_t moved_before = request.transferred();
        const core::outcome outcome = request.end_round();
        --in_system_;
        if (outcome.bytes != moved_before && request.number() > last_moved_) {
            last_moved_ = request.number();
        }
        if (outcome.how == core::ending::cancelled && request.can_go_on()) {
            park(request, outcome);
            return std::nullopt;
        }
        if (!receives_more(request, outcome)) {
            return settle(request, outcome);
        }
    } while (request.round_is_over());
    return std::nullopt;
}

// A receive of more buffers than one call takes has filled its first ones, and more bytes are there.
bool lane::receives_more(request& request, const core::outcome& outcome) noexcept
{
    if (way_ != core::direction::receive || outcome.how != core::ending::success || !request.round_was_filled() ||
        !request.can_go_on()) {
        return false;
    }
    const bool others_around = in_system_ != 0 || !in_line_.empty() || !parked_.empty();
    const bool overtaken = last_moved_ > request.number(); // what waits is not what follows its own bytes
    const core::lifecycle::visit visit(binding_.owner().life());
    if (others_around || overtaken || !visit.is_inside() || !binding_.bytes_are_waiting()) {
        return false;
    }
    issuer_ = issuer();
    return issue_round(request).queued;
}

void lane::park(request& request, const core::outcome& outcome) noexcept
{
    request.set_verdict(outcome);
    parked_.insert_by_number(request);
}

std::optional<core::outcome> lane::refill(const request& current) noexcept
{
    // While this visit lasts the connection stays. A socket that is closing issues nothing any more.
    const core::lifecycle::visit visit(binding_.owner().life());
    issuer_ = issuer();
    const std::uint64_t last_moved = last_moved_;
    last_moved_ = 0;
    std::optional<core::outcome> current_ended;
    const auto end = [&](request& request, const core::outcome& outcome) {
        if (&request == &current) {
            current_ended = settle(request, outcome);
        } else {
            deliver_later(request, settle(request, outcome));
        }
    };
    while (request* const parked = parked_.pop_front()) {
        const bool overtaken = parked->number() < last_moved;
        const auto outcome = overtaken ? parked->verdict() : go_on(*parked, visit.is_inside());
        if (outcome) {
            end(*parked, *outcome);
        }
    }
    while (request* const next = in_line_.pop_front()) {
        if (const auto outcome = go_on(*next, visit.is_inside())) {
            end(*next, *outcome);
        }
    }
    return current_ended;
}

std::optional<core::outcome> lane::go_on(request& request, bool is_open) noexcept
{
    const std::uint64_t moved = request.transferred();
    if (!is_open) {
        return core::outcome{core::ending::disconnected, moved, ERROR_OPERATION_ABORTED};
    }
    if (torn_) {
        return core::outcome{core::ending::failed, moved, WSAECONNABORTED};
    }
    const issue_result issued = issue_round(request);
    if (issued.queued) {
        return request.round_is_over() ? conclude(request) : std::nullopt;
    }
    return core::outcome{is_gone(issued) ? core::ending::disconnected : core::ending::failed, moved, issued.error};
}

core::outcome lane::settle(const request& request, core::outcome outcome) noexcept
{
    const bool in_the_middle = outcome.bytes != 0 && outcome.bytes < request.total;
    if (in_the_middle && way_ == core::direction::send) {
        torn_ = true;
    }
    if (in_the_middle && way_ == core::direction::receive) {
        outcome.how = core::ending::success; // the bytes of an earlier round are not lost
    }
    return outcome;
}

// A large send is the pool's, too: a thread that fills a connection again and again would do nothing else.
void lane::deliver_soon(request& request, const core::outcome& outcome) noexcept
{
    request.set_verdict(outcome);
    const bool is_large = way_ == core::direction::send && request.total > largest_send_in_a_turn;
    if (is_large || !turn::keep(binding_.threadpool(), request)) {
        deliver_later(request, outcome);
    }
}

void lane::deliver_later(request& request, const core::outcome& outcome) noexcept
{
    request.set_verdict(outcome);
    to_deliver_.push_back(request);
    SubmitThreadpoolWork(work_.get());
}

VOID CALLBACK lane::on_verdict(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK /*work*/) noexcept
{
    lane& self = *static_cast<lane*>(context);
    pool_callback callback(instance);
    std::optional<turn> turn;
    if (self.binding_.is_fast()) {
        turn.emplace(self.binding_.threadpool(), callback);
    }
    const pool_callback::frame frame(self.binding_.owner(), callback);
    request* ended = nullptr;
    {
        const lock scope(self.lock_);
        ended = self.to_deliver_.pop_front();
        self.one_delivered();
    }
    self.binding_.owner().finish(*ended, ended->verdict());
}

// The pool does not know that this is a callback of ours, so it counts as undelivered until it has returned
// or is detached; then nothing of the lane is touched.
void lane::deliver_here(request& ended) noexcept
{
    lane* counted = this;
    const auto end = [](void* context) {
        lane*& counts = *static_cast<lane**>(context);
        if (lane* const self = counts) {
            counts = nullptr;
            const lock scope(self->lock_);
            self->one_delivered();
        }
    };
    {
        const core::callback_frame frame(binding_.owner(), end, &counted);
        binding_.owner().finish(ended, ended.verdict());
    }
    end(&counted);
}

void lane::deliver_elsewhere(request& ended) noexcept
{
    const lock scope(lock_);
    deliver_later(ended, ended.verdict());
}

void lane::hurry() noexcept
{
    request_list kept;
    turn::take_back(*this, kept);
    while (request* const ended = kept.pop_front()) {
        deliver_elsewhere(*ended);
    }
}

void lane::one_delivered() noexcept
{
    if (undelivered_.fetch_sub(1, std::memory_order_relaxed) == 1 && closer_waits_) {
        backend::wake_all(undelivered_);
    }
}

bool lane::wait_until_ended(std::uint32_t timeout_ms) noexcept
{
    {
        const lock scope(lock_);
        closer_waits_ = true;
    }
    const ULONGLONG begin = GetTickCount64();
    for (;;) {
        const std::uint32_t left = undelivered_.load(std::memory_order_relaxed);
        const ULONGLONG waited = GetTickCount64() - begin;
        if (left == 0) {
            const lock scope(lock_); // whoever counted down to it has let go of the lane
            return true;
        }
        if (waited >= timeout_ms) {
            return false;
        }
        backend::wait_while_equal(undelivered_, left, static_cast<std::uint32_t>(timeout_ms - waited));
    }
}

void lane::wait_for_callbacks() noexcept
{
    if (work_) {
        WaitForThreadpoolWorkCallbacks(work_.get(), FALSE);
    }
}

} // namespace async_socket::win32
