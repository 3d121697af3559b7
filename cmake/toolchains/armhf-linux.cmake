# 32-bit ARM, run by qemu.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(triplet arm-linux-gnueabihf)
set(loader qemu-arm -L /usr/${triplet})
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
