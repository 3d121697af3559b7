/* A function without parameters, declared by our own macro and defined as usual. */
#include "c_pal/macro_fallbacks.h"

/* Where a calling convention would stand. */
#define NO_MODIFIER

#ifdef __cplusplus
extern "C" {
#endif

MOCKABLE_FUNCTION(, int, zero_arguments);
MOCKABLE_FUNCTION(NO_MODIFIER, int, zero_arguments_with_modifier);

int zero_arguments(void)
{
    return 0;
}

int zero_arguments_with_modifier(void)
{
    int (*const itself)(void) = zero_arguments;
    return itself();
}

#ifdef __cplusplus
}
#endif
