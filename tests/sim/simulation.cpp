#include "simulation.hpp"

#include "api.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"

extern "C" void sim_free(void* memory) noexcept; // library_shims.hpp

namespace sim {

namespace {

const char nothing = 0; // a key that nobody wakes
constexpr int most_sleeps = 2000;

// True: the program has ended in the middle, by the library or by itself.
bool run_and_check(const schedule& how, const behaviour& world, const fault_plan& faults,
                   const std::function<void()>& body)
{
    trace_begin(how.seed);
    machine_begin(how.seed, world, faults);
    run(
        how,
        [&body] {
            body();
            wait_until("the threads of closed pools and resolvers end", [] {
                const machine& here = the_machine();
                return here.program_ended || (here.pool_threads == 0 && here.own_threads == 0);
            });
        },
        network_step);
    if (the_machine().program_ended) {
        return true;
    }
    machine_end();
    return false;
}

// What the library sets up once in a process must not be part of any run, or a seed would replay
// differently alone than behind another.
void warm_up()
{
    static bool warm = false;
    if (warm) {
        return;
    }
    warm = true;
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    (void)run_and_check({}, {}, {}, [] {
        execution_engine_dec_ref(execution_engine_create(nullptr));
        socket_transport_destroy(socket_transport_create_client());
    });
}

} // namespace

void simulate(const schedule& how, const behaviour& world, const fault_plan& faults, const std::function<void()>& body)
{
    warm_up();
    if (run_and_check(how, world, faults, body)) {
        breach("the library has ended the program");
    }
}

bool simulate_first_use(const schedule& how, const behaviour& world, const std::function<void()>& body)
{
    return run_and_check(how, world, {}, body);
}

void spawn_application_thread(std::function<void()> body)
{
    spawn(
        "application",
        [body = std::move(body)] {
            body();
            const system_call ending("(application thread ends)");
            end_operations_of_thread(self().id);
        },
        true);
}

void free_library_memory(void* memory) noexcept
{
    sim_free(memory);
}

void sleep_ms(std::uint64_t time) noexcept
{
    const model_lock lock;
    (void)wait(&nothing, now_ms() + time);
}

void wait_until(const char* what, const std::function<bool()>& holds) noexcept
{
    for (int i = 0; i < most_sleeps * patience; ++i) {
        {
            const model_lock lock;
            if (holds()) {
                return;
            }
        }
        sleep_ms(10);
    }
    breach("in vain: waited until %s", what);
}

} // namespace sim
