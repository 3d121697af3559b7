/* Stands in for the real umock_c in what makes the names of parameters part of the interface: each
 * function gets a struct of one recorded call, with a member for each parameter, by its name. */
#ifndef STAND_IN_RECORDED_CALLS_H
#define STAND_IN_RECORDED_CALLS_H

/* The name goes on in the variadic part, which may not be empty in C11. */
#define MOCKABLE_FUNCTION(modifiers, result, ...) RECORD_PICK(__VA_ARGS__)(modifiers result, __VA_ARGS__)

#define RECORD_PICK(...) \
    RECORD_PICK_(__VA_ARGS__, RECORD_6, X, RECORD_5, X, RECORD_4, X, RECORD_3, X, RECORD_2, X, RECORD_1, X, RECORD_0, X)
#define RECORD_PICK_(n, a, b, c, d, e, f, g, h, i, j, k, l, pick, ...) pick

#define RECORD(name, count, members)           \
    enum { name##_PARAMETER_COUNT = (count) }; \
    typedef struct name##_CALL_TAG {           \
        members;                               \
    } name##_CALL

#define RECORD_0(result, name) \
    RECORD(name, 0, int none); \
    result name(void)
#define RECORD_1(result, name, t1, a1) \
    RECORD(name, 1, t1 a1);            \
    result name(t1 a1)
#define RECORD_2(result, name, t1, a1, t2, a2) \
    RECORD(name, 2, t1 a1; t2 a2);             \
    result name(t1 a1, t2 a2)
#define RECORD_3(result, name, t1, a1, t2, a2, t3, a3) \
    RECORD(name, 3, t1 a1; t2 a2; t3 a3);              \
    result name(t1 a1, t2 a2, t3 a3)
#define RECORD_4(result, name, t1, a1, t2, a2, t3, a3, t4, a4) \
    RECORD(name, 4, t1 a1; t2 a2; t3 a3; t4 a4);               \
    result name(t1 a1, t2 a2, t3 a3, t4 a4)
#define RECORD_5(result, name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
    RECORD(name, 5, t1 a1; t2 a2; t3 a3; t4 a4; t5 a5);                \
    result name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define RECORD_6(result, name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) \
    RECORD(name, 6, t1 a1; t2 a2; t3 a3; t4 a4; t5 a5; t6 a6);                 \
    result name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)

#endif
