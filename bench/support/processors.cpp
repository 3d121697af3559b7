#include "support/processors.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace bench {

namespace {

// Wine's name for a file of the system below.
#ifdef _WIN32
constexpr const char* statistics = R"(\\?\unix\proc\stat)";
#else
constexpr const char* statistics = "/proc/stat";
#endif

constexpr double seconds_of_tick = 0.01;

std::vector<unsigned>& watched() noexcept
{
    static std::vector<unsigned> numbers;
    return numbers;
}

} // namespace

void watch_processors(std::vector<unsigned> numbers)
{
    watched() = std::move(numbers);
}

unsigned watched_processors() noexcept
{
    return static_cast<unsigned>(watched().size());
}

double processors_idle_seconds()
{
    std::ifstream file(statistics);
    double ticks = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double user = 0;
        double nice = 0;
        double system = 0;
        double idle = 0;
        double waiting = 0;
        words >> name >> user >> nice >> system >> idle >> waiting;
        const bool is_watched = std::any_of(watched().begin(), watched().end(),
                                            [&name](unsigned each) { return name == "cpu" + std::to_string(each); });
        ticks += is_watched ? idle + waiting : 0;
    }
    return ticks * seconds_of_tick;
}

} // namespace bench
