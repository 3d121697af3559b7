#include "linux/socket/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>

#include "core/common/log.hpp"
#include "core/listener/doors.hpp"
#include "core/socket/socket.hpp"
#include "linux/engine/loop.hpp"
#include "linux/engine/pool.hpp"
#include "linux/socket/bound_sockets.hpp"
#include "linux/socket/connection.hpp"
#include "linux/system/error.hpp"
#include "linux/system/unique_fd.hpp"

namespace async_socket::backend {

namespace {

// A hook calls the socket's own functions, as they are; they must not block. 0, or errno.
int make_non_blocking(int fd) noexcept
{
    const int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? errno : 0;
}

// What was given is no socket, or none that is open.
core::refusal refusal_of_open(int code) noexcept
{
    return code == EBADF || code == ENOTSOCK ? core::refusal{core::ending::invalid, static_cast<std::uint32_t>(code)}
                                             : linux_os::refusal_of(code);
}

} // namespace

channel::channel(linux_os::loop& home, std::uint32_t index) noexcept
    : home_(home),
      index_(index),
      sends_(*this, core::direction::send),
      receives_(*this, core::direction::receive),
      receive_alarm_(receives_)
{
}

std::uint64_t channel::key() const noexcept
{
    return std::uint64_t{generation_} << 32 | index_;
}

bool channel::open(const connection& connection, core::socket& owner) noexcept
{
    const core::doors* const doors = owner.listens_at();
    const int fd = doors != nullptr ? doors->at(0).socket.get() : linux_os::hold_socket(connection);
    if (fd < 0) {
        home_.slots().give_back(*this);
        errno = ENOTCONN;
        return false;
    }
    connection_ = connection;
    owner_ = &owner;
    ++generation_;
    undelivered_.begin_again();
    endpoint_.set(fd, owner);
    const bool is_foreign = doors == nullptr && !owner.has_made(connection);
    const bool has_to_be_fit = is_foreign && owner.mode() == core::completion_mode::in_order;
    const int unfitness = has_to_be_fit ? endpoint_.unfitness() : 0;
    const int refusal = unfitness == 0 ? register_socket() : unfitness;
    if (refusal != 0) {
        linux_os::let_go_of_socket(connection);
        home_.slots().give_back(*this);
        errno = refusal;
        return false;
    }
    return true;
}

int channel::register_socket() noexcept
{
    // Before the first event can come.
    sends_.open();
    receives_.open();
    core::doors* const doors = owner().listens_at();
    const int refusal = doors != nullptr ? register_doors(*doors) : register_connection();
    if (refusal != 0) {
        sends_.shut();
        receives_.shut();
    }
    return refusal;
}

int channel::register_connection() noexcept
{
    const int fd = endpoint_.fd();
    linux_os::bound_sockets bound(fd);
    if (!bound.bind(*this)) { // 01_039, 01_058
        return EEXIST;
    }
    int refusal = 0;
    if (!home_.poller().add(fd, key())) {
        refusal = errno;
    } else if (endpoint_.has_hooks()) {
        refusal = make_non_blocking(fd);
        if (refusal != 0) {
            home_.poller().remove(fd);
        }
    }
    if (refusal != 0) {
        bound.unbind(*this);
    }
    return refusal;
}

// All of them with one key: whichever has somebody, the lane of receives is told.
int channel::register_doors(core::doors& doors) noexcept
{
    doors.pause().open(
        owner().engine(), [](void* self) noexcept { static_cast<channel*>(self)->receives_.resume(); }, this);
    for (std::uint32_t i = 0; i < doors.count(); ++i) {
        if (!home_.poller().add(doors.at(i).socket.get(), key())) {
            const int refusal = errno;
            remove_doors(doors, i);
            return refusal;
        }
    }
    return 0;
}

void channel::remove_doors(const core::doors& doors, std::uint32_t count) noexcept
{
    for (std::uint32_t i = 0; i < count; ++i) {
        home_.poller().remove(doors.at(i).socket.get());
    }
}

void channel::unregister_socket() noexcept
{
    if (core::doors* const doors = owner().listens_at()) {
        remove_doors(*doors, doors->count()); // which are the owner's, and closed with it
        doors->pause().close();
        return;
    }
    linux_os::bound_sockets bound(endpoint_.fd());
    home_.poller().remove(endpoint_.fd());
    bound.unbind(*this);
}

bool channel::has_socket() noexcept
{
    return home_.poller().has(endpoint_.fd(), key());
}

core::refusal channel::start(const core::operation& asked, void* memory) noexcept
{
    linux_os::lane& lane = lane_in(asked.way());
    auto& operation = *new (memory) linux_os::operation(lane, asked);
    if (connection_.transport != nullptr && !linux_os::is_connected(connection_)) {
        lane.shut(); // it would find an end, or a broken pipe; but it was our side that ended
    }
    return core::is_readiness(asked.kind) ? lane.watch(operation) : lane.start(operation);
}

void channel::on_event(std::uint32_t generation, std::uint32_t events, linux_os::worker& poller) noexcept
{
    receives_.on_event(generation, events, poller);
    sends_.on_event(generation, events, poller);
}

void channel::post(schedule::job_list& jobs) noexcept
{
    home_.post(jobs);
}

bool channel::put_in_line(schedule::job_list& jobs) noexcept
{
    return home_.put_in_line(jobs);
}

bool channel::put_in_line(schedule::job& job) noexcept
{
    return home_.put_in_line(job);
}

bool channel::put_in_line(schedule::job& job, linux_os::worker& poller) noexcept
{
    return home_.put_in_line(job, poller);
}

bool channel::arm(core::clock_alarm& armed) noexcept
{
    return home_.arm(armed);
}

void channel::arm_and_wake(core::clock_alarm& armed) noexcept
{
    if (arm(armed)) {
        wake_loop();
    }
}

void channel::wake_loop() noexcept
{
    home_.wake();
}

void channel::release_line() noexcept
{
    home_.release_line(*linux_os::worker::current());
}

void channel::wait_for_callbacks() noexcept
{
    if (undelivered_.wait_for_none(0)) {
        return;
    }
    home_.hurry(receives_);
    home_.hurry(sends_);
    undelivered_.wait_for_none();
}

void channel::close(bool keeps_connection) noexcept
{
    receives_.shut();
    sends_.shut();
    unregister_socket(); // first: the number is somebody else's as soon as it is closed
    if (endpoint_.has_hooks()) {
        // A hook may be under way, and use the number. LINUX_10_007
        (void)shutdown(endpoint_.fd(), SHUT_RDWR);
        wait_for_callbacks();
    }
    if (!keeps_connection) {
        linux_os::close(connection_, endpoint_.is_lost());
    }
    wait_for_callbacks();
    linux_os::let_go_of_socket(connection_);
    home_.slots().give_back(*this);
}

void channel::abandon() noexcept
{
    if (connection_.transport != nullptr) {
        linux_os::let_go_of_socket(connection_);
    } else {
        const linux_os::unique_fd own(connection_.socket);
    }
}

channel* channel_open(pool& pool, const connection& connection, core::socket& owner, core::refusal& why) noexcept
{
    if (pool.is_inherited()) {
        LOG_ERROR("a socket cannot be used: the engine's threads are in another process, which was forked");
        why = {core::ending::not_available};
        return nullptr;
    }
    channel* const taken = pool.loop_for_socket().slots().take();
    if (taken == nullptr) {
        LOG_ERROR("a socket cannot be used: out of memory");
        why = {core::ending::no_room};
        return nullptr;
    }
    if (!taken->open(connection, owner)) {
        why = refusal_of_open(errno);
        LOG_ERROR_CODE(why.code, "a socket cannot be used");
        return nullptr;
    }
    return taken;
}

std::size_t operation_size() noexcept
{
    return sizeof(linux_os::operation);
}

core::refusal channel_start(channel& channel, const core::operation& asked, void* memory) noexcept
{
    return channel.start(asked, memory);
}

SOCKET_HANDLE channel_socket(const channel& channel) noexcept
{
    return channel.socket();
}

void channel_note_times(channel& channel) noexcept
{
    channel.note_times();
}

void channel_arm(channel& channel, core::clock_alarm& armed) noexcept
{
    channel.arm_and_wake(armed);
}

void channel_end_idle(channel& channel, core::idle_time& asked) noexcept
{
    channel.end_idle(asked);
}

void channel_close(channel* channel, bool keeps_connection) noexcept
{
    channel->close(keeps_connection);
}

void channel_abandon(channel* channel) noexcept
{
    channel->abandon();
}

} // namespace async_socket::backend
