/*
 * A model of one async socket's life, for spin: the word of src/core/life/lifecycle.cpp, and open, close and
 * destroy of src/core/socket/socket.cpp, as several threads and callbacks use them at once.
 *
 * What is checked:
 *  - no use after free: every read or write of the socket's memory asserts that it is still there;
 *  - nobody uses a channel that is closed, and nobody closes it while a call is inside;
 *  - no lost wake-up and no deadlock: a sleeper whom nobody wakes is an invalid end state;
 *  - close and destroy end, also when other threads never stop calling (the LTL formulas at the end).
 *
 * What stands for what:
 *  - `phase` and `calls` are the two halves of the one word. Each atomic operation of the code is one
 *    atomic step here. The loop around compare_exchange is one step too: a failed exchange means that the
 *    count has changed in between, and it looks at the state again. (The relacy tests run the real loop.)
 *  - wait_while_equal compares and falls asleep in one step. A sleeper gets up when somebody wakes the
 *    word, or for no reason at all, as often as `spurious` says. That number is chosen at the start, and
 *    0 is a choice, so no spurious wake-up can hide a lost one.
 *  - `pool` is the thread pool's count of operations that are under way, their callbacks included.
 *
 * The program that uses the library keeps to the documents: it begins no call on a handle after it has
 * begun to destroy it, and it destroys only when each call of another thread has at least reached the
 * atomic operation that lets it in or refuses it (`unsure` counts the calls that have not).
 *
 * The macros USERS, CLOSERS, OPENERS, CALLBACKS and DESTROYERS say how many threads there are, ROUNDS how
 * many calls each of them makes, ENDLESS that users and openers never stop. The macros BUG_... each plant
 * one bug, which has to be found.
 */

mtype = { closed, opening, open, closing, destroying };

/* The socket's memory. */
mtype phase = closed;
byte calls = 0;
bool channel = false;
bool freed = false;

/* The thread pool and the system. */
byte pool = 0;          /* operations under way, those whose callback runs among them */
byte pending = 0;       /* of these: not ended yet */
byte busy = 0;          /* one bit for each thread of the pool */
bool cancelled = false; /* the closer has asked the system to end them */
bool peer_acts;         /* otherwise an operation ends only because it is cancelled */

/* Waiting on the word: one bit for each sleeper. */
short asleep = 0;
byte spurious;

/* What the program knows. */
bool dying = false;
byte unsure = 0;

/* What the checks look at. */
byte inside = 0;      /* calls that were let in and have not left */
bool first_closes = false;

#define TOUCH assert(!freed)
#define MY_BIT (1 << _pid)
#define LOCALS                                                                                                         \
    bool got_in = false;                                                                                               \
    bool won = false;                                                                                                  \
    bool wakes = false;                                                                                                \
    bool in_pool = false;   /* runs in a callback that the pool counts */                                              \
    bool visiting = false;  /* runs in the open callback, inside */                                                    \
    bool plain = false;     /* only the program keeps the handle alive for this call */                                \
    mtype seen_phase = closed;                                                                                         \
    byte seen_calls = 0;                                                                                               \
    byte round = 0

/* ---- waiting on the word ---- */

inline wake_all()
{
    asleep = 0
}

inline wait_while_equal()
{
    atomic {
        TOUCH;
        if
#ifdef BUG_SLEEP_WITHOUT_COMPARE
        :: true -> asleep = asleep | MY_BIT
#else
        :: phase == seen_phase && calls == seen_calls -> asleep = asleep | MY_BIT
        :: else
#endif
        fi
    };
    atomic {
        if
        :: (asleep & MY_BIT) == 0
        :: (asleep & MY_BIT) != 0 && spurious > 0 -> spurious--; asleep = asleep & ~MY_BIT
        fi;
        seen_phase = closed;
        seen_calls = 0
    }
}

/* ---- the word ---- */

inline leave()
{
    atomic {
        TOUCH;
        assert(calls > 0);
        calls--;
#ifdef BUG_LEAVER_WAKES_NO_DESTROYER
        wakes = (calls == 0 && phase == closing)
#else
        wakes = (calls == 0 && (phase == closing || phase == destroying))
#endif
    };
#ifdef BUG_LEAVER_LOOKS_AGAIN
    TOUCH;
#endif
#ifdef BUG_NO_WAKE
    wakes = false;
#endif
    if
    :: atomic { wakes -> wakes = false; wake_all() }
    :: else
    fi
}

