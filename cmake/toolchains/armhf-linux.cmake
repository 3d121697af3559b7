# 32-bit ARM, run by qemu.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(triplet arm-linux-gnueabihf)
set(loader ld-linux-armhf.so.3)
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm)
