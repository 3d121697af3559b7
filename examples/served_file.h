/* A file of a folder, by the target of an HTTP request: "/a/b%20c.html". Names that lead out of the folder on any
 * system are refused everywhere: "..", whatever else begins with a full stop, and what Windows reads in its own way. */
#ifndef SERVED_FILE_H
#define SERVED_FILE_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_head.h"

typedef struct served_file {
    FILE* file; /* NULL: closed */
    long left;  /* of it to be read */
} served_file;

/* "con", "nul.txt", "COM1": devices in every folder of Windows. */
static inline bool served_file_is_device(const char* name)
{
    static const char* const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    const size_t stem = strcspn(name, "./ ");
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; ++i) {
        if (http_behind(name, devices[i]) != NULL && (stem == 3 || (stem == 4 && isdigit((unsigned char)name[3])))) {
            return true;
        }
    }
    return false;
}

static inline bool served_file_is_inside(const char* path)
{
    for (const char* slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
        const char* const name = slash + 1;
        const size_t length = strcspn(name, "/");
        if (*name == '.' || (length == 0 && *name != 0) || served_file_is_device(name) ||
            (length > 0 && strchr(". ", name[length - 1]) != NULL)) {
            return false;
        }
    }
    return true;
}

/* The target without its query, as text; the length, or 0 if there is no room for it, or it has what no name has. */
static inline size_t served_file_decode(const char* target, char* path, size_t size)
{
    size_t length = 0;
    for (; *target != 0 && *target != '?'; ++target) {
        char byte = *target;
        if (byte == '%') {
            if (!isxdigit((unsigned char)target[1]) || !isxdigit((unsigned char)target[2])) {
                return 0;
            }
            const char digits[] = {target[1], target[2], 0};
            byte = (char)strtoul(digits, NULL, 16);
            target += 2;
        }
        if (byte < ' ' || byte > '~' || strchr("\\:*\"<>|", byte) != NULL || length + 1 == size) {
            return 0;
        }
        path[length++] = byte;
    }
    path[length] = 0;
    return length;
}

static inline void served_file_close(served_file* served)
{
    if (served->file != NULL) {
        (void)fclose(served->file);
    }
    *served = (served_file){NULL, 0};
}

/* A folder's own file is its index.html. False if there is no such file that can be read, or it is too long for C. */
static inline bool served_file_open(served_file* served, const char* folder, const char* target)
{
    char path[512], name[1024];
    const size_t length = *target == '/' ? served_file_decode(target, path, sizeof path) : 0;
    if (length == 0 || !served_file_is_inside(path)) {
        return false;
    }
    const int wanted = snprintf(name, sizeof name, "%s%s%s", folder, path, path[length - 1] == '/' ? "index.html" : "");
    served->file = wanted > 0 && (size_t)wanted < sizeof name ? fopen(name, "rb") : NULL;
    if (served->file == NULL) {
        return false;
    }
    (void)getc(served->file); /* fails for a folder */
    if (!ferror(served->file) && fseek(served->file, 0, SEEK_END) == 0) {
        served->left = ftell(served->file);
        if (served->left >= 0 && fseek(served->file, 0, SEEK_SET) == 0) {
            return true;
        }
    }
    served_file_close(served);
    return false;
}

/* The next bytes, as many as there is room for; *size is 0 at the end only. False if the file has become shorter. */
static inline bool served_file_read(served_file* served, void* bytes, size_t room, size_t* size)
{
    *size = served->left < (long)room ? (size_t)served->left : room;
    if (*size > 0 && fread(bytes, 1, *size, served->file) != *size) {
        return false;
    }
    served->left -= (long)*size;
    if (served->left == 0) {
        served_file_close(served);
    }
    return true;
}

#endif /* SERVED_FILE_H */
