/* Fetches web pages, all at once: fetch_all [-SECONDS] URL ..., or those on its input, one a line. Each has so many
 * seconds (2) for all that there is to do. Says for each its status and how many bytes it has, or why it has failed.
 * A fetch is one chain of operations with one deadline: each is started in the callback of the one before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async_socket/connect.h"
#include "crowd.h"
#include "http_reply.h"
#include "http_url.h"

enum { ATTEMPTS = 8 };

typedef struct fetch {
    member member; /* of those that have not ended */
    as_stream* stream;
    as_operation operation;
    as_buffer buffer;
    as_deadline deadline;
    as_connect_options options;
    as_attempt attempts[ATTEMPTS];
    uint32_t attempt_count;
    char text[1024]; /* the URL as it was given */
    http_url url;
    http_reply reply;
} fetch;

static crowd unfinished = CROWD(unfinished);
static uint64_t time_ms = 2000;

static void say(fetch* of, const char* failure, const char* step)
{
    if (failure == NULL) {
        (void)printf("%s: status %s, %llu bytes\n", of->text, of->reply.status, of->reply.body);
        return;
    }
    (void)printf("%s: %s: %s\n", of->text, step, failure);
    for (uint32_t i = 0; of->stream == NULL && i < of->attempt_count && i < ATTEMPTS; ++i) {
        char where[AS_ADDRESS_TEXT_SIZE];
        (void)as_address_text_with_port(&of->attempts[i].address, where, sizeof where);
        (void)printf("    %s: %s\n", where, as_how_text(of->attempts[i].outcome.how));
    }
}

static void finish(fetch* finished, const char* failure, const char* step) /* no failure: all has come */
{
    as_stream_close(finished->stream); /* which is NULL if it never was connected */
    crowd_enter(&unfinished);          /* so that the lines of several do not mix */
    say(finished, failure, step);
    crowd_leave(&unfinished);
    crowd_part(&unfinished, &finished->member);
    free(finished);
}

static void receive(fetch* from)
{
    from->buffer = http_reply_room(&from->reply);
    const as_outcome outcome = as_stream_receive(from->stream, &from->operation, &from->buffer, 1, from->deadline);
    if (outcome.how != AS_DONE) {
        finish(from, as_how_text(outcome.how), "receiving");
    }
}

static void received(as_operation* operation, as_outcome outcome)
{
    fetch* const from = operation->context;
    http_reply_add(&from->reply, (size_t)outcome.bytes);
    if (http_reply_is_whole(&from->reply, outcome.how == AS_END_OF_STREAM)) {
        finish(from, NULL, NULL);
    } else if (outcome.how != AS_DONE) {
        finish(from, as_how_text(outcome.how), from->reply.has_head ? "in the page" : "before the page");
    } else if (!from->reply.is_http) {
        finish(from, "that is no HTTP", "in the answer");
    } else {
        receive(from);
    }
}

static void sent(as_operation* operation, as_outcome outcome)
{
    fetch* const to = operation->context;
    operation->on_end = received;
    if (outcome.how == AS_DONE) {
        receive(to);
    } else {
        finish(to, as_how_text(outcome.how), "sending");
    }
}

static void connected(as_operation* operation, as_outcome outcome)
{
    fetch* const to = operation->context;
    if (outcome.how == AS_DONE) {
        operation->on_end = sent;
        to->buffer = as_buffer_of(to->url.request, strlen(to->url.request));
        outcome = as_stream_send(to->stream, operation, &to->buffer, 1, to->deadline);
    }
    if (outcome.how != AS_DONE) {
        finish(to, as_how_text(outcome.how), to->stream == NULL ? "connecting" : "sending");
    }
}

static void begin(as_engine* engine, const char* url)
{
    fetch* const begun = calloc(1, sizeof *begun);
    if (begun == NULL) {
        abort();
    }
    const int size = snprintf(begun->text, sizeof begun->text, "%.*s", (int)strcspn(url, " \t\r\n"), url);
    begun->operation = (as_operation){connected, begun, {0}};
    begun->deadline = as_in_ms(time_ms);
    begun->options = (as_connect_options)AS_CONNECT_OPTIONS;
    begun->options.attempts = begun->attempts;
    begun->options.attempt_capacity = ATTEMPTS;
    begun->options.attempt_count = &begun->attempt_count;
    crowd_admit(&unfinished, &begun->member);
    if (size >= (int)sizeof begun->text || !http_url_read(&begun->url, begun->text)) {
        finish(begun, "that is no http URL", "at first");
        return;
    }
    const as_target at = {.host = begun->url.host, .service = begun->url.port};
    const as_outcome outcome =
        as_connect(engine, &at, &begun->options, &begun->operation, &begun->stream, begun->deadline);
    if (outcome.how != AS_DONE) {
        finish(begun, as_how_text(outcome.how), "connecting");
    }
}

int main(int argc, char** argv)
{
    char line[1200];
    as_engine* engine = NULL;
    if (as_engine_create(NULL, &engine).how != AS_DONE) {
        return EXIT_FAILURE;
    }
    const int first = argc > 1 && *argv[1] == '-' ? 2 : 1;
    time_ms = first == 2 ? strtoul(argv[1] + 1, NULL, 10) * 1000 : time_ms;
    for (int i = first; i < argc; ++i) {
        begin(engine, argv[i]);
    }
    while (argc == first && fgets(line, sizeof line, stdin) != NULL) {
        begin(engine, line);
    }
    crowd_enter(&unfinished);
    crowd_leave_when_empty(&unfinished);
    as_engine_end(engine); /* to wait for it could mean to wait for a lookup that nobody is interested in any more */
    return EXIT_SUCCESS;
}
