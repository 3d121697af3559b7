#include "model/fiber.hpp"

#include <cstdint>
#include <cstdlib>
#include <cxxabi.h>
#include <sys/mman.h>
#include <utility>

// GCC has a macro for it, Clang a question.
#if defined(__SANITIZE_ADDRESS__)
#define SIM_HAS_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_HAS_ADDRESS_SANITIZER
#endif
#endif

#if defined(SIM_HAS_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__x86_64__)
// swapcontext makes two system calls; this makes none, and is most of the simulator's speed.
extern "C" void sim_switch_stack(void** from, void* to) noexcept;
asm(R"(
.text
.type sim_switch_stack, @function
sim_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size sim_switch_stack, .-sim_switch_stack
)");
#endif

namespace sim {

namespace {

fiber* left_last = nullptr;

} // namespace

fiber::~fiber()
{
    if (stack_ != nullptr) {
        (void)munmap(stack_, stack_size);
    }
}

void fiber::prepare(void (*entry)()) noexcept
{
    if (stack_ == nullptr) {
        stack_ = mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack_ == MAP_FAILED) {
            std::abort();
        }
    }
    bottom_ = stack_;
    size_ = stack_size;
    shadow_ = nullptr;
    exceptions_ = {};
#if defined(SIM_HAS_ADDRESS_SANITIZER)
    __asan_unpoison_memory_region(stack_, stack_size); // the frames of its last use were never left
#endif
#if defined(__x86_64__)
    // As the switch finds it: six registers, the address to return to, and the alignment that a
    // function expects at its entry.
    auto* const words = reinterpret_cast<std::uintptr_t*>(static_cast<char*>(stack_) + stack_size);
    words[-1] = 0;
    words[-2] = reinterpret_cast<std::uintptr_t>(entry);
    for (int i = 3; i <= 8; ++i) {
        words[-i] = 0;
    }
    top_ = &words[-8];
#else
    (void)getcontext(&context_);
    context_.uc_stack.ss_sp = stack_;
    context_.uc_stack.ss_size = stack_size;
    context_.uc_link = nullptr;
    makecontext(&context_, entry, 0);
#endif
}

void fiber::switch_to(fiber& from, fiber& to, [[maybe_unused]] bool from_ends) noexcept
{
    left_last = &from;
    auto& exceptions_of_thread = *reinterpret_cast<exceptions*>(abi::__cxa_get_globals()); // laid out by the C++ ABI
    from.exceptions_ = std::exchange(exceptions_of_thread, to.exceptions_);
#if defined(SIM_HAS_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(from_ends ? nullptr : &from.shadow_, to.bottom_, to.size_);
#endif
#if defined(__x86_64__)
    sim_switch_stack(&from.top_, to.top_);
#else
    (void)swapcontext(&from.context_, &to.context_);
#endif
    arrived(from);
}

void fiber::arrived([[maybe_unused]] fiber& here) noexcept
{
#if defined(SIM_HAS_ADDRESS_SANITIZER)
    const void* bottom = nullptr;
    std::size_t size = 0;
    __sanitizer_finish_switch_fiber(here.shadow_, &bottom, &size);
    if (left_last->stack_ == nullptr) {
        left_last->bottom_ = bottom;
        left_last->size_ = size;
    }
#endif
}

} // namespace sim
