#include "mix.hpp"

#include <functional>
#include <thread>

#include "blocked_pool.hpp"
#include "cell.hpp"
#include "crowd.hpp"
#include "problems.hpp"
#include "streams.hpp"

namespace soak {

namespace {

// A third of the cells in each round, others in the next.
constexpr std::size_t slices = 3;
constexpr stress::crowd_size crowd{300, 5, 2000};
constexpr stress::streams_size streams{8, std::uint64_t{32} << 20};

std::string named(const std::string& name, const std::string& problem)
{
    return problem.empty() ? "" : name + ": " + problem;
}

} // namespace

std::string mix::run_round()
{
    const std::size_t round = round_++;
    std::string problems[3];
    std::thread cells([&] { problems[0] = run_cells(round); });
    std::thread connections([&] { problems[1] = run_connections(); });
    problems[2] = run_long_streams();
    cells.join();
    connections.join();
    stress::problems found;
    for (const std::string& each : problems) {
        found.require(each.empty(), each);
    }
    return found.text();
}

std::string mix::run_cells(std::size_t round)
{
    const contract::engine engine;
    std::size_t number = round;
    for (const stress::hostile_peer& who : stress::hostile_peers()) {
        for (const stress::action& what : stress::actions()) {
            if (number++ % slices != 0) {
                continue;
            }
            const std::string problem = run_cell(engine.handle(), who, what);
            if (!problem.empty()) {
                return named(std::string(who.name) + what.name, problem);
            }
            ++done_.cells;
        }
    }
    return "";
}

std::string mix::run_connections()
{
    const std::string problem = run_crowd(lasting_engine_.handle(), crowd);
    if (!problem.empty()) {
        return named("connections", problem);
    }
    done_.connections += crowd.connections;
    for (const stress::pool_size& size : stress::pool_sizes) {
        const std::string pool_problem = run_blocked_pool(size);
        if (!pool_problem.empty()) {
            return named(std::string("blocked pool ") + size.name, pool_problem);
        }
    }
    return "";
}

std::string mix::run_long_streams()
{
    const std::string problem = run_streams(lasting_engine_.handle(), streams);
    done_.streamed += problem.empty() ? streams.streams * streams.bytes_each : 0;
    return named("streams", problem);
}

} // namespace soak
