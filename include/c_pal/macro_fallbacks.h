/* The enum and mock macros that the public headers are written with.
 *
 * A c-pal tree brings macro_utils and umock_c. When they are on the include path they are used, so
 * that mocks of our functions (ENABLE_MOCKS) and enum strings work there as they always did. When
 * they are not, the small definitions below give the same enums and the same declarations, and
 * nobody needs either library.
 */

/* Before the include guard: umock_c defines MOCKABLE_FUNCTION anew at each inclusion, with or without
 * mocks, so a header that is included with ENABLE_MOCKS has to include it at that moment. */
#ifdef __has_include
#if __has_include("macro_utils/macro_utils.h")
#include "macro_utils/macro_utils.h"
#endif
#if __has_include("umock_c/umock_c_prod.h")
#include "umock_c/umock_c_prod.h"
#endif
#endif

#ifndef C_PAL_MACRO_FALLBACKS_H
#define C_PAL_MACRO_FALLBACKS_H

#include <string.h>

/* MSVC's traditional preprocessor hands __VA_ARGS__ on as one argument; one more expansion
 * splits it. */
#define C_PAL_FALLBACK_EXPAND(x) x
#define C_PAL_FALLBACK_JOIN_(a, b) a##b
#define C_PAL_FALLBACK_JOIN(a, b) C_PAL_FALLBACK_JOIN_(a, b)

/* The number of arguments, 1 to 24. */
#define C_PAL_FALLBACK_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, \
                             a20, a21, a22, a23, a24, n, ...)                                                      \
    n
#define C_PAL_FALLBACK_COUNT(...)                                                                                   \
    C_PAL_FALLBACK_EXPAND(C_PAL_FALLBACK_PICK_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, \
                                               10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0))

#ifndef MU_DEFINE_ENUM

/* MU_DEFINE_ENUM(T, A, B, ...): a C enum T of up to 24 constants whose first constant is T_INVALID (0); A is 1, B is 2
 * and so on. These numbers are part of the binary interface. Also declares the functions behind
 * MU_ENUM_TO_STRING and MU_STRING_TO_ENUM. */
#define MU_DEFINE_ENUM(enum_name, ...)                                     \
    typedef enum C_PAL_FALLBACK_JOIN(enum_name, _TAG) {                    \
        C_PAL_FALLBACK_JOIN(enum_name, _INVALID),                          \
        __VA_ARGS__                                                        \
    } enum_name;                                                           \
    const char* C_PAL_FALLBACK_TO_STRING_NAME(enum_name)(enum_name value); \
    int C_PAL_FALLBACK_JOIN(enum_name, _FromString)(const char* text, enum_name* destination);

#define C_PAL_FALLBACK_TO_STRING_NAME(enum_name) C_PAL_FALLBACK_JOIN(MU_, C_PAL_FALLBACK_JOIN(enum_name, _ToString))

/* MU_DEFINE_ENUM_STRINGS(T, A, B, ...): defines those functions, once in a program. The library
 * does so for its own enums. */
#define MU_DEFINE_ENUM_STRINGS(enum_name, ...)                                                              \
    const char* C_PAL_FALLBACK_TO_STRING_NAME(enum_name)(enum_name value)                                   \
    {                                                                                                       \
        switch (value) {                                                                                    \
            C_PAL_FALLBACK_CASE(C_PAL_FALLBACK_JOIN(enum_name, _INVALID))                                   \
            C_PAL_FALLBACK_EXPAND(                                                                          \
                C_PAL_FALLBACK_JOIN(C_PAL_FALLBACK_CASES_, C_PAL_FALLBACK_COUNT(__VA_ARGS__))(__VA_ARGS__)) \
        default:                                                                                            \
            return "UNKNOWN";                                                                               \
        }                                                                                                   \
    }                                                                                                       \
    int C_PAL_FALLBACK_JOIN(enum_name, _FromString)(const char* text, enum_name* destination)               \
    {                                                                                                       \
        for (int i = 0; text && destination && i <= C_PAL_FALLBACK_COUNT(__VA_ARGS__); ++i) {               \
            if (strcmp(text, C_PAL_FALLBACK_TO_STRING_NAME(enum_name)((enum_name)i)) == 0) {                \
                *destination = (enum_name)i;                                                                \
                return 0;                                                                                   \
            }                                                                                               \
        }                                                                                                   \
        return 1;                                                                                           \
    }

