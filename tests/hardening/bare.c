/* A program that is built without any protection; it has what each of them would protect. */
#include <stdio.h>
#include <string.h>

int main(int count, char** arguments)
{
    char text[16];
    (void)strncpy(text, arguments[count - 1], sizeof text - 1);
    text[sizeof text - 1] = '\0';
    return printf("%s\n", text) < 0;
}
