# 64-bit ARM, run by qemu.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triplet aarch64-linux-gnu)
set(loader ld-linux-aarch64.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
