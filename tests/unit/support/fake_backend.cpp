#include "support/fake_backend.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#include <gtest/gtest.h>

#include "core/engine/posted.hpp"
#include "core/life/callback_frame.hpp"
#include "core/platform/system_socket.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::backend {

class pool {};

class channel {
public:
    channel(const struct connection& connection, core::socket& owner) : connection_(connection), owner_(&owner) {}

    const struct connection connection_;
    core::socket* owner_;
    std::shared_ptr<test::channel_state> state_ = std::make_shared<test::channel_state>();
};

} // namespace async_socket::backend

namespace async_socket::test {

namespace {

std::atomic<fake_backend*> the_backend{nullptr};

// One callback that runs: it counts until it returns or is detached.
class running_callback {
public:
    explicit running_callback(std::shared_ptr<channel_state> state) : state_(std::move(state)) {}
    ~running_callback() { leave(); }
    running_callback(const running_callback&) = delete;
    running_callback& operator=(const running_callback&) = delete;

    void leave()
    {
        if (state_ != nullptr) {
            std::exchange(state_, nullptr)->end_one();
        }
    }

private:
    std::shared_ptr<channel_state> state_;
};

int number_of(const backend::connection& connection)
{
    return connection.transport != nullptr ? static_cast<int>(reinterpret_cast<std::intptr_t>(connection.transport))
                                           : static_cast<int>((std::intptr_t)connection.socket);
}

} // namespace

fake_operation::fake_operation(const core::operation& asked, backend::channel& its_channel)
    : core::operation(asked), channel(its_channel), owner(*its_channel.owner_), state(its_channel.state_)
{
    ++fake_backend::current().operations;
    state->begin_one();
}

void channel_state::begin_one()
{
    const std::lock_guard lock(mutex);
    ++unended;
}

void channel_state::end_one()
{
    const std::lock_guard lock(mutex);
    --unended;
    changed.notify_all();
}

void channel_state::wait_for_all()
{
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return unended == 0; });
}

fake_backend::fake_backend()
{
    if (the_backend.exchange(this) != nullptr) {
        std::abort(); // one at a time
    }
    for (int i = 0; i < 4; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

fake_backend::~fake_backend()
{
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        work_came_.notify_all();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
    EXPECT_EQ(pools, 0);
    EXPECT_EQ(channels, 0);
    EXPECT_EQ(operations, 0);
    EXPECT_TRUE(started_.empty());
    the_backend = nullptr;
}

fake_backend& fake_backend::current()
{
    return *the_backend;
}

int fake_backend::closes_of(int connection)
{
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(closed_.begin(), closed_.end(), connection));
}

void fake_backend::note_close(const backend::connection& connection)
{
    const std::lock_guard lock(mutex_);
    closed_.push_back(number_of(connection));
}

void fake_backend::started(fake_operation& operation)
{
    const std::lock_guard lock(mutex_);
    started_.push_back(&operation);
}

fake_operation* fake_backend::take_started()
{
    const std::lock_guard lock(mutex_);
    if (started_.empty()) {
        return nullptr;
    }
    fake_operation* const oldest = started_.front();
    started_.pop_front();
    return oldest;
}

std::vector<fake_operation*> fake_backend::take_started_of(const backend::channel& channel)
{
    const std::lock_guard lock(mutex_);
    std::vector<fake_operation*> taken;
    std::erase_if(started_, [&](fake_operation* operation) {
        if (&operation->channel != &channel) {
            return false;
        }
        taken.push_back(operation);
        return true;
    });
    return taken;
}

void fake_backend::end_idle(const backend::channel& channel, core::idle_time& asked)
{
    const std::lock_guard lock(mutex_);
    const auto is_pending = [&](core::direction way) {
        return std::any_of(started_.begin(), started_.end(), [&](const fake_operation* each) {
            return &each->channel == &channel && each->way() == way;
        });
    };
    if (asked.is_over(is_pending(core::direction::send), is_pending(core::direction::receive))) {
        for (const fake_operation* const each : started_) {
            if (&each->channel == &channel) {
                cancelled.push_back({each, core::ending::timed_out});
            }
        }
    }
}

void fake_backend::deliver(fake_operation& operation, core::outcome outcome)
{
    core::socket& owner = operation.owner;
    running_callback running(std::move(operation.state));
    --current().operations;
    const core::callback_frame frame(
        owner, [](void* callback) { static_cast<running_callback*>(callback)->leave(); }, &running);
    owner.finish(operation, outcome);
}

void fake_backend::deliver_on_a_pool_thread(fake_operation& operation, core::outcome outcome)
{
    run_on_a_pool_thread([&operation, outcome] { deliver(operation, outcome); });
}

void fake_backend::run_on_a_pool_thread(std::function<void()> work)
{
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    work_came_.notify_one();
}

void fake_backend::work()
{
    for (;;) {
        std::function<void()> next;
        {
            std::unique_lock lock(mutex_);
            work_came_.wait(lock, [this] { return ending_ || !work_.empty(); });
            if (work_.empty()) {
                return;
            }
            next = std::move(work_.front());
            work_.pop_front();
        }
        next();
    }
}

SOCKET_HANDLE socket_number(int number)
{
    return (SOCKET_HANDLE)(std::intptr_t)number;
}

backend::connection connection_number(int number)
{
    return {nullptr, socket_number(number)};
}

core::execution_engine* create_engine()
{
    core::refusal why;
    return core::execution_engine::create(nullptr, why);
}

engine_reference::engine_reference() : engine_(create_engine())
{
    if (engine_ == nullptr) {
        std::abort();
    }
}

void engine_reference::release()
{
    if (engine_ != nullptr) {
        std::exchange(engine_, nullptr)->release();
    }
}

} // namespace async_socket::test

