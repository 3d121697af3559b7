// Included by force before everything else in the unit tests of src/win32: GoogleTest as it is here, then what the
// library's own files get.
#pragma once

#include <gtest/gtest.h>

#define _WIN32 1

#include "library_shims.hpp"
