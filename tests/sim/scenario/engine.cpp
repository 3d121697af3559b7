// The execution engine.
#include "async_end.hpp"
#include "async_socket/engine_end.h"
#include "c_pal/execution_engine_win32.h"
#include "core/common/process_mark.hpp"
#include "core/life/close_wait.hpp"
#include "model/pool.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

void a_maximum_below_the_minimum_is_refused()
{
    const EXECUTION_ENGINE_PARAMETERS crossed{3, 2};
    require(execution_engine_create(&crossed) == nullptr, "refused");
    require(the_machine().pools.empty(), "before the system was asked for a pool");
    for (const EXECUTION_ENGINE_PARAMETERS good : {EXECUTION_ENGINE_PARAMETERS{2, 2}, {2, 3}, {2, 0}, {0, 0}}) {
        const engine pool(good.min_thread_count, good.max_thread_count);
        const TP_POOL& made = *the_machine().pools.back();
        require(made.minimum == good.min_thread_count && made.maximum == good.max_thread_count, "as asked for");
    }
}

void null_parameters_mean_the_defaults()
{
    const EXECUTION_ENGINE_HANDLE made = execution_engine_create(nullptr);
    require(the_machine().pools.back()->minimum == DEFAULT_MIN_THREAD_COUNT, "the default minimum");
    require(the_machine().pools.back()->maximum == DEFAULT_MAX_THREAD_COUNT, "no maximum");
    execution_engine_dec_ref(made);
}

// 42_004, 42_005
void the_pool_lives_as_long_as_its_last_reference()
{
    execution_engine_inc_ref(nullptr);
    execution_engine_dec_ref(nullptr);
    const EXECUTION_ENGINE_HANDLE made = execution_engine_create(nullptr);
    const TP_POOL& pool = *the_machine().pools.back();
    execution_engine_inc_ref(made);
    const ASYNC_SOCKET_HANDLE socket = async_socket_create(made);
    execution_engine_dec_ref(made);
    execution_engine_dec_ref(made);
    require(!pool.closed, "42_004: the async socket has a reference");
    async_socket_destroy(socket);
    require(pool.closed, "42_005: that was the last one");
}

void the_pool_can_be_had()
{
    require(execution_engine_win32_get_threadpool(nullptr) == nullptr, "none of NULL");
    const engine made;
    require(execution_engine_win32_get_threadpool(made.handle()) == the_machine().pools.back().get(), "its pool");
}

void the_last_reference_can_wait()
{
    require(execution_engine_dec_ref_and_wait(nullptr) == EXECUTION_ENGINE_END_REFUSED, "no engine");
    const EXECUTION_ENGINE_HANDLE made = execution_engine_create(nullptr);
    const TP_POOL& pool = *the_machine().pools.back();
    execution_engine_inc_ref(made);
    require(execution_engine_dec_ref_and_wait(made) == EXECUTION_ENGINE_END_NOT_LAST, "there is another one");
    require(!pool.closed, "so it goes on");
    require(execution_engine_dec_ref_and_wait(made) == EXECUTION_ENGINE_END_WAITED, "that was the last one");
    require(pool.closed, "and the pool's end");
}

// A socket that is destroyed in its callback is gone, and the callback is not.
void the_last_reference_waits_for_callbacks_of_sockets_that_are_gone()
{
    const EXECUTION_ENGINE_HANDLE made = execution_engine_create(nullptr);
    bool is_destroyed = false;
    bool has_returned = false;
    {
        async_end here(made, generation::current);
        here.opened();
        here.in_callback = [&] {
            require(execution_engine_dec_ref_and_wait(made) == EXECUTION_ENGINE_END_REFUSED, "it is in a callback");
            here.destroy();
            is_destroyed = true;
            sleep_ms(20);
            has_returned = true;
        };
        require(here.receive(4) == 0, "receive starts");
        peer_write(*here.peer, 4);
        wait_until("it is destroyed", [&] { return is_destroyed; });
        require(execution_engine_dec_ref_and_wait(made) == EXECUTION_ENGINE_END_WAITED, "the last one");
        require(has_returned, "no callback is running");
    }
}

// There are no forks on Windows; the core's part of them is the same everywhere.
void what_another_process_has_made_is_given_back()
{
    async_end here;
    here.opened();
    const EXECUTION_ENGINE_HANDLE unused = execution_engine_create(nullptr);
    async_socket::core::process_mark::begin_child();
    async_socket::core::close_wait::forget_all();
    require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_NOT_OPEN && here.receive(8) != 0, "refused");
    here.close();
    require(!here.open(), "there are no threads for it");
    here.destroy();
    require(the_machine().pools.front()->closed, "its engine too");
    require(execution_engine_dec_ref_and_wait(unused) == EXECUTION_ENGINE_END_WAITED, "there is nobody to wait for");
}

} // namespace

const std::vector<scenario> engine_scenarios = {
    {"a_maximum_below_the_minimum_is_refused", a_maximum_below_the_minimum_is_refused},
    {"null_parameters_mean_the_defaults", null_parameters_mean_the_defaults},
    {"the_pool_lives_as_long_as_its_last_reference", the_pool_lives_as_long_as_its_last_reference},
    {"the_pool_can_be_had", the_pool_can_be_had},
    {"the_last_reference_can_wait", the_last_reference_can_wait},
    {"the_last_reference_waits_for_callbacks_of_sockets_that_are_gone",
     the_last_reference_waits_for_callbacks_of_sockets_that_are_gone},
    {"what_another_process_has_made_is_given_back", what_another_process_has_made_is_given_back},
};

} // namespace sim
