// async-relay: accepts TCP connections and passes each one on to a target.
//
// Where to read: relay.cpp is the course of the program, connection.hpp and pipe.cpp show how the
// library is used, system_socket.hpp is what the library does not do.
#include <cstdint>
#include <cstdlib>
#include <exception>

#include "async_socket/log.h"
#include "common/engine.hpp"
#include "common/interrupt.hpp"
#include "common/system_socket.hpp"
#include "options.hpp"
#include "relay.hpp"
#include "report.hpp"

namespace {

tools::unique_engine create_engine(std::uint32_t threads)
{
    const EXECUTION_ENGINE_PARAMETERS parameters{threads, threads};
    return tools::unique_engine(execution_engine_create(threads == 0 ? nullptr : &parameters));
}

int run(const async_relay::options& chosen)
{
    const tools::unique_engine engine = create_engine(chosen.threads);
    if (!engine || !tools::system_socket::start()) {
        async_relay::print_error("the system has no threads or no sockets to give");
        return EXIT_FAILURE;
    }
    tools::interrupt::watch(); // before anybody can know that we are here
    async_relay::relay relay(chosen, engine.get());
    const int exit_code = relay.run();
    if (exit_code != EXIT_SUCCESS) {
        std::_Exit(exit_code); // the user is in a hurry: a connect may still be under way
    }
    return exit_code;
}

} // namespace

int main(int argc, char** argv)
{
    // What the library would warn of, a peer that went away, is daily business here.
    async_socket_set_log_level(ASYNC_SOCKET_LOG_ERROR);
    try {
        const auto parsed = async_relay::parse_options(argc, argv);
        const async_relay::options* const chosen = std::get_if<async_relay::options>(&parsed);
        return chosen != nullptr ? run(*chosen) : std::get<int>(parsed);
    } catch (const std::exception& error) {
        async_relay::print_error(error.what());
        return EXIT_FAILURE;
    }
}