/* MU_ENUM_TO_STRING(T, value): the constant's name; "UNKNOWN" for a value that T does not have. */
#define MU_ENUM_TO_STRING(enum_name, value) C_PAL_FALLBACK_TO_STRING_NAME(enum_name)(value)

/* MU_STRING_TO_ENUM(text, T, &value): 0, and value is the constant of this name. Not 0, and value is as it
 * was, for any other text, and when a pointer is NULL. */
#define MU_STRING_TO_ENUM(text, enum_name, destination) C_PAL_FALLBACK_JOIN(enum_name, _FromString)(text, destination)

/* printf("result=%" PRI_MU_ENUM "\n", MU_ENUM_VALUE(T, value)); prints the name and the number. */
#define PRI_MU_ENUM "s (%d)"
#define MU_ENUM_VALUE(enum_name, value) MU_ENUM_TO_STRING(enum_name, (value)), (int)(value)

#define C_PAL_FALLBACK_CASE(constant) C_PAL_FALLBACK_CASE_(constant)
#define C_PAL_FALLBACK_CASE_(constant) \
    case constant:                     \
        return #constant;
#define C_PAL_FALLBACK_CASES_1(a) C_PAL_FALLBACK_CASE(a)
#define C_PAL_FALLBACK_CASES_2(a, b) C_PAL_FALLBACK_CASES_1(a) C_PAL_FALLBACK_CASE(b)
#define C_PAL_FALLBACK_CASES_3(a, b, c) C_PAL_FALLBACK_CASES_2(a, b) C_PAL_FALLBACK_CASE(c)
#define C_PAL_FALLBACK_CASES_4(a, b, c, d) C_PAL_FALLBACK_CASES_3(a, b, c) C_PAL_FALLBACK_CASE(d)
#define C_PAL_FALLBACK_CASES_5(a, b, c, d, e) C_PAL_FALLBACK_CASES_4(a, b, c, d) C_PAL_FALLBACK_CASE(e)
#define C_PAL_FALLBACK_CASES_6(a, b, c, d, e, f) C_PAL_FALLBACK_CASES_5(a, b, c, d, e) C_PAL_FALLBACK_CASE(f)
#define C_PAL_FALLBACK_CASES_7(a, b, c, d, e, f, g) C_PAL_FALLBACK_CASES_6(a, b, c, d, e, f) C_PAL_FALLBACK_CASE(g)
#define C_PAL_FALLBACK_CASES_8(a, b, c, d, e, f, g, h) \
    C_PAL_FALLBACK_CASES_7(a, b, c, d, e, f, g) C_PAL_FALLBACK_CASE(h)
#define C_PAL_FALLBACK_CASES_9(a, b, c, d, e, f, g, h, i) \
    C_PAL_FALLBACK_CASES_8(a, b, c, d, e, f, g, h) C_PAL_FALLBACK_CASE(i)
#define C_PAL_FALLBACK_CASES_10(a, b, c, d, e, f, g, h, i, j) \
    C_PAL_FALLBACK_CASES_9(a, b, c, d, e, f, g, h, i) C_PAL_FALLBACK_CASE(j)
#define C_PAL_FALLBACK_CASES_11(a, b, c, d, e, f, g, h, i, j, k) \
    C_PAL_FALLBACK_CASES_10(a, b, c, d, e, f, g, h, i, j) C_PAL_FALLBACK_CASE(k)
#define C_PAL_FALLBACK_CASES_12(a, b, c, d, e, f, g, h, i, j, k, l) \
    C_PAL_FALLBACK_CASES_11(a, b, c, d, e, f, g, h, i, j, k) C_PAL_FALLBACK_CASE(l)
#define C_PAL_FALLBACK_CASES_13(a, b, c, d, e, f, g, h, i, j, k, l, m) \
    C_PAL_FALLBACK_CASES_12(a, b, c, d, e, f, g, h, i, j, k, l) C_PAL_FALLBACK_CASE(m)
#define C_PAL_FALLBACK_CASES_14(a, b, c, d, e, f, g, h, i, j, k, l, m, n) \
    C_PAL_FALLBACK_CASES_13(a, b, c, d, e, f, g, h, i, j, k, l, m) C_PAL_FALLBACK_CASE(n)
