// Threads that end by themselves: each holds a reference to what they have in common, and one to the library's module,
// which it gives back with its very last step. So a DLL that is unloaded stays until they have left it.
#include <atomic>

#include "core/common/memory.hpp"
#include "core/platform/address_wait.hpp"
#include "core/resolve/system_calls.hpp"
#include "win32/system/module.hpp"

namespace async_socket::backend {

class thread_group {
public:
    thread_group(HMODULE module, thread_body body, void* context) noexcept
        : module_(module), body_(body), context_(context)
    {
    }
    thread_group(const thread_group&) = delete;
    thread_group& operator=(const thread_group&) = delete;

    // NO_ERROR, or the error.
    DWORD start() noexcept
    {
        if (!win32::hold_this_module()) {
            return GetLastError();
        }
        references_.fetch_add(1, std::memory_order_relaxed);
        const HANDLE thread = CreateThread(nullptr, 0, run, this, 0, nullptr);
        if (thread == nullptr) {
            const DWORD error = GetLastError();
            references_.fetch_sub(1, std::memory_order_relaxed); // not the last one: the group is not closed
            (void)FreeLibrary(module_);
            return error;
        }
        (void)CloseHandle(thread);
        return NO_ERROR;
    }

    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            core::destroy(this);
        } else {
            wake_all(references_); // who waits, if anybody does; it may be gone
        }
    }

    // Until the caller's reference is the only one.
    void wait_for_threads() const noexcept
    {
        for (std::uint32_t seen = references_.load(std::memory_order_acquire); seen != 1;
             seen = references_.load(std::memory_order_acquire)) {
            wait_while_equal(references_, seen);
        }
    }

private:
    static DWORD WINAPI run(void* self) noexcept
    {
        auto& group = *static_cast<thread_group*>(self);
        const HMODULE module = group.module_;
        group.body_(group.context_);
        group.release();
        FreeLibraryAndExitThread(module, 0);
    }

    const HMODULE module_;
    const thread_body body_;
    void* const context_;
    std::atomic<std::uint32_t> references_{1}; // its creator's, and one for each thread
};

thread_group* thread_group_create(thread_body body, void* context) noexcept
{
    const HMODULE module = win32::this_module();
    return module != nullptr ? core::create<thread_group>(module, body, context) : nullptr;
}

std::uint32_t thread_group_start(thread_group& group) noexcept
{
    return group.start();
}

void thread_group_close(thread_group* group) noexcept
{
    group->release();
}

void thread_group_close_and_wait(thread_group* group) noexcept
{
    group->wait_for_threads();
    group->release();
}

} // namespace async_socket::backend
