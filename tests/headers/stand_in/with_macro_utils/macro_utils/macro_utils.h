/* Stands in for the real macro_utils: the same macro, and a mark for each use that a test can see. */
#ifndef STAND_IN_MACRO_UTILS_H
#define STAND_IN_MACRO_UTILS_H

#define STAND_IN_JOIN_(a, b) a##b
#define STAND_IN_JOIN(a, b) STAND_IN_JOIN_(a, b)

#define MU_DEFINE_ENUM(enum_name, ...)                                                                         \
    typedef enum STAND_IN_JOIN(enum_name, _TAG) { STAND_IN_JOIN(enum_name, _INVALID), __VA_ARGS__ } enum_name; \
    extern const char* STAND_IN_JOIN(STAND_IN_JOIN(MU_, enum_name), _ToString)(enum_name value);               \
    extern int STAND_IN_JOIN(enum_name, _FromString)(const char* enumAsString, enum_name* destination);        \
    typedef enum_name STAND_IN_JOIN(STAND_IN_MACRO_UTILS_, enum_name);

#define MU_ENUM_TO_STRING(enum_name, value) STAND_IN_JOIN(STAND_IN_JOIN(MU_, enum_name), _ToString)(value)
#define PRI_MU_ENUM "s%s (%d)"
#define MU_ENUM_VALUE(enum_name, value) "", MU_ENUM_TO_STRING(enum_name, value), (int)(value)

#endif
