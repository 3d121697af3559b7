#include "win32/thread_pool.hpp"

#include <utility>

#include "options.hpp"
#include "support/failure.hpp"

namespace bench {

namespace {

// Minimum and maximum number of threads; no maximum: 0.
std::pair<unsigned, unsigned> pool_size{4, 0};

} // namespace

void add_options(CLI::App& app)
{
    app.add_option("--engine", pool_size, "threads of the pool: MINIMUM,MAXIMUM")->delimiter(',');
}

namespace win32 {

namespace {

VOID CALLBACK on_io(PTP_CALLBACK_INSTANCE /*instance*/, PVOID target, PVOID overlapped, ULONG error, ULONG_PTR bytes,
                    PTP_IO /*io*/)
{
    static_cast<completion_target*>(target)->ended(*static_cast<OVERLAPPED*>(overlapped), static_cast<DWORD>(bytes),
                                                   error);
}

VOID CALLBACK on_post(PTP_CALLBACK_INSTANCE /*instance*/, PVOID target)
{
    static_cast<completion_target*>(target)->begin();
}

} // namespace

thread_pool::thread_pool(const workload& /*work*/) : pool_(CreateThreadpool(nullptr))
{
    const auto [minimum, maximum] = pool_size;
    require(pool_ != nullptr, "CreateThreadpool");
    require(SetThreadpoolThreadMinimum(pool_, minimum) != FALSE, "SetThreadpoolThreadMinimum");
    if (maximum != 0) {
        SetThreadpoolThreadMaximum(pool_, maximum);
    }
    InitializeThreadpoolEnvironment(&environment_);
    SetThreadpoolCallbackPool(&environment_, pool_);
}

thread_pool::~thread_pool()
{
    DestroyThreadpoolEnvironment(&environment_);
    CloseThreadpool(pool_);
}

void thread_pool::post(completion_target& target) noexcept
{
    require(TrySubmitThreadpoolCallback(on_post, &target, &environment_) != FALSE, "TrySubmitThreadpoolCallback");
}

thread_pool::binding::binding(thread_pool& pool, SOCKET socket, completion_target& target)
    : io_(CreateThreadpoolIo(reinterpret_cast<HANDLE>(socket), on_io, &target, &pool.environment_))
{
    require(io_ != nullptr, "CreateThreadpoolIo");
}

} // namespace win32

} // namespace bench
