# Python3_EXECUTABLE: the interpreter that the tests' scripts are for. It is the program itself and not a wrapper, as version
# managers have them in the PATH: hundreds of tests start it, and a wrapper can take ten times as long as the interpreter.
# Once, since looking for it starts it several times.
include_guard(GLOBAL)
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
execute_process(COMMAND ${Python3_EXECUTABLE} -c "import sys; print(sys.executable)"
                OUTPUT_VARIABLE Python3_EXECUTABLE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
