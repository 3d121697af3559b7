// Lines for the user of a program, and for scripts that wait for them.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace tools {

// One write for the whole line, so that lines of several threads do not mix; and at once, because a
// script may wait for it.
void print_line(std::FILE* file, std::string line);

// "PROGRAM: MESSAGE" on stderr, one line whatever the message looks like.
void print_error(std::string_view program, std::string_view message);

} // namespace tools
