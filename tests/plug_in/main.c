/* main PLUG_IN: loads the plug-in, uses it and unloads it, many times. What of the library still ran would end the
 * process. LINUX_15_010 */
#include <dlfcn.h>
#include <stdio.h>

enum { rounds = 300 };

int main(int argc, char** argv)
{
    int round;
    if (argc != 2) {
        return 2;
    }
    for (round = 0; round < rounds; ++round) {
        int (*use)(void);
        int result;
        void* const plug_in = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (plug_in == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        *(void**)&use = dlsym(plug_in, "plug_in_use");
        result = use();
        if (result != 0 || dlclose(plug_in) != 0) {
            fprintf(stderr, "round %d: %d\n", round, result);
            return 1;
        }
        if (dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) != NULL) {
            fprintf(stderr, "round %d: it stays\n", round);
            return 1;
        }
    }
    printf("%d rounds\n", round);
    return 0;
}