/* The call is in the count, or refused: from here on the library looks after itself. */
inline now_sure()
{
    if
    :: plain -> plain = false; unsure--
    :: else
    fi
}

inline enter()
{
#ifdef BUG_REFUSED_CALLS_COUNT
    got_in = true;
#else
    atomic {
        TOUCH;
        got_in = (phase == open);
        if
        :: got_in
        :: else -> now_sure()
        fi
    };
#endif
    if
    :: got_in ->
        atomic {
            TOUCH;
            calls++;
#ifndef BUG_STATE_READ_BEFORE_THE_ADD
            got_in = (phase == open);
#endif
            if
            :: got_in -> inside++
            :: else
            fi;
            now_sure()
        };
        if
        :: got_in
#ifndef BUG_REFUSED_CALL_STAYS_COUNTED
        :: else -> leave()
#else
        :: else
#endif
        fi
    :: else
    fi
}

inline wait_for_calls()
{
    do
    :: atomic {
        TOUCH;
        seen_phase = phase;
        seen_calls = calls;
        if
        :: calls == 0 -> seen_phase = closed; break
        :: else
        fi
    };
    wait_while_equal()
    od
}

/* ---- the socket ---- */

/* What a call does once it is inside: uses the channel, and may start an operation. */
inline use_channel()
{
    atomic {
        assert(channel && !freed);
        if
        :: pool < MOST_OPERATIONS -> pool++; pending++
        :: true
        fi
    };
    atomic { assert(channel && !freed); inside-- }
}

/* The callbacks of this socket that the thread is in do not count any more. */
inline detach_all()
{
#ifndef BUG_NO_DETACH
    if
    :: atomic { in_pool -> in_pool = false; pool-- }
    :: visiting -> visiting = false; leave()
    :: else
    fi
#else
    skip
#endif
}

inline close_channel()
{
#ifndef BUG_NO_CANCEL
    atomic { TOUCH; cancelled = true };
#endif
#ifndef BUG_CALLBACKS_NOT_AWAITED
    pool == 0;
#endif
    atomic { TOUCH; assert(channel && inside == 0 && pool == 0); channel = false }
}

inline close()
{
    atomic {
        TOUCH;
        won = (phase == open);
        if
        :: won -> phase = closing
        :: else
        fi;
        now_sure()
    };
    if
    :: won ->
        won = false;
        detach_all();
#ifndef BUG_CALLS_NOT_AWAITED
        wait_for_calls();
#endif
        close_channel();
#ifdef BUG_WAKE_BEFORE_CHANGE
        wake_all();
        atomic { TOUCH; phase = closed }
#else
        atomic { TOUCH; phase = closed };
#ifdef BUG_CLOSER_LOOKS_AGAIN
        TOUCH;
#endif
#ifndef BUG_NO_WAKE_AFTER_CLOSE
        wake_all()
#endif
#endif
    :: else
    fi
}

/* closed -> destroying: `won`. False if the socket is open. */
inline retire()
{
    do
    :: atomic {
        TOUCH;
#ifdef BUG_DESTROY_DURING_CLOSE
        won = (phase == closed || phase == closing);
#else
        won = (phase == closed);
#endif
        if
        :: won -> phase = destroying; break
        :: else
        fi
    };
    atomic {
        TOUCH;
        seen_phase = phase;
        seen_calls = calls;
        if
        :: phase == open -> seen_phase = closed; seen_calls = 0; break
        :: else
        fi
    };
    if
    :: seen_phase == opening || seen_phase == closing -> wait_while_equal()
    :: else
    fi
    od;
#ifndef BUG_FREE_WITHOUT_WAIT
    if
    :: won -> wait_for_calls()
    :: else
    fi
#endif
}

inline close_and_free()
{
    detach_all();
    do
    :: retire();
        if
        :: won -> break
        :: else -> close()
        fi
    od;
    atomic { won = false; TOUCH; assert(!channel); freed = true }
}

/* What an application does in a callback: a call, then a close or a destroy, or neither. */
inline in_callback()
{
    if
    :: true
    :: enter();
        if
        :: got_in -> use_channel(); leave()
        :: else
        fi
    fi;
    if
    :: true
    :: close()
    :: atomic { !dying && unsure == 0 -> dying = true }; close_and_free()
    fi
}

