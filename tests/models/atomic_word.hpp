// What std::atomic is here: it hands each operation to relacy, which decides what a load may see under the
// C++ memory model and which thread goes on. Include <atomic>, which here is standard/atomic.
#pragma once

#include <cstddef>
#include <cstdint>

namespace models {

template <typename T>
class atomic_word;

// `file` and `line` say where in the code an operation stands, for relacy's history of a failure.
template <>
class atomic_word<std::uint32_t> {
public:
    explicit atomic_word(std::uint32_t value, const char* file = __builtin_FILE(),
                         unsigned line = __builtin_LINE()) noexcept;
    ~atomic_word();
    atomic_word(const atomic_word&) = delete;
    atomic_word& operator=(const atomic_word&) = delete;

    [[nodiscard]] std::uint32_t load(std::memory_order order, const char* file = __builtin_FILE(),
                                     unsigned line = __builtin_LINE()) const noexcept;
    std::uint32_t fetch_add(std::uint32_t value, std::memory_order order, const char* file = __builtin_FILE(),
                            unsigned line = __builtin_LINE()) noexcept;
    std::uint32_t fetch_sub(std::uint32_t value, std::memory_order order, const char* file = __builtin_FILE(),
                            unsigned line = __builtin_LINE()) noexcept;
    // May fail for no reason.
    bool compare_exchange_weak(std::uint32_t& expected, std::uint32_t value, std::memory_order success,
                               std::memory_order failure, const char* file = __builtin_FILE(),
                               unsigned line = __builtin_LINE()) noexcept;

    // What the system reads when it compares: the newest value, without any ordering.
    [[nodiscard]] std::uint32_t newest(const char* file = __builtin_FILE(),
                                       unsigned line = __builtin_LINE()) const noexcept;

private:
    static constexpr std::size_t size = 64;

    alignas(8) unsigned char memory_[size]; // holds relacy's atomic, which this header does not know
};

} // namespace models
