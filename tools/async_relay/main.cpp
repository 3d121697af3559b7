// async-relay: accepts TCP connections and passes each one on to a target.
//
// Where to read: relay.cpp is the course of the program; acceptor.cpp, connection.cpp and pipe.cpp show how the library
// is used.
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>

#include "async_socket/engine.h"
#include "async_socket/log.h"
#include "common/interrupt.hpp"
#include "options.hpp"
#include "relay.hpp"
#include "report.hpp"

namespace {

// Waits for what runs on it.
struct engine_ender {
    void operator()(as_engine* engine) const { (void)as_engine_end_and_wait(engine); }
};
using unique_engine = std::unique_ptr<as_engine, engine_ender>;

unique_engine create_engine(std::uint32_t threads)
{
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.threads = threads;
    options.callbacks = threads;
    as_engine* engine = nullptr;
    (void)as_engine_create(&options, &engine);
    return unique_engine(engine);
}

int run(const async_relay::options& chosen)
{
    unique_engine engine = create_engine(chosen.threads);
    if (!engine) {
        async_relay::print_error("the system has no threads or no sockets to give");
        return EXIT_FAILURE;
    }
    tools::interrupt::watch(); // before anybody can know that we are here
    async_relay::relay relay(chosen, engine.get());
    const int exit_code = relay.run();
    engine.reset(); // the last callbacks are about the relay
    return exit_code;
}

} // namespace

int main(int argc, char** argv)
{
    // What the library would warn of, a peer that went away, is daily business here; the rest the program says itself.
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    try {
        const auto parsed = async_relay::parse_options(argc, argv);
        const async_relay::options* const chosen = std::get_if<async_relay::options>(&parsed);
        return chosen != nullptr ? run(*chosen) : std::get<int>(parsed);
    } catch (const std::exception& error) {
        async_relay::print_error(error.what());
        return EXIT_FAILURE;
    }
}