inline open_socket()
{
    atomic {
        TOUCH;
        won = (phase == closed);
        if
        :: won -> phase = opening;
#ifndef BUG_OPENER_NOT_COUNTED
            calls++
#endif
        :: else
        fi;
        now_sure()
    };
    if
    :: won ->
        won = false;
        if
        :: true -> /* the system refused */
#ifdef BUG_OPENER_NOT_COUNTED
            atomic { TOUCH; phase = closed };
#else
            atomic { TOUCH; phase = closed; calls-- };
#endif
#ifndef BUG_NO_WAKE_AFTER_FAILED_OPEN
            wake_all()
#endif
        :: true ->
            atomic { TOUCH; assert(!channel); channel = true; cancelled = false };
            atomic { TOUCH; phase = open };
#ifndef BUG_NO_WAKE_AFTER_OPEN
            wake_all();
#endif
            atomic {
#ifndef BUG_OPENER_NOT_COUNTED
                visiting = true;
#endif
                assert(channel && !freed) /* nobody closes before the open callback begins */
            };
            in_callback();
            if
            :: visiting -> visiting = false; leave()
            :: else
            fi
        fi
    :: else
    fi
}

/* ---- the threads ---- */

#ifdef ENDLESS
#define ANOTHER_ROUND !dying
#else
#define ANOTHER_ROUND !dying && round < ROUNDS
#endif

/* A plain call begins, unless the handle is being destroyed. */
#define BEGIN_CALL atomic { ANOTHER_ROUND -> BEGUN; plain = true; unsure++ }
#ifdef ENDLESS
#define BEGUN skip
#else
#define BEGUN round++
#endif
#define NO_MORE_CALLS atomic { !(ANOTHER_ROUND) -> round = 0 }

proctype user()
{
    LOCALS;
    do
    :: BEGIN_CALL;
        enter();
        if
        :: got_in -> use_channel(); leave()
        :: else
        fi
    :: NO_MORE_CALLS -> break
    od
}

proctype opener()
{
    LOCALS;
    do
    :: BEGIN_CALL; open_socket()
    :: NO_MORE_CALLS -> break
    od
}

proctype closer(bool is_first)
{
    LOCALS;
    if
    :: atomic { !dying -> plain = true; unsure++; first_closes = is_first || first_closes };
        close();
        if
        :: is_first -> first_closes = false
        :: else
        fi
    :: dying
    fi
}

proctype destroyer()
{
    LOCALS;
    if
    :: atomic { !dying && unsure == 0 -> dying = true }; close_and_free()
    :: dying
    fi
}

/* A thread of the pool: runs the callbacks of what has ended. An operation goes to the first idle thread.
 * There are enough of them, one more than can block in a close or destroy (see pool.hpp: begin_blocking). */
proctype pool_thread(byte number)
{
    LOCALS;
end:
    do
    :: atomic {
        pending > 0 && (peer_acts || cancelled) && (busy & ((1 << number) - 1)) == (1 << number) - 1 ->
        pending--;
        in_pool = true;
        busy = busy | (1 << number)
    };
        in_callback();
        if
        :: atomic { in_pool -> in_pool = false; pool-- }
        :: else
        fi;
        busy = busy & ~(1 << number)
    od
}

init
{
    byte number = 0;
    atomic {
        if
        :: peer_acts = true
        :: peer_acts = false
        fi;
        if
        :: spurious = 0
        :: spurious = SPURIOUS
        fi;
#ifdef START_OPEN
        channel = true;
        phase = open;
#endif
        do
        :: number < USERS -> run user(); number++
        :: else -> number = 0; break
        od;
        do
        :: number < OPENERS -> run opener(); number++
        :: else -> number = 0; break
        od;
        do
        :: number < CLOSERS -> run closer(number == 0); number++
        :: else -> number = 0; break
        od;
        do
        :: number < DESTROYERS -> run destroyer(); number++
        :: else -> number = 0; break
        od;
        do
        :: number < CALLBACKS -> run pool_thread(number); number++
        :: else -> number = 0; break
        od
    }
}

/* With -f, where every thread that can go on does so some time. */
#ifdef CHECK_CLOSE_ENDS
ltl close_ends { [] (first_closes -> <> !first_closes) }
#endif
#ifdef CHECK_DESTROY_ENDS
ltl destroy_ends { [] (dying -> <> freed) }
#endif
