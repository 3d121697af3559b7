#include "common/print.hpp"

#include <algorithm>

namespace tools {

void print_line(std::FILE* file, std::string line)
{
    line += '\n';
    (void)std::fwrite(line.data(), 1, line.size(), file);
    (void)std::fflush(file);
}

void print_error(std::string_view program, std::string_view message)
{
    std::string line = std::string(program) + ": " + std::string(message);
    std::replace(line.begin(), line.end(), '\n', ' ');
    print_line(stderr, line);
}

} // namespace tools
