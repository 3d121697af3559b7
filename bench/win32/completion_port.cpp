#include "win32/completion_port.hpp"

#include "support/failure.hpp"

namespace bench::win32 {

completion_port::completion_port(const workload& work)
    : port_(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, work.loops))
{
    require(port_ != nullptr, "CreateIoCompletionPort");
    for (unsigned i = 0; i < work.loops; ++i) {
        threads_.emplace_back([this] { loop(); });
    }
}

completion_port::~completion_port()
{
    for (std::size_t i = 0; i < threads_.size(); ++i) {
        require(PostQueuedCompletionStatus(port_, 0, 0, nullptr) != FALSE, "PostQueuedCompletionStatus");
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
    (void)CloseHandle(port_);
}

// A completion without a target is the end, for one thread each.
void completion_port::loop() noexcept
{
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* overlapped = nullptr;
        const BOOL succeeded = GetQueuedCompletionStatus(port_, &bytes, &key, &overlapped, INFINITE);
        if (key == 0) {
            return;
        }
        auto& target = *reinterpret_cast<completion_target*>(key);
        if (overlapped == nullptr) {
            target.begin();
        } else {
            target.ended(*overlapped, bytes, succeeded ? NO_ERROR : GetLastError());
        }
    }
}

void completion_port::post(completion_target& target) noexcept
{
    const auto key = reinterpret_cast<ULONG_PTR>(&target);
    require(PostQueuedCompletionStatus(port_, 0, key, nullptr) != FALSE, "PostQueuedCompletionStatus");
}

completion_port::binding::binding(completion_port& port, SOCKET socket, completion_target& target)
{
    const auto key = reinterpret_cast<ULONG_PTR>(&target);
    require(CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port.port_, key, 0) != nullptr,
            "CreateIoCompletionPort(socket)");
}

} // namespace bench::win32
