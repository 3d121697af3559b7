# The project's warning level, for our own code only. Whether a warning is an error is not said here but by the presets
# for tests (CMAKE_COMPILE_WARNING_AS_ERROR): a newer compiler's new warning is nothing that stops a user.
add_library(async_socket_warnings INTERFACE)
if(NOT PROJECT_IS_TOP_LEVEL)
  return() # the warnings there are those of that project
endif()
if(MSVC)
  target_compile_options(async_socket_warnings INTERFACE /W4 /wd4459) # 4459: a local name hides a global one
else()
  target_compile_options(async_socket_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
                                                         -Wshadow)
endif()
