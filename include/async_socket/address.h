/* Where a peer or a listener is: an address of IPv4 or IPv6 with its port, or one of this machine alone (AF_UNIX).
 *
 * An as_address is the caller's: an object of fixed size that is copied with `=` and that owns nothing, so nothing has
 * to be freed. It holds the system's own form of the address (struct sockaddr), which can be handed to the system as it
 * is. One that is all zeros, as after `as_address address = {0};`, is of no family: AS_NO_FAMILY.
 *
 * There are no names here: nothing below asks a resolver, or waits for anything.
 *
 * A function that fails leaves the address as it was; none writes half of one. NULL for an address that is only read
 * is an address of no family; NULL for anything else that is needed is AS_INVALID. Each function may be called on any
 * thread; one object that is written may not be used by two at once. */
#ifndef ASYNC_SOCKET_ADDRESS_H
#define ASYNC_SOCKET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async_socket/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are part of the binary interface; they are not the system's. */
typedef enum as_family {
    AS_NO_FAMILY = 0,
    AS_IPV4 = 1,
    AS_IPV6 = 2,
    AS_UNIX = 3 /* of this machine: a path, or on Linux an abstract name */
} as_family;

/* 136 bytes on every platform. The members are the library's; use the functions below. */
typedef struct as_address {
    uint64_t system[16]; /* the system's form */
    uint32_t size;       /* bytes of it that count; 0: no family */
    uint32_t reserved;   /* 0 */
} as_address;

/* Room in which the text of every address fits, with the 0 at its end. */
#define AS_ADDRESS_TEXT_SIZE 112

/* The address that `text` spells, and that port. 0 is a port, too: a listener is given a free one.
 *
 * - IPv4: four decimal numbers from 0 to 255 without leading zeros, "192.0.2.1". Other forms that some systems read, as
 *   "127.1", "0x7f.0.0.1" or "010.0.0.1", are invalid.
 * - IPv6: every form of its text, "2001:db8::1", "::ffff:192.0.2.1"; the IPv4 at its end as above. It may be in
 *   brackets: "[::1]". Behind a % may be the scope, for addresses that are of one interface only: the interface's
 *   number, "fe80::1%3", or on Linux its name, "fe80::1%eth0". Digits alone are always the number, up to 4294967295
 *   and without leading zeros, and nobody is asked whether there is such an interface; 0 is none. In brackets the scope
 *   is, too: "[fe80::1%3]".
 *
 * AS_DONE; AS_INVALID for anything else, so for names, for spaces anywhere, and for what is longer than an address;
 * AS_UNREACHABLE if all is well but no interface of this machine has that name, which may change (on Windows: whatever
 * the name is); AS_NO_ROOM or AS_FAILED, with the system's code, if the system could not be asked for it. */
as_outcome as_address_parse(as_address* address, const char* text, uint16_t port);

/* The same with the port in the text: "192.0.2.1:80", "[2001:db8::1]:80". IPv6 has to be in brackets here. The port is
 * a decimal number from 0 to 65535 without sign or leading zeros; there is none that is implied. */
as_outcome as_address_parse_with_port(as_address* address, const char* text);

/* The address of this machine alone (AF_UNIX) that has this path of `size` bytes, from 1 to 108; a 0 at its end is not
 * counted and not needed. Nothing is looked up: whether there is such a file, the system says when the address is used.
 * If the first byte is 0 it is an abstract name, which is no file, and every byte of it counts; otherwise there is no 0
 * in it. A path of 108 bytes has no room for its 0, and not every program can read it: use fewer.
 * AS_DONE; AS_INVALID; AS_NOT_AVAILABLE on Windows, where the library has no such addresses. */
as_outcome as_address_unix(as_address* address, const char* path, size_t size);

/* All addresses of this machine, for a listener ("0.0.0.0", "::"); and the one by which only the machine itself reaches
 * it ("127.0.0.1", "::1"). AS_INVALID for a family other than AS_IPV4 and AS_IPV6. */
as_outcome as_address_any(as_address* address, as_family family, uint16_t port);
as_outcome as_address_loopback(as_address* address, as_family family, uint16_t port);

/* Which kind it is. */
as_family as_address_family(const as_address* address);

/* Its port, as a number of this machine (not in the network's order); 0 if its family has none. */
uint16_t as_address_port(const as_address* address);

/* Gives it another port. AS_INVALID if its family has none. */
as_outcome as_address_set_port(as_address* address, uint16_t port);

/* The same family, address, port and scope. Two of no family are equal. IPv4 and the same one inside IPv6
 * ("::ffff:192.0.2.1") are not. */
bool as_address_equal(const as_address* one, const as_address* other);

/* Writes the address, without its port, into `text`, which has room for `size` bytes with the 0 at the end. Answers the
 * length without that 0. as_address_parse reads it again, with the port, as an equal address. A scope is always the
 * interface's number, "fe80::1%3", which means something on this machine only.
 * Of AS_UNIX it is the path, byte by byte, or the abstract name with an @ for each 0 in it; only a path can be given to
 * as_address_unix again. "" for one without a path, which a peer has that was never bound.
 * What does not fit is left out, not cut, since a part of an address is another address: then it is "" and 0, as for no
 * family. With AS_ADDRESS_TEXT_SIZE bytes everything fits. With a `size` of 0 nothing is written, and `text` may be
 * NULL. */
size_t as_address_text(const as_address* address, char* text, size_t size);

/* The same with the port: "192.0.2.1:80", "[::1]:80", which as_address_parse_with_port reads again. Of AS_UNIX, which
 * has none, without. */
size_t as_address_text_with_port(const as_address* address, char* text, size_t size);

/* The system's form: a pointer into `address` to a struct sockaddr_in, _in6 or _un, and its size in bytes, for connect,
 * bind and the like. NULL and 0 for no family. `size` may be NULL. */
const void* as_address_system(const as_address* address, size_t* size);

/* The other way round, from what accept, getsockname, getaddrinfo and the like have written: a struct sockaddr of that
 * size, which is copied. Address, port, scope and path are taken; what the system's form has beyond that (a flow label,
 * padding) is left out. AS_DONE; AS_INVALID if it is too short for what it says it is, or has a path or name longer
 * than there can be; AS_NOT_AVAILABLE for a family that is none of as_family's, on Windows for AF_UNIX, too. */
as_outcome as_address_from_system(as_address* address, const void* system, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_ADDRESS_H */
