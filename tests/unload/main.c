/* Loads a module with the library, uses it and unloads it: unload MODULE WHAT. The process ends with 0 if all went
 * well; a thread that returns into code that is gone ends it with another code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

/* Many are more than there are indices of thread-local storage in a process (64 + 1024), by the three that the library
 * has. */
enum { some_rounds = 50, many_rounds = 400 };

static HMODULE load(const char* path)
{
    const HMODULE module = LoadLibraryA(path);
    if (module == NULL) {
        printf("cannot load %s: error %lu\n", path, GetLastError());
        exit(2);
    }
    return module;
}

static FARPROC find(HMODULE module, const char* name)
{
    const FARPROC found = GetProcAddress(module, name);
    if (found == NULL) {
        printf("%s is not there\n", name);
        exit(2);
    }
    return found;
}

/* Through a pointer without a type: the compiler is right to doubt the cast. */
#define FIND(module, place, name) (*(void**)&(place) = (void*)(uintptr_t)find(module, name))

static struct library functions_of(HMODULE module)
{
    struct library found;
    FIND(module, found.engine_create, "execution_engine_create");
    FIND(module, found.engine_dec_ref, "execution_engine_dec_ref");
    FIND(module, found.engine_dec_ref_and_wait, "execution_engine_dec_ref_and_wait");
    FIND(module, found.create, "async_socket_create");
    FIND(module, found.set_completion_mode, "async_socket_set_completion_mode");
    FIND(module, found.open_async, "async_socket_open_async_v3");
    FIND(module, found.destroy, "async_socket_destroy");
    FIND(module, found.send_async, "async_socket_send_async");
    FIND(module, found.receive_async, "async_socket_receive_async");
    return found;
}

/* Unloaded at once if nobody keeps it; a thread that is on its way out may, for a while. */
static int unload(HMODULE module, const char* path)
{
    (void)FreeLibrary(module);
    for (int i = 0; i < 1000 && GetModuleHandleA(path) != NULL; ++i) {
        Sleep(10);
    }
    return GetModuleHandleA(path) == NULL ? 0 : 1;
}

static int use_of(HMODULE module, int is_plug_in, enum ending how)
{
    if (!is_plug_in) {
        const struct library functions = functions_of(module);
        return use_once(&functions, how);
    }
    int (*use)(int) = NULL;
    FIND(module, use, "plug_in_use_once");
    return use(how);
}

static int use_again_and_again(const char* path, int is_plug_in, enum ending how)
{
    const int rounds = how == ends_outside ? many_rounds : some_rounds;
    for (int round = 0; round < rounds; ++round) {
        const HMODULE module = load(path);
        const int wrong = use_of(module, is_plug_in, how);
        if (wrong != 0 || unload(module, path) != 0) {
            printf("round %d: %s %d\n", round, wrong != 0 ? "step" : "it stays loaded;", wrong);
            return 1;
        }
    }
    return 0;
}

static int leave(const char* path, int open)
{
    const HMODULE module = load(path);
    int (*leave_something)(int) = NULL;
    FIND(module, leave_something, "plug_in_leave");
    return leave_something(open) == 0 && (open || unload(module, path) == 0) ? 0 : 1;
}

/* Without it a debugger comes first, and the process may end with 0. */
static LONG WINAPI on_crash(EXCEPTION_POINTERS* what)
{
    printf("crash %08lx at %p\n", what->ExceptionRecord->ExceptionCode, what->ExceptionRecord->ExceptionAddress);
    (void)fflush(stdout);
    (void)TerminateProcess(GetCurrentProcess(), 99);
    return EXCEPTION_EXECUTE_HANDLER;
}

int main(int argc, char** argv)
{
    (void)SetUnhandledExceptionFilter(on_crash);
    const char* const path = argc == 3 ? argv[1] : "";
    const char* const what = argc == 3 ? argv[2] : "";
    const int is_plug_in = strstr(path, "plug_in") != NULL;
    if (strcmp(what, "in_callback") == 0) {
        return use_again_and_again(path, is_plug_in, ends_in_callback);
    }
    if (strcmp(what, "and_waits") == 0) {
        return use_again_and_again(path, is_plug_in, ends_and_waits);
    }
    if (strcmp(what, "outside") == 0) {
        return use_again_and_again(path, is_plug_in, ends_outside);
    }
    if (strcmp(what, "in_detach") == 0) {
        return leave(path, 0);
    }
    if (strcmp(what, "at_exit") == 0) {
        return leave(path, 1);
    }
    printf("unload MODULE in_callback|and_waits|outside|in_detach|at_exit\n");
    return 2;
}
