/* Stands in for the real umock_c: the same macro, and a mark for each use that a test can see. */
#ifndef STAND_IN_UMOCK_C_PROD_H
#define STAND_IN_UMOCK_C_PROD_H

/* The name goes on in the variadic part, which may not be empty in C11. */
#define MOCKABLE_FUNCTION(modifiers, result, ...)                                       \
    typedef int STAND_IN_UMOCK_C_JOIN(STAND_IN_UMOCK_C_, STAND_IN_NAME(__VA_ARGS__, )); \
    modifiers result STAND_IN_DECLARE(__VA_ARGS__)

#define STAND_IN_NAME(name, ...) name
#define STAND_IN_UMOCK_C_JOIN_(a, b) a##b
#define STAND_IN_UMOCK_C_JOIN(a, b) STAND_IN_UMOCK_C_JOIN_(a, b)

#define STAND_IN_DECLARE(...)                                                                                         \
    STAND_IN_PICK(__VA_ARGS__, STAND_IN_6, X, STAND_IN_5, X, STAND_IN_4, X, STAND_IN_3, X, STAND_IN_2, X, STAND_IN_1, \
                  X, STAND_IN_0, X)                                                                                   \
    (__VA_ARGS__)
#define STAND_IN_PICK(n, a, b, c, d, e, f, g, h, i, j, k, l, pick, ...) pick
#define STAND_IN_0(name) name(void)
#define STAND_IN_1(name, t1, a1) name(t1 a1)
#define STAND_IN_2(name, t1, a1, t2, a2) name(t1 a1, t2 a2)
#define STAND_IN_3(name, t1, a1, t2, a2, t3, a3) name(t1 a1, t2 a2, t3 a3)
#define STAND_IN_4(name, t1, a1, t2, a2, t3, a3, t4, a4) name(t1 a1, t2 a2, t3 a3, t4 a4)
#define STAND_IN_5(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define STAND_IN_6(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)

#endif
