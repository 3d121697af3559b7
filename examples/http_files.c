/* Serves the files of a folder by HTTP/1.1, to this machine alone: http_files FOLDER [PORT [SECONDS]]. When its input
 * ends it finishes the requests that are under way. SECONDS (10): what a peer has for each step.
 *
 * A connection receives or sends, and the callback that ends that starts the next one, or drops the connection. So no
 * two threads use it at once, and requests that come ahead of their turn wait, and are answered in order. */
#include "crowd.h"
#include "http_answer.h"
#include "local_server.h"

typedef struct connection {
    member member; /* of all */
    as_stream* stream;
    as_operation receive, send, farewell;
    as_buffer buffers[2];
    as_deadline deadline;  /* of the request, or of the wait for it */
    bool is_idle, is_over; /* it waits for a request; its last one has been answered */
    size_t filled;
    char requests[8192];
    http_answer answer;
} connection;

static crowd all = CROWD(all);         /* connections; it guards their starts, since main cancels receives, and: */
static as_deadline the_end = AS_NEVER; /* of everything, when main has begun it */
static const char* folder;
static uint64_t patience_ms = 10000;

static void drop(connection* gone)
{
    as_stream_close(gone->stream);
    served_file_close(&gone->answer.file);
    crowd_part(&all, &gone->member);
    free(gone);
}

/* From here on the connection is its callback's. */
static void start(connection* on, as_operation* operation, uint32_t count, as_deadline deadline)
{
    const bool receives = operation == &on->receive;
    crowd_enter(&all); /* either this finds that the end has begun, or main finds it idle */
    const as_deadline until = deadline < the_end ? deadline : the_end;
    on->is_idle = receives && on->filled == 0 && !on->is_over;
    const bool goes_on =
        (!on->is_idle || the_end == AS_NEVER) &&
        (receives ? as_stream_receive : as_stream_send)(on->stream, operation, on->buffers, count, until).how ==
            AS_DONE;
    crowd_leave(&all);
    if (!goes_on) {
        drop(on);
    }
}

static void receive(connection* from)
{
    from->buffers[0] = as_buffer_of(from->requests + from->filled, sizeof from->requests - 1 - from->filled);
    start(from, &from->receive, 1, from->deadline);
}

/* Sends what there is of the answer, and then looks for the next request. */
static void go_on(connection* with)
{
    uint32_t count = 0;
    if (!http_answer_take(&with->answer, with->buffers, &count)) {
        drop(with);
    } else if (count > 0) {
        start(with, &with->send, count, as_in_ms(patience_ms));
    } else if (with->answer.is_last) { /* closed with bytes that nobody has received it would be reset, so: */
        with->is_over = true;
        with->filled = 0;
        (void)as_stream_shutdown_send(with->stream, &with->farewell, with->deadline); /* ends in drop, if not before */
        receive(with);
    } else if (http_answer_next_request(&with->answer, folder, with->requests, &with->filled,
                                        sizeof with->requests - 1)) {
        go_on(with);
    } else {
        receive(with);
    }
}

static void received(as_operation* operation, as_outcome outcome)
{
    connection* const from = operation->context;
    if (outcome.how == AS_DONE && from->is_over) {
        receive(from); /* and forget it */
    } else if (outcome.how == AS_DONE) {
        from->deadline = from->filled == 0 ? as_in_ms(patience_ms) : from->deadline;
        from->filled += (size_t)outcome.bytes;
        from->requests[from->filled] = 0;
        go_on(from);
    } else if (outcome.how == AS_TIMED_OUT && from->filled > 0) {
        http_answer_refuse(&from->answer, "408 Request Timeout");
        go_on(from);
    } else {
        drop(from);
    }
}

static void sent(as_operation* operation, as_outcome outcome)
{
    connection* const to = operation->context;
    to->deadline = as_in_ms(patience_ms);
    if (outcome.how == AS_DONE) {
        go_on(to);
    } else {
        drop(to);
    }
}

static void ignore(as_operation* operation, as_outcome outcome)
{
    (void)operation;
    (void)outcome;
}

static void serve(as_stream* stream, void* memory)
{
    connection* const made = memory;
    made->stream = stream;
    made->receive = (as_operation){received, made, {0}};
    made->send = (as_operation){sent, made, {0}};
    made->farewell = (as_operation){ignore, NULL, {0}};
    made->deadline = as_in_ms(patience_ms);
    (void)as_stream_set_option(stream, AS_OPTION_NO_DELAY, 1);
    crowd_admit(&all, &made->member);
    receive(made);
}

int main(int argc, char** argv)
{
    local_server server = {.serve = serve, .size = sizeof(connection)};
    folder = argc > 1 ? argv[1] : ".";
    patience_ms = argc > 3 ? strtoul(argv[3], NULL, 10) * 1000 : patience_ms;
    if (!local_server_start(&server, argc > 2 ? argv[2] : NULL)) {
        return EXIT_FAILURE;
    }
    local_server_run(&server);
    crowd_enter(&all);
    the_end = as_in_ms(patience_ms);
    for (member* each = crowd_first(&all); each != NULL; each = crowd_next(&all, each)) {
        if (((connection*)each)->is_idle) {
            as_operation_cancel(&((connection*)each)->receive);
        }
    }
    crowd_leave_when_empty(&all);
    return as_engine_end_and_wait(server.engine).how == AS_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
