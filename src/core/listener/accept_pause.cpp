#include "core/listener/accept_pause.hpp"

#include <new>

#include "core/common/log.hpp"
#include "core/platform/backend.hpp"
#include "core/platform/clock.hpp"
#include "core/time/alarm_clock.hpp"

namespace async_socket::core {

namespace {

// Each has cost a peer a connection, so as many are no reason to let the others wait.
constexpr std::uint32_t failures_without_pause = 64;

constexpr std::uint64_t ns_per_ms = 1'000'000;

} // namespace

accept_pause::waiting::waiting(execution_engine& engine, over_function over, void* target) noexcept
    : engine_operation(as_operation{nullptr, target, {}}, operation_kind::timer, engine, stop), over_(over)
{
}

void accept_pause::waiting::stop(engine_operation& self, ending /*why*/) noexcept
{
    static_cast<waiting&>(self).over_(self.context); // its time has come: nobody cancels it
}

void accept_pause::open(execution_engine& engine, over_function over, void* target) noexcept
{
    new (static_cast<void*>(&memory_)) waiting(engine, over, target);
}

void accept_pause::close() noexcept
{
    (void)alarm_clock::disarm(operation());
    operation().holds.end();
}

void accept_pause::begin(std::uint32_t time_ms) noexcept
{
    if (is_under_way_) {
        return;
    }
    is_under_way_ = true;
    operation_alarm::set(memory_, operation(), backend::now_ns() + time_ms * ns_per_ms);
    backend::pool_arm(operation().engine().pool(), operation());
}

void accept_pause::note_shortage(std::uint32_t code) noexcept
{
    if (shortage_.begin()) {
        operation().engine().tally().count(tally::event::accept_shortage);
        LOG_WARNING_CODE(code, "a listener has no room for a connection, which waits on");
    }
    begin(lengths_.next_ms());
}

void accept_pause::note_lost() noexcept
{
    operation().engine().tally().count(tally::event::connection_lost);
}

void accept_pause::note_failure() noexcept
{
    note_lost();
    if (++failures_ % failures_without_pause == 0) {
        begin(1);
    }
}

void accept_pause::note_success() noexcept
{
    shortage_.end();
    lengths_ = {};
    failures_ = 0;
}

} // namespace async_socket::core
