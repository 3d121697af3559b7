// The threads that this program's completions run on.
#pragma once

#ifdef BENCH_COMPLETION_PORT
#include "win32/completion_port.hpp"
namespace bench::win32 {
using engine = completion_port;
}
#else
#include "win32/thread_pool.hpp"
namespace bench::win32 {
using engine = thread_pool;
}
#endif
