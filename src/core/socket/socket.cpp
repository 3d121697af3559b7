#include "core/socket/socket.hpp"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "core/common/user_call.h"
#include "core/life/callback_frame.hpp"
#include "core/life/close_wait.hpp"
#include "core/listener/doors.hpp"

namespace async_socket::core {

namespace {

// A close or destroy waits on this thread until the end of the scope.
class wait_scope {
public:
    wait_scope(const socket& target, backend::pool& pool) noexcept
        : circle_(target), blocked_(callback_frame::innermost() != nullptr ? &pool : nullptr)
    {
        if (blocked_ != nullptr) {
            backend::begin_blocking(*blocked_);
        }
    }
    ~wait_scope()
    {
        if (blocked_ != nullptr) {
            backend::end_blocking(*blocked_);
        }
    }
    wait_scope(const wait_scope&) = delete;
    wait_scope& operator=(const wait_scope&) = delete;

private:
    const close_wait circle_;
    backend::pool* const blocked_; // null outside of callbacks
};

// By its caller, and before the close, if there is one.
bool is_asked_for(const operation& ended, const outcome& how) noexcept
{
    return how.how == ending::cancelled || operation_alarm::has_ended(ended, how);
}

// The opener may be waiting for an exception, which must not come through here: the visit would never end.
void call_opened(ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete, void* context) noexcept
{
    struct opened {
        ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete;
        void* context;
    } told{on_complete, context};
    async_socket_user_call(
        [](void* about) {
            const opened& one = *static_cast<opened*>(about);
            one.on_complete(one.context, ASYNC_SOCKET_OPEN_OK); // 01_017
        },
        &told);
}

// Byte by byte: whoever asked for it may have another word for what the pointer means (as_stream).
void tell(const operation& operation, socket& made) noexcept
{
    void* const pointer = &made;
    std::memcpy(static_cast<void*>(operation.connection.told_in), &pointer, sizeof pointer);
}

} // namespace

socket* socket::create(execution_engine& engine, const backend::connection& adopted, std::uint64_t block_size,
                       io_hooks* hooks) noexcept
{
    return core::create<socket>(engine, adopted, block_size, hooks);
}

socket::socket(execution_engine& engine, const backend::connection& adopted, std::uint64_t block_size,
               io_hooks* hooks) noexcept
    : memory_(block_size), engine_(&engine), hooks_(hooks), adopted_(adopted)
{
    engine.add_reference(); // 42_004
}

socket::~socket()
{
    backend::connection_close(adopted_); // 42_007: never opened, so nobody else closed it
    engine_->release();                  // 42_005
    std::free(hooks_);
    doors::close(doors_);
    if (idle_time* const idle = idle_.load(std::memory_order_relaxed)) {
        destroy(idle);
    }
}

void socket::close_and_free() noexcept
{
    if (backend::process_is_ending()) {
        return;
    }
    // Another thread's close may be waiting for the callback that we are in.
    callback_frame::detach_all(*this);
    do {
        close();         // 01_006
    } while (!retire()); // 01_093
    destroy(this);       // 01_005
}

bool socket::release_and_free(SOCKET_HANDLE& held) noexcept
{
    {
        const lifecycle::visit visit(life_); // for which whoever is faster waits
        if (!visit.is_inside() || (!backend::process_is_ending() && !life_.begin_close())) {
            return false;
        }
        held = system_socket();
    }
    if (backend::process_is_ending()) {
        return true;
    }
    finish_close(true);
    (void)retire(); // nobody opens it again
    destroy(this);
    return true;
}

bool socket::retire() noexcept
{
    const wait_scope waiting(*this, engine_->pool());
    return life_.retire();
}

refusal socket::open(const backend::connection* given, ON_ASYNC_SOCKET_OPEN_COMPLETE on_complete,
                     void* context) noexcept
{
    if (!life_.begin_open()) { // 01_015, 01_023
        LOG_ERROR("async_socket_open_async: not closed");
        return {ending::invalid};
    }
    const refusal refused = bind(given);
    if (!refused.is_none()) {
        life_.abandon_open(); // the last touch: a destroyer may be waiting for it
        return refused;
    }
    lifecycle::visit visit = life_.end_open(); // 01_094
    if (on_complete == nullptr) {
        return {};
    }
    // A close or destroy inside the callback ends our visit, and so does not wait for us.
    const callback_frame frame(
        *this, [](void* opener) { static_cast<lifecycle::visit*>(opener)->end(); }, &visit);
    call_opened(on_complete, context);
    return {};
}

refusal socket::bind(const backend::connection* given) noexcept
{
    const backend::connection& connection = given != nullptr ? *given : adopted_;
    if (!backend::is_connection(connection) && doors_ == nullptr) { // 42_008
        LOG_ERROR("async_socket_open_async: the connection has been closed already");
        return {ending::closed_here};
    }
    refusal why;
    channel_ = backend::channel_open(engine_->pool(), connection, *this, why);
    if (channel_ == nullptr) {
        return why;
    }
    if (given == nullptr) {
        adopted_ = backend::no_connection(); // from now on the channel closes it
    }
    return {};
}

bool socket::set_mode(completion_mode mode) noexcept
{
    if (!life_.is_closed()) {
        return false;
    }
    mode_.store(mode, std::memory_order_relaxed);
    return true;
}

void socket::close() noexcept
{
    if (!backend::process_is_ending() && life_.begin_close()) { // 01_019, 01_022
        finish_close(false);
    }
}

void socket::finish_close(bool keeps_connection) noexcept
{
    callback_frame::detach_all(*this);
    if (life_.is_inherited()) {
        backend::channel_abandon(std::exchange(channel_, nullptr));
    } else {
        end_channel(keeps_connection);
    }
    life_.end_close(); // the last touch: a destroyer may be waiting for it
}

void socket::end_channel(bool keeps_connection) noexcept
{
    const wait_scope waiting(*this, engine_->pool());
    life_.wait_for_calls(); // 01_020
    if (idle_time* const idle = idle_.load(std::memory_order_acquire)) {
        idle->close();
    }
    backend::channel* const channel = std::exchange(channel_, nullptr);
    backend::channel_close(channel, keeps_connection); // 01_021, 01_040, 01_042, 01_059, 42_006
    if (is_counted_in_) {
        engine_->tally().remove(traffic_);
    }
    (void)memory_.clear(); // many connections at once are not to be paid for as long as their sockets last
}

// Two that set it first at once make one each, and one of the two goes unused.
refusal socket::set_idle_time(std::uint64_t length_ns) noexcept
{
    idle_time* idle = idle_.load(std::memory_order_acquire);
    if (idle == nullptr && length_ns != 0) {
        const bool has_clock = backend::pool_prepare_alarms(engine_->pool());
        idle_time* const made = has_clock ? core::create<idle_time>(*channel_) : nullptr;
        if (made == nullptr) {
            return {ending::no_room};
        }
        if (idle_.compare_exchange_strong(idle, made, std::memory_order_acq_rel)) {
            idle = made;
        } else {
            destroy(made);
        }
        backend::channel_note_times(*channel_); // before either of them counts
    }
    if (idle != nullptr) {
        idle->set(length_ns);
    }
    return {};
}

std::uint64_t socket::idle_length_ns() noexcept
{
    idle_time* const idle = idle_.load(std::memory_order_acquire);
    return idle != nullptr ? idle->length_ns() : 0;
}

void socket::count_in(tally::origin from) noexcept
{
    engine_->tally().add(traffic_, from);
    is_counted_in_ = true;
}

void socket::finish(operation& operation, const outcome& ended) noexcept
{
    const bool was_asked_for = mode() == completion_mode::in_order && is_asked_for(operation, ended);
    outcome told_of = ended;
    // Whatever the system says: it was our own close. It may say what it says of a reset, too.
    if (ended.how != ending::done && ended.how != ending::end_of_stream && !was_asked_for && !life_.is_open()) {
        told_of.how = ending::closed_here;
    }
    if (told_of.how != ending::done && !is_end_of_connection(told_of.how) && !was_asked_for &&
        operation.kind != operation_kind::connect) {
        LOG_WARNING_CODE(told_of.code, "a %s ended", name_of(operation.kind));
    }
    if (told_of.how == ending::done) {
        told_of.code = 0; // that of a call that was cut, perhaps, and all of it went through
    }
    settle(operation);
    if (was_asked_for && told_of.how == ending::timed_out) {
        traffic_.count_deadline();
        engine_->tally().count(tally::event::deadline_has_ended);
    }
    if (makes_connection(operation.kind)) {
        told_of = operation.kind == operation_kind::accept ? finish_accept(operation, told_of)
                                                           : finish_connect(operation, told_of);
    }
    operation.on_end(operation.memory(), told(told_of));
}

outcome socket::finish_accept(operation& operation, const outcome& ended) noexcept
{
    socket& guest = *operation.connection.guest;
    const bool has_come = ended.how == ending::done;
    const refusal refused = has_come ? guest.open(nullptr, nullptr, nullptr) : refusal{ended.how, ended.code};
    if (refused.is_none()) {
        guest.count_in(tally::origin::accepted);
        tell(operation, guest);
        return {ending::done, 0, 0};
    }
    if (has_come) {
        engine_->tally().count(tally::event::connection_lost);
    }
    destroy(&guest);
    return {refused.how, 0, refused.code};
}

// Nobody but its operation knows the socket before that has ended.
outcome socket::finish_connect(operation& operation, const outcome& ended) noexcept
{
    if (ended.how == ending::done) {
        traffic_.forget(direction::send); // a connection, where others have bytes
        count_in(tally::origin::connected);
        tell(operation, *this);
    } else {
        engine_->tally().count(tally::event::connect_failed);
        close_and_free();
    }
    return {ended.how, 0, ended.code};
}

} // namespace async_socket::core
