/* Everything that happens by itself: calls to the payment provider, inbound events, and what falls
 * due with time.
 *
 * Jobs hold no state of their own but what is under way: work is rows, so a restart finds it. They
 * run on the loop's thread and are driven from outside, by jobs_poke() whenever something may have
 * changed and by jobs_run_due() when time has passed; nothing here sleeps or reads a clock but the
 * env's, so a moved clock moves them too. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "app/app.h"

struct jobs;

/* What else lives on the same clock: the built-in sandbox. Members may be NULL. */
struct jobs_world {
    int64_t (*next_due_ms)(void *context);
    void (*run_due)(void *context);
    bool (*is_quiet)(void *context);
    void *context;
};

/* The pages are compared with what is built in; calls `done` once, later. */
struct jobs_pages {
    bool (*scan)(void *context, void (*done)(void *done_context), void *done_context);
    void *context;
};

struct jobs_options {
    struct app *app;
    struct jobs_world world;
    /* The clock of test mode, moved by jobs_advance(); NULL otherwise. */
    struct env_clock *clock;
    /* Everything is compared with the provider once a day, the first time when that has not been
     * done for a day. Off where a test clock runs: who moves it by years does not want it. */
    bool reconciles_daily;
    struct jobs_pages pages;         /* once a week; `scan` NULL: never */
    void (*syslog)(struct str note); /* to the system's log; NULL: nowhere */
};

MUST_USE struct err jobs_create(struct cx *cx, const struct jobs_options *options,
                                struct jobs **ret_jobs);
/* Nothing is begun from here on: what has been decided by now goes out after the next start. Takes
 * NULL. */
void jobs_stop(struct jobs *jobs);
/* No call may be under way any more (the HTTP client has been destroyed). Takes NULL. */
void jobs_destroy(struct jobs *jobs);

/* Starts what waits: once after every group of commits, and now and then for what is to be tried
 * again. */
void jobs_poke(struct jobs *jobs);
/* The same, when work of their own has ended since. */
void jobs_poke_stirred(struct jobs *jobs);
/* In every turn of the loop, after input: goes on with what takes longer than a turn. True when
 * there is more of it, so that the loop shall not wait. */
bool jobs_turn(struct jobs *jobs);
/* Runs what is due by the clock. */
void jobs_run_due(struct jobs *jobs);
/* True when nothing waits, is under way, or is due. */
bool jobs_are_quiet(struct jobs *jobs);

/* Moves the test clock to `to`, running all that falls due on the way, in order; `done` is called
 * once everything is quiet. CLOCK_BACKWARD, CLOCK_BUSY or DONE. */
void jobs_advance(struct jobs *jobs, struct instant to, void (*done)(void *context, int outcome),
                  void *context);

/* What runs by the clock, and how it has gone since the start; for operators. */
struct job_state {
    const char *name;
    int64_t next_at;              /* INT64_MAX: nothing is due */
    int64_t started_at, ended_at; /* of the last run; 0: none since the start */
    int64_t failed_at;            /* of the last that failed; 0: none has */
    uint64_t runs, failures;
    bool is_running, has_failed; /* the second: the last run */
    const char *error;           /* of the last that failed */
};
enum { JOB_STATES_MAX = 24 };
size_t jobs_states(struct jobs *jobs, struct job_state ret_states[JOB_STATES_MAX]);

/* How many calls wait or are under way; for /metrics. */
size_t jobs_pending(const struct jobs *jobs);

#endif
