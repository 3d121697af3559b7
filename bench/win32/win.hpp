// The one place that includes Windows headers; CMakeLists.txt says which parts of them.
#pragma once

#include "support/native_socket.hpp" // Winsock's come before windows.h

#include <windows.h>