namespace async_socket::backend {

using test::fake_backend;
using test::fake_operation;

std::uint32_t default_minimum() noexcept
{
    return DEFAULT_MIN_THREAD_COUNT;
}

const char* pool_name() noexcept
{
    return "fake";
}

pool* pool_create(std::uint32_t minimum, std::uint32_t maximum, core::refusal& why) noexcept
{
    why = {core::ending::no_room};
    fake_backend& fake = fake_backend::current();
    fake.pool_minimum = minimum;
    fake.pool_maximum = maximum;
    if (fake.refuse_pool) {
        return nullptr;
    }
    ++fake.pools;
    return std::make_unique<pool>().release();
}

void pool_destroy(pool* pool) noexcept
{
    --fake_backend::current().pools;
    delete pool;
}

void pool_abandon(pool* pool) noexcept
{
    ++fake_backend::current().abandoned;
    pool_destroy(pool);
}

void pool_destroy_and_wait(pool* pool) noexcept
{
    ++fake_backend::current().pools_waited_for;
    pool_destroy(pool);
}

bool process_is_ending() noexcept
{
    return fake_backend::current().process_is_ending;
}

bool pool_prepare_posts(pool& /*pool*/) noexcept
{
    return !fake_backend::current().refuse_posts;
}

void pool_post(pool& /*pool*/, core::posted& called) noexcept
{
    fake_backend::current().run_on_a_pool_thread([&called] { called.run(); });
}

bool pool_prepare_alarms(pool& /*pool*/) noexcept
{
    return !fake_backend::current().refuse_alarms;
}

void pool_arm(pool& /*pool*/, core::operation& timed) noexcept
{
    (void)fake_backend::current().clock.arm(timed);
}

void begin_blocking(pool& /*pool*/) noexcept
{
    ++fake_backend::current().blocked_threads;
}

void end_blocking(pool& /*pool*/) noexcept
{
    --fake_backend::current().blocked_threads;
}

connection no_connection() noexcept
{
    return {nullptr, (SOCKET_HANDLE)(std::intptr_t)-1};
}

bool is_connection(const connection& connection) noexcept
{
    return connection.transport != nullptr || (std::intptr_t)connection.socket > 0;
}

void connection_close(const connection& connection) noexcept
{
    if (is_connection(connection)) {
        fake_backend::current().note_close(connection);
    }
}

void close_socket(SOCKET_HANDLE socket) noexcept
{
    fake_backend::current().note_close({nullptr, socket});
}

std::size_t operation_size() noexcept
{
    return static_cast<std::size_t>(fake_backend::current().operation_size);
}

channel* channel_open(pool& /*pool*/, const connection& connection, core::socket& owner, core::refusal& why) noexcept
{
    why = {core::ending::failed};
    fake_backend& fake = fake_backend::current();
    if (fake.inside_channel_open) {
        fake.inside_channel_open();
    }
    if (fake.refuse_channel) {
        return nullptr;
    }
    ++fake.channels;
    return std::make_unique<channel>(connection, owner).release();
}

core::refusal channel_start(channel& channel, const core::operation& asked, void* memory) noexcept
{
    fake_backend& fake = fake_backend::current();
    if (fake.inside_channel_start) {
        fake.inside_channel_start();
    }
    const core::refusal answer = fake.start_answer.load(std::memory_order_relaxed);
    if (answer.is_none()) {
        // Reads the channel without any lock: only the core keeps it alive for us.
        fake.started(*new (memory) fake_operation(asked, channel));
    }
    return answer;
}

core::refusal set_option(SOCKET_HANDLE /*socket*/, as_option /*option*/, std::uint64_t /*value*/) noexcept
{
    return {};
}

core::refusal unconfirmed(SOCKET_HANDLE /*socket*/, std::uint64_t& bytes) noexcept
{
    bytes = 0;
    return {};
}

std::uint32_t code_of_stop(core::ending why) noexcept
{
    return 100 + static_cast<std::uint32_t>(why);
}

void operation_cancel(core::operation& operation, core::ending why) noexcept
{
    fake_backend& fake = fake_backend::current();
    fake.cancelled.push_back({&operation, why});
    if (fake.inside_cancel) {
        fake.inside_cancel(operation);
    }
}

void channel_note_times(channel& /*channel*/) noexcept {}

void channel_arm(channel& /*channel*/, core::clock_alarm& armed) noexcept
{
    (void)fake_backend::current().clock.arm(armed);
}

void channel_end_idle(channel& channel, core::idle_time& asked) noexcept
{
    fake_backend& fake = fake_backend::current();
    if (fake.inside_end_idle) {
        fake.inside_end_idle();
    }
    fake.end_idle(channel, asked);
}

SOCKET_HANDLE channel_socket(const channel& channel) noexcept
{
    return channel.connection_.socket;
}

void channel_close(channel* channel, bool keeps_connection) noexcept
{
    fake_backend& fake = fake_backend::current();
    if (!keeps_connection) {
        connection_close(channel->connection_);
    }
    for (fake_operation* const operation : fake.take_started_of(*channel)) {
        fake.deliver_on_a_pool_thread(*operation, {core::ending::cancelled, 0, 995});
    }
    ++fake.channels_being_closed;
    channel->state_->wait_for_all();
    --fake.channels_being_closed;
    delete channel;
    --fake.channels;
}

void channel_abandon(channel* channel) noexcept
{
    fake_backend& fake = fake_backend::current();
    ++fake.abandoned;
    delete channel;
    --fake.channels;
}

} // namespace async_socket::backend
