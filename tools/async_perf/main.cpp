// async-perf: measures TCP throughput and latency, with the library at both ends.
//
// Where to read: client.cpp and server.cpp are the courses of the two programs in one, protocol.hpp is what they say to
// each other, transfer.cpp is how the bytes are moved.
#include <cstdlib>

#include "async_socket/async_socket.hpp"
#include "async_socket/log.h"
#include "client.hpp"
#include "client_report.hpp"
#include "common/descriptors.hpp"
#include "common/interrupt.hpp"
#include "common/program.hpp"
#include "options.hpp"
#include "server.hpp"

namespace {

using namespace async_perf;

constexpr int exit_interrupted = 130;

int serve(const server_options& chosen)
{
    (void)tools::raise_descriptor_limit();
    as::engine engine(chosen.engine);
    return server(chosen, engine).run();
}

int measure(const client_options& chosen)
{
    (void)tools::raise_descriptor_limit();
    as::engine engine(chosen.engine);
    const client_result result = client(chosen, engine).run();
    print_result(chosen, result);
    if (result.failure.empty()) {
        return EXIT_SUCCESS;
    }
    return tools::interrupt::count() > 0 ? exit_interrupted : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    // What the library would warn of, a peer that went away, we tell ourselves.
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    return tools::run_program("async-perf", [argc, argv] {
        const auto parsed = parse_options(argc, argv);
        if (const auto* const to_serve = std::get_if<server_options>(&parsed)) {
            return serve(*to_serve);
        }
        if (const auto* const to_measure = std::get_if<client_options>(&parsed)) {
            return measure(*to_measure);
        }
        return std::get<int>(parsed);
    });
}
