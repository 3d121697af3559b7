# The project's warning level, for our own code only; every warning is an error.
add_library(async_socket_warnings INTERFACE)
if(MSVC)
  target_compile_options(async_socket_warnings INTERFACE /W4 /WX /wd4459) # 4459: a local name hides a global one
else()
  target_compile_options(async_socket_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
                                                         -Wshadow -Werror)
endif()
