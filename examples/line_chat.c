/* A chat for this machine: who connects sees each line that anybody sends. line_chat [PORT [SECONDS]]; ends with its
 * input. SECONDS (10): what a guest has to take what it is sent.
 *
 * A guest whose queue of lines is full is told so and shown out; nobody waits for it. Both its directions may call back
 * at one time, so all happens inside a lock; but the callback that leaves nothing under way ends the guest outside. */
#include "crowd.h"
#include "line_queue.h"
#include "local_server.h"
#include "typed_lines.h"

typedef struct guest {
    member member; /* of all */
    unsigned number;
    as_stream* stream;
    as_operation receive, send;
    bool receives;       /* it is under way; a send is while the queue says so */
    const char* leaving; /* why; NULL: it stays */
    typed_lines typed;
    line_queue queue;
} guest;

static crowd all = CROWD(all);
static uint64_t patience_ms = 10000;

/* It gets what is being sent, and nothing else. */
static void lose(guest* lost, const char* why)
{
    lost->leaving = lost->leaving != NULL ? lost->leaving : why;
    line_queue_cut(&lost->queue);
    as_operation_cancel(&lost->receive);
}

static void send_next(guest* to)
{
    const uint32_t count = line_queue_gather(&to->queue);
    if (count > 0 &&
        as_stream_send(to->stream, &to->send, to->queue.pieces, count, as_in_ms(patience_ms)).how != AS_DONE) {
        line_queue_sent(&to->queue); /* or never will be */
        lose(to, "cannot be reached");
    }
}

static void show_out(guest* leaving, const char* why)
{
    lose(leaving, why);
    line_queue_give(&leaving->queue, line_make(leaving->number, " has to leave: ", why, strlen(why)));
    send_next(leaving);
}

static void say(unsigned number, const char* verb, const char* text, size_t size)
{
    line* const said = line_make(number, verb, text, size);
    for (member* each = crowd_first(&all); each != NULL; each = crowd_next(&all, each)) {
        guest* const to = (guest*)each;
        if (to->leaving == NULL && line_queue_put(&to->queue, said)) {
            send_next(to);
        } else if (to->leaving == NULL) {
            show_out(to, "too far behind");
        }
    }
    line_release(said);
}

static void receive_next(guest* from)
{
    from->receives =
        from->leaving == NULL &&
        as_stream_receive(from->stream, &from->receive, typed_lines_room(&from->typed), 1, AS_NEVER).how == AS_DONE;
    if (!from->receives && from->leaving == NULL) {
        lose(from, "cannot be reached");
    }
}

/* Leaves the lock. With nothing under way the guest is the caller's alone, and ended. */
static void leave(guest* done)
{
    if (done->leaving == NULL || done->receives || done->queue.sending > 0) {
        crowd_leave(&all);
        return;
    }
    say(done->number, " has left: ", done->leaving, strlen(done->leaving));
    crowd_leave(&all);
    as_stream_close(done->stream); /* the callback of the other direction may have left, and not returned yet */
    crowd_part(&all, &done->member);
    free(done);
}

static void received(as_operation* operation, as_outcome outcome)
{
    guest* const from = operation->context;
    crowd_enter(&all);
    from->typed.filled += (size_t)outcome.bytes;
    for (size_t size = 0; from->leaving == NULL && typed_lines_take(&from->typed, &size);) {
        say(from->number, ": ", from->typed.bytes, size);
    }
    if (from->leaving == NULL && outcome.how == AS_END_OF_STREAM) {
        from->leaving = "end of its lines"; /* but it gets what was said before */
    } else if (from->leaving == NULL && outcome.how != AS_DONE) {
        lose(from, as_how_text(outcome.how));
    }
    receive_next(from);
    leave(from);
}

static void sent(as_operation* operation, as_outcome outcome)
{
    guest* const to = operation->context;
    crowd_enter(&all);
    line_queue_sent(&to->queue);
    if (outcome.how != AS_DONE) {
        lose(to, as_how_text(outcome.how));
    }
    send_next(to);
    leave(to);
}

static void serve(as_stream* stream, void* memory)
{
    static unsigned last_number;
    guest* const made = memory;
    made->number = ++last_number;
    made->stream = stream;
    made->receive = (as_operation){received, made, {0}};
    made->send = (as_operation){sent, made, {0}};
    crowd_enter(&all);
    crowd_join(&all, &made->member);
    receive_next(made);
    say(made->number, " has come", "", 0);
    leave(made);
}

int main(int argc, char** argv)
{
    local_server server = {.serve = serve, .size = sizeof(guest)};
    patience_ms = argc > 2 ? strtoul(argv[2], NULL, 10) * 1000 : patience_ms;
    if (!local_server_start(&server, argc > 1 ? argv[1] : NULL)) {
        return EXIT_FAILURE;
    }
    local_server_run(&server);
    crowd_enter(&all);
    for (member* each = crowd_first(&all); each != NULL; each = crowd_next(&all, each)) {
        guest* const to = (guest*)each;
        if (to->leaving == NULL) { /* others go anyway, and may be on their way out of here */
            show_out(to, "the chat is over");
        }
    }
    crowd_leave_when_empty(&all);
    return as_engine_end_and_wait(server.engine).how == AS_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
