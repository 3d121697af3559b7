/* What main.c needs of the system: sockets, and events that a callback sets. */
#ifndef GENERATIONS_SYSTEM_H
#define GENERATIONS_SYSTEM_H

#ifdef _WIN32

#include <winsock2.h>

#include <windows.h>

typedef int ADDRESS_LENGTH;

static int system_start(void)
{
    WSADATA winsock;
    return WSAStartup(MAKEWORD(2, 2), &winsock) == 0;
}

static SOCKET overlapped_socket(void)
{
    return WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
}

typedef HANDLE EVENT;

static void event_create(EVENT* event)
{
    *event = CreateEventW(NULL, FALSE, FALSE, NULL);
}

static void event_set(EVENT* event)
{
    SetEvent(*event);
}

static int event_wait(EVENT* event, unsigned seconds)
{
    return WaitForSingleObject(*event, seconds * 1000) == WAIT_OBJECT_0;
}

static void event_destroy(EVENT* event)
{
    CloseHandle(*event);
}

#else

#include <netinet/in.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int SOCKET;
typedef socklen_t ADDRESS_LENGTH;

static int system_start(void)
{
    return 1;
}

static SOCKET overlapped_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static void closesocket(SOCKET socket)
{
    (void)close(socket);
}

typedef sem_t EVENT;

static void event_create(EVENT* event)
{
    (void)sem_init(event, 0, 0);
}

static void event_set(EVENT* event)
{
    (void)sem_post(event);
}

static int event_wait(EVENT* event, unsigned seconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)seconds;
    return sem_timedwait(event, &until) == 0;
}

static void event_destroy(EVENT* event)
{
    (void)sem_destroy(event);
}

#endif

#endif /* GENERATIONS_SYSTEM_H */
