#include <atomic>
#include <new>

#include "relacy.hpp"

namespace models {

namespace {

using word = rl::generic_atomic<std::uint32_t, false>;

word& in(const unsigned char* memory) noexcept
{
    return *std::launder(reinterpret_cast<word*>(const_cast<unsigned char*>(memory)));
}

rl::memory_order as_relacy(std::memory_order order) noexcept
{
    switch (order) {
    case std::memory_order_relaxed:
        return rl::mo_relaxed;
    case std::memory_order_consume:
        return rl::mo_consume;
    case std::memory_order_acquire:
        return rl::mo_acquire;
    case std::memory_order_release:
        return rl::mo_release;
    case std::memory_order_acq_rel:
        return rl::mo_acq_rel;
    default:
        return rl::mo_seq_cst;
    }
}

} // namespace

atomic_word<std::uint32_t>::atomic_word(std::uint32_t value, const char* file, unsigned line) noexcept : memory_{}
{
    static_assert(sizeof(word) <= size);
    (new (memory_) word)->store(value, rl::mo_relaxed, {"construction", file, line});
}

atomic_word<std::uint32_t>::~atomic_word()
{
    in(memory_).~word();
    // relacy knows freed memory by what is not there any more; the optimiser may not keep it.
    for (volatile unsigned char& byte : memory_) {
        byte = 0;
    }
}

std::uint32_t atomic_word<std::uint32_t>::load(std::memory_order order, const char* file, unsigned line) const noexcept
{
    return in(memory_).load(as_relacy(order), {"load", file, line});
}

std::uint32_t atomic_word<std::uint32_t>::fetch_add(std::uint32_t value, std::memory_order order, const char* file,
                                                    unsigned line) noexcept
{
    return in(memory_).fetch_add(value, as_relacy(order), {"fetch_add", file, line});
}

std::uint32_t atomic_word<std::uint32_t>::fetch_sub(std::uint32_t value, std::memory_order order, const char* file,
                                                    unsigned line) noexcept
{
    return in(memory_).fetch_sub(value, as_relacy(order), {"fetch_sub", file, line});
}

bool atomic_word<std::uint32_t>::compare_exchange_weak(std::uint32_t& expected, std::uint32_t value,
                                                       std::memory_order success, std::memory_order failure,
                                                       const char* file, unsigned line) noexcept
{
    const rl::debug_info where("compare_exchange_weak", file, line);
    return in(memory_).compare_exchange_weak(expected, value, as_relacy(success), where, as_relacy(failure), where);
}

std::uint32_t atomic_word<std::uint32_t>::newest(const char* file, unsigned line) const noexcept
{
    // An exchange that fails reads the newest value, and counts as a read for what later loads may see.
    const rl::debug_info where("newest", file, line);
    std::uint32_t seen = ~std::uint32_t{0};
    (void)in(memory_).compare_exchange_strong(seen, seen, rl::mo_relaxed, where, rl::mo_relaxed, where);
    return seen;
}

} // namespace models
