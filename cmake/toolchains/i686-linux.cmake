# 32-bit x86. The processor runs it as it is. Not by -m32: Debian's g++-multilib cannot be installed beside cross
# compilers.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(triplet i686-linux-gnu)
set(loader ld-linux.so.2)
include(${CMAKE_CURRENT_LIST_DIR}/cross-linux.cmake)
