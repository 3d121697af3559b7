// The life of a program around what it does.
#pragma once

#include <functional>
#include <string_view>

namespace tools {

// Runs `body`, which parses the command line and answers the exit code. From its beginning on Ctrl-C is counted and
// does not end the program, nor does a reader who has gone; one that does not read holds up nobody. What the body
// throws, and that something could not be written, is told on stderr, and a success becomes EXIT_FAILURE by it.
int run_program(std::string_view name, const std::function<int()>& body);

} // namespace tools
