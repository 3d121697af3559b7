// Included by force before everything else in src/core/lifecycle.cpp and in these tests, so that the
// code itself stays unchanged: here std::atomic is a class of ours that hands each operation to relacy,
// which decides what a load may see under the C++ memory model and which thread goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <source_location>

namespace std {

template <typename T>
class modelled_atomic;

template <>
class modelled_atomic<uint32_t> {
public:
    // Where in the code an operation stands, for relacy's history of a failure.
    using place = source_location;

    modelled_atomic(uint32_t value, place where = place::current()) noexcept;
    ~modelled_atomic();
    modelled_atomic(const modelled_atomic&) = delete;
    modelled_atomic& operator=(const modelled_atomic&) = delete;

    uint32_t load(memory_order order, place where = place::current()) const noexcept;
    uint32_t fetch_add(uint32_t value, memory_order order, place where = place::current()) noexcept;
    uint32_t fetch_sub(uint32_t value, memory_order order, place where = place::current()) noexcept;
    // May fail for no reason.
    bool compare_exchange_weak(uint32_t& expected, uint32_t value, memory_order success, memory_order failure,
                               place where = place::current()) noexcept;

    // What the system reads when it compares: the newest value, without any ordering.
    uint32_t newest(place where = place::current()) const noexcept;

private:
    static constexpr std::size_t size = 64;

    alignas(8) unsigned char memory_[size]; // holds relacy's atomic, which this header does not know
};

} // namespace std

#define atomic modelled_atomic
