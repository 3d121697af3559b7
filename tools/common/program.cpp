#include "common/program.hpp"

#include <cstdlib>
#include <exception>

#include "common/interrupt.hpp"
#include "common/print.hpp"

namespace tools {

namespace {

int run_while_printing(std::string_view name, const std::function<int()>& body)
{
    background_printer printer;
    int exit_code = EXIT_FAILURE;
    try {
        interrupt::watch(); // before anybody can know that we are here
        exit_code = body();
    } catch (const std::exception& error) {
        print_error(name, error.what());
    }
    if (printer.is_stuck()) { // and what it did not read is lost
        std::_Exit(exit_code == EXIT_SUCCESS ? EXIT_FAILURE : exit_code);
    }
    return exit_code;
}

} // namespace

int run_program(std::string_view name, const std::function<int()>& body)
{
    try {
        outlive_readers();
        const int exit_code = run_while_printing(name, body);
        if (const std::string failure = print_failure(); !failure.empty()) {
            print_error(name, "cannot write: " + failure);
            return exit_code == EXIT_SUCCESS ? EXIT_FAILURE : exit_code;
        }
        return exit_code;
    } catch (const std::exception& error) { // the printer has no thread, say
        print_error(name, error.what());
        return EXIT_FAILURE;
    }
}

} // namespace tools
