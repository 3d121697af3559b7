#include "modelled_atomic.hpp"

#include <new>

#include "relacy.hpp"

namespace {

using word = rl::atomic<std::uint32_t>;

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

rl::debug_info as_relacy(const std::source_location& where) noexcept
{
    return {where.function_name(), where.file_name(), where.line()};
}

} // namespace

namespace std {

modelled_atomic<uint32_t>::modelled_atomic(uint32_t value, place where) noexcept : memory_{}
{
    static_assert(sizeof(word) <= size);
    (new (memory_) word)->store(value, rl::mo_relaxed, as_relacy(where));
}

modelled_atomic<uint32_t>::~modelled_atomic()
{
    in(memory_).~word();
}

uint32_t modelled_atomic<uint32_t>::load(memory_order order, place where) const noexcept
{
    return in(memory_).load(as_relacy(order), as_relacy(where));
}

uint32_t modelled_atomic<uint32_t>::fetch_add(uint32_t value, memory_order order, place where) noexcept
{
    return in(memory_).fetch_add(value, as_relacy(order), as_relacy(where));
}

uint32_t modelled_atomic<uint32_t>::fetch_sub(uint32_t value, memory_order order, place where) noexcept
{
    return in(memory_).fetch_sub(value, as_relacy(order), as_relacy(where));
}

bool modelled_atomic<uint32_t>::compare_exchange_weak(uint32_t& expected, uint32_t value, memory_order success,
                                                      memory_order failure, place where) noexcept
{
    return in(memory_).compare_exchange_weak(expected, value, as_relacy(success), as_relacy(where), as_relacy(failure),
                                             as_relacy(where));
}

uint32_t modelled_atomic<uint32_t>::newest(place where) const noexcept
{
    // An exchange that fails reads the newest value, and counts as a read for what later loads may see.
    uint32_t seen = ~uint32_t{0};
    (void)in(memory_).compare_exchange_strong(seen, seen, rl::mo_relaxed, as_relacy(where), rl::mo_relaxed,
                                              as_relacy(where));
    return seen;
}

} // namespace std