#define C_PAL_FALLBACK_CASES_15(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) \
    C_PAL_FALLBACK_CASES_14(a, b, c, d, e, f, g, h, i, j, k, l, m, n) C_PAL_FALLBACK_CASE(o)
#define C_PAL_FALLBACK_CASES_16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) \
    C_PAL_FALLBACK_CASES_15(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) C_PAL_FALLBACK_CASE(p)
#define C_PAL_FALLBACK_CASES_17(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) \
    C_PAL_FALLBACK_CASES_16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) C_PAL_FALLBACK_CASE(q)
#define C_PAL_FALLBACK_CASES_18(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r) \
    C_PAL_FALLBACK_CASES_17(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) C_PAL_FALLBACK_CASE(r)
#define C_PAL_FALLBACK_CASES_19(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s) \
    C_PAL_FALLBACK_CASES_18(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r) C_PAL_FALLBACK_CASE(s)
#define C_PAL_FALLBACK_CASES_20(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t) \
    C_PAL_FALLBACK_CASES_19(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s) C_PAL_FALLBACK_CASE(t)
#define C_PAL_FALLBACK_CASES_21(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u) \
    C_PAL_FALLBACK_CASES_20(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t) C_PAL_FALLBACK_CASE(u)
#define C_PAL_FALLBACK_CASES_22(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v) \
    C_PAL_FALLBACK_CASES_21(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u) C_PAL_FALLBACK_CASE(v)
#define C_PAL_FALLBACK_CASES_23(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w) \
    C_PAL_FALLBACK_CASES_22(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v) C_PAL_FALLBACK_CASE(w)
#define C_PAL_FALLBACK_CASES_24(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x) \
    C_PAL_FALLBACK_CASES_23(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w) C_PAL_FALLBACK_CASE(x)

#endif /* MU_DEFINE_ENUM */

#ifndef MOCKABLE_FUNCTION

/* MOCKABLE_FUNCTION(modifiers, result, name, type1, arg1, type2, arg2, ...); declares the function,
 * with 0 to 11 parameters. The name travels in the variadic part, so that the part is
 * never empty (C11 asks for that). */
#define MOCKABLE_FUNCTION(modifiers, result, ...) \
    result modifiers C_PAL_FALLBACK_EXPAND(       \
        C_PAL_FALLBACK_JOIN(C_PAL_FALLBACK_DECLARE_, C_PAL_FALLBACK_COUNT(__VA_ARGS__))(__VA_ARGS__))

#define C_PAL_FALLBACK_DECLARE_1(name) name(void)
#define C_PAL_FALLBACK_DECLARE_3(name, t1, a1) name(t1 a1)
#define C_PAL_FALLBACK_DECLARE_5(name, t1, a1, t2, a2) name(t1 a1, t2 a2)
#define C_PAL_FALLBACK_DECLARE_7(name, t1, a1, t2, a2, t3, a3) name(t1 a1, t2 a2, t3 a3)
#define C_PAL_FALLBACK_DECLARE_9(name, t1, a1, t2, a2, t3, a3, t4, a4) name(t1 a1, t2 a2, t3 a3, t4 a4)
#define C_PAL_FALLBACK_DECLARE_11(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define C_PAL_FALLBACK_DECLARE_13(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)
#define C_PAL_FALLBACK_DECLARE_15(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6, t7, a7) \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6, t7 a7)
#define C_PAL_FALLBACK_DECLARE_17(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6, t7, a7, t8, a8) \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6, t7 a7, t8 a8)
#define C_PAL_FALLBACK_DECLARE_19(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6, t7, a7, t8, a8, t9, a9) \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6, t7 a7, t8 a8, t9 a9)
#define C_PAL_FALLBACK_DECLARE_21(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6, t7, a7, t8, a8, t9, a9, t10, \
                                  a10)                                                                               \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6, t7 a7, t8 a8, t9 a9, t10 a10)
#define C_PAL_FALLBACK_DECLARE_23(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6, t7, a7, t8, a8, t9, a9, t10, \
                                  a10, t11, a11)                                                                     \
    name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6, t7 a7, t8 a8, t9 a9, t10 a10, t11 a11)

#endif /* MOCKABLE_FUNCTION */

/* A translation unit with nothing but macros would be empty, which C11 does not allow. */
typedef int C_PAL_MACRO_FALLBACKS;

#endif /* C_PAL_MACRO_FALLBACKS_H */
