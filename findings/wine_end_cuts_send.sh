#!/bin/sh
# Wine: a program sends much, and has a receive pending; the peer ends its direction (shutdown), and reads on.
#
# Expected: the send stays pending until the system has all of its bytes, as on Windows, where an overlapped send of a
# stream is done with all bytes or fails. The end of the other direction has nothing to do with it.
# Seen with Wine 8.0: when the receive finds the end, the send completes at once, as a success, with the bytes that had
# gone out by then, which is fewer than it was asked for. The peer gets exactly these; the connection goes on, and the
# rest can be sent. If no receive is pending, the send goes through whole.
# So a program that takes success for "all of it", as it may on Windows, leaves a hole in the stream, or ends it early.
set -eu

command -v x86_64-w64-mingw32-gcc >/dev/null && command -v wine >/dev/null ||
    { echo "no Wine here, or no compiler for it (packages wine, gcc-mingw-w64-x86-64): not tried"; exit 77; }
folder=$(mktemp -d)
trap 'wineserver --kill 2>/dev/null || true; rm -rf "$folder"' EXIT
export WINEPREFIX="$folder/prefix" WINEDEBUG=-all

cat >"$folder/end.c" <<'C'
#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { much = 16 << 20 };
static char out[much];
static char in[65536];

// A connected pair over loopback.
static void connect_pair(SOCKET* near_end, SOCKET* far_end)
{
    struct sockaddr_in address;
    int size = sizeof address;
    const SOCKET door = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(door, (struct sockaddr*)&address, size) != 0 || listen(door, 1) != 0 ||
        getsockname(door, (struct sockaddr*)&address, &size) != 0) {
        exit(2);
    }
    *far_end = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(*far_end, (struct sockaddr*)&address, size) != 0) {
        exit(2);
    }
    *near_end = accept(door, NULL, NULL);
    closesocket(door);
}

static void run(int has_receive)
{
    SOCKET near_end, far_end;
    char byte;
    WSABUF to_send = {much, out}, to_receive = {1, &byte};
    WSAOVERLAPPED send_state, receive_state;
    DWORD flags = 0, sent = 0, received = 0;
    long long got = 0;
    int now;
    memset(&send_state, 0, sizeof send_state);
    memset(&receive_state, 0, sizeof receive_state);
    send_state.hEvent = WSACreateEvent();
    receive_state.hEvent = WSACreateEvent();
    connect_pair(&near_end, &far_end);
    if (has_receive && (WSARecv(near_end, &to_receive, 1, NULL, &flags, &receive_state, NULL) == 0 ||
                        WSAGetLastError() != WSA_IO_PENDING)) {
        exit(2);
    }
    if (WSASend(near_end, &to_send, 1, NULL, 0, &send_state, NULL) == 0 || WSAGetLastError() != WSA_IO_PENDING) {
        exit(2);
    }
    shutdown(far_end, SD_SEND);
    if (has_receive && !WSAGetOverlappedResult(near_end, &receive_state, &received, TRUE, &flags)) {
        exit(2);
    }
    // Nobody has read yet, so a send that is over by now is over too early. One that is not goes on with the reads.
    const int is_early = WaitForSingleObject(send_state.hEvent, 2000) == WAIT_OBJECT_0;
    if (is_early) {
        const int succeeded = WSAGetOverlappedResult(near_end, &send_state, &sent, TRUE, &flags);
        closesocket(near_end);
        while ((now = recv(far_end, in, sizeof in, 0)) > 0) {
            got += now;
        }
        printf("%s, %s, the peer got %s\n", succeeded ? "a success" : "a failure",
               sent < much ? "with fewer bytes" : "with all bytes", got == sent ? "exactly these" : "another number");
    } else {
        while (got < much && (now = recv(far_end, in, sizeof in, 0)) > 0) {
            got += now;
        }
        const int succeeded = WSAGetOverlappedResult(near_end, &send_state, &sent, TRUE, &flags);
        printf("%s when the peer had read, %s\n", succeeded ? "a success" : "a failure",
               sent == much && got == much ? "with all bytes" : "with fewer bytes");
        closesocket(near_end);
    }
    closesocket(far_end);
}

int main(int count, char** arguments)
{
    WSADATA data;
    (void)arguments;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 2;
    }
    run(count > 1);
    return 0;
}
C
x86_64-w64-mingw32-gcc -O1 -o "$folder/end.exe" "$folder/end.c" -lws2_32

version=$(wine --version 2>/dev/null)
with_receive=$(wine "$folder/end.exe" with_receive 2>/dev/null | tr -d '\r')
without=$(wine "$folder/end.exe" 2>/dev/null | tr -d '\r')
cat <<TEXT
$version
expected, in both:        a success when the peer had read, with all bytes
seen, a receive pending:  $with_receive
seen, no receive pending: $without
TEXT

if [ "$with_receive" = "a success, with fewer bytes, the peer got exactly these" ] &&
    [ "$without" = "a success when the peer had read, with all bytes" ]; then
    echo "as it is written here"
else
    echo "this has changed"
    exit 1
fi
