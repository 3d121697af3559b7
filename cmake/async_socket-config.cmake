# find_package(async_socket CONFIG REQUIRED) gives
#   async_socket::async_socket_static  the static library
#   async_socket::async_socket_shared  the DLL or .so
#   async_socket::async_socket         the static one, unless the package was built with BUILD_SHARED_LIBS
include(${CMAKE_CURRENT_LIST_DIR}/async_socket_targets.cmake)
foreach(library IN ITEMS async_socket::async_socket_static async_socket::async_socket_shared)
  if(NOT TARGET ${library})
    add_library(${library} ALIAS async_socket::async_socket)
  endif()
endforeach()
