# find_package(async_socket CONFIG REQUIRED) gives
#   async_socket::async_socket         the static library
#   async_socket::async_socket_shared  the DLL or .so
include(${CMAKE_CURRENT_LIST_DIR}/async_socket_targets.cmake)
