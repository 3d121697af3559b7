// async-perf: measures TCP throughput and latency, with the library at both ends.
//
// Where to read: client.cpp and server.cpp are the courses of the two programs in one, protocol.hpp is
// what they say to each other, sender.cpp, receiver.cpp, pinger.cpp and echoer.cpp show how the library
// is used.
#include <cstdlib>
#include <exception>

#include "async_socket/log.h"
#include "client.hpp"
#include "client_report.hpp"
#include "common/engine.hpp"
#include "common/interrupt.hpp"
#include "common/print.hpp"
#include "common/system_socket.hpp"
#include "options.hpp"
#include "server.hpp"

namespace {

using namespace async_perf;

int serve(const server_options& chosen, EXECUTION_ENGINE_HANDLE engine)
{
    try {
        return server(chosen, engine).run();
    } catch (const std::exception& error) {
        tools::print_error("async-perf", error.what());
        return EXIT_FAILURE;
    }
}

int measure(const client_options& chosen, EXECUTION_ENGINE_HANDLE engine)
{
    try {
        print_result(chosen, client(chosen, engine).run());
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        print_failure(chosen, error.what());
        return EXIT_FAILURE;
    }
}

tools::unique_engine start(const common_options& chosen)
{
    if (!tools::system_socket::start()) {
        return nullptr;
    }
    tools::interrupt::watch(); // before anybody can know that we are here
    return tools::unique_engine(execution_engine_create(chosen.engine ? &*chosen.engine : nullptr));
}

int run(const common_options& chosen, const server_options* to_serve, const client_options* to_measure)
{
    const tools::unique_engine engine = start(chosen);
    if (!engine) {
        tools::print_error("async-perf", "the system has no threads or no sockets to give");
        return EXIT_FAILURE;
    }
    return to_serve != nullptr ? serve(*to_serve, engine.get()) : measure(*to_measure, engine.get());
}

} // namespace

int main(int argc, char** argv)
{
    // What the library would warn of, a peer that went away, we tell ourselves.
    async_socket_set_log_level(ASYNC_SOCKET_LOG_ERROR);
    try {
        const auto parsed = parse_options(argc, argv);
        if (const auto* const to_serve = std::get_if<server_options>(&parsed)) {
            return run(*to_serve, to_serve, nullptr);
        }
        if (const auto* const to_measure = std::get_if<client_options>(&parsed)) {
            return run(*to_measure, nullptr, to_measure);
        }
        return std::get<int>(parsed);
    } catch (const std::exception& error) {
        tools::print_error("async-perf", error.what());
        return EXIT_FAILURE;
    }
}
