# For tests of the tests: the library is built from a changed copy of src/ instead of src/ itself.
#   ASYNC_SOCKET_CANARY   plants one known bug: a key from tests/canaries/canaries.py
#   ASYNC_SOCKET_MUTANTS  MUTANT=N in the environment flips the library's N-th condition
set(ASYNC_SOCKET_SOURCES ${PROJECT_SOURCE_DIR}/src)
if(ASYNC_SOCKET_CANARY OR ASYNC_SOCKET_MUTANTS)
  include(${PROJECT_SOURCE_DIR}/cmake/python.cmake)
  set(planted ${PROJECT_BINARY_DIR}/planted)
  if(ASYNC_SOCKET_MUTANTS)
    set(plant ${PROJECT_SOURCE_DIR}/tests/mutation/mutate.py ${planted})
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-include${PROJECT_SOURCE_DIR}/tests/mutation/flip.hpp>)
  else()
    set(plant ${PROJECT_SOURCE_DIR}/tests/canaries/plant.py ${ASYNC_SOCKET_CANARY} ${planted})
  endif()
  execute_process(COMMAND ${Python3_EXECUTABLE} ${plant} COMMAND_ERROR_IS_FATAL ANY)
  set(ASYNC_SOCKET_SOURCES ${planted}/src)
endif()
