# cmake --install: headers, libraries, a CMake package and a pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/async_socket)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS async_socket_static async_socket_shared EXPORT async_socket_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT async_socket_targets NAMESPACE async_socket:: DESTINATION ${package_dir})

write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/async_socket-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/async_socket-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/async_socket-config-version.cmake
        DESTINATION ${package_dir})

list(TRANSFORM async_socket_system_libraries PREPEND -l OUTPUT_VARIABLE ASYNC_SOCKET_PC_LIBS)
list(JOIN ASYNC_SOCKET_PC_LIBS " " ASYNC_SOCKET_PC_LIBS)
# The prefix is worked out from where the file lies, so an installed tree can be moved.
file(RELATIVE_PATH ASYNC_SOCKET_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/async_socket.pc.in ${CMAKE_CURRENT_BINARY_DIR}/async_socket.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/async_socket.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
