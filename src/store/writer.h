/* The way of a write: one thread owns the only writing connection and commits in groups.
 *
 * A use case is a function over a transaction. writer_submit() queues it; the writer takes what has
 * gathered (write_queue.h: who is next), runs each in a savepoint of one transaction, commits once
 * (one fsync), and then hands every piece of work to `done`. A use case that fails is rolled back
 * alone; a commit that fails fails the whole group, since none of it is durable.
 *
 * A use case must be a pure function of its inputs and the rows it reads: it may be run again. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "db/db.h"
#include "store/write_queue.h"

struct writer;

/* A piece of work; lives in the submitter's memory until `done` was called. */
struct write {
    /* On the writer's thread, before the work's savepoint: what it writes is the group's and
     * stands whatever `run` does; may be NULL. An error fails the group. */
    struct err (*before)(struct write *write, struct cx *cx, struct db *db);
    /* On the writer's thread. Returning an error rolls this work back; `cx` is the group's, with an
     * arena that lives until `after` has run. */
    struct err (*run)(struct write *write, struct cx *cx, struct db *db);
    /* On the writer's thread, right after the commit is durable and before the next group begins;
     * may be NULL. The place to publish to memory what the rows now say. Not called on failure. */
    void (*after)(struct write *write);
    /* On the thread of the delivery function, once the outcome is known. */
    void (*done)(struct write *write);
    enum write_class class;
    uint64_t lane;      /* of events: the same number for all of one customer */
    size_t weight;      /* how much of a group's room the work may need */
    uint64_t queued_ns; /* the queue's */
    struct write *next; /* the writer's */
    /* Of run or of the commit; read it in `done`. A work whose commit failed may yet turn out to be
     * stored, after a restart: whoever submits it again uses the same ids. */
    struct err err;
    /* It was `run` that failed, and the database did not: it was undone alone, and nothing is wrong
     * with the store. */
    bool is_own_failure;
    char detail[CX_DETAIL_MAX]; /* last: large, and begun by writer_submit() */
};

struct writer_options {
    struct env *env;
    struct db *db; /* the writing connection; from now on the writer's */
    struct write_bounds bounds;
    /* All works come from one thread, which calls writer_turn_ended() after each turn of its loop:
     * the writer is woken once for all that a turn has brought, and they become one group. */
    bool has_turns;
    /* Called on the writer's thread after each group: wakes the thread that calls
     * writer_deliver(). */
    void (*wake)(void *context);
    void *context;
    /* The database is lost (db_is_lost): nothing may be written any more; the process must exit. */
    void (*fatal)(void *context, struct err err, const char *detail);
    /* Called once on the writer's thread before its first group; what is submitted meanwhile waits.
     * A failure is fatal. May be NULL. Without a thread it is the owner's to do. */
    struct err (*prepare)(void *context, struct cx *cx, struct db *db);
    /* Called inside the transaction after the works of a group have run and before the commit, so
     * that one row may hold what many works added (the usage journal); may be NULL. */
    struct err (*before_commit)(void *context, struct cx *cx, struct db *db);
    /* Called right after, before the works' `after`: whether what before_commit wrote is durable;
     * may be NULL. */
    void (*after_commit)(void *context, bool is_durable);
};

/* What a work's failure takes with it. */
enum writer_loss {
    WRITER_LOSES_NOTHING,
    WRITER_LOSES_WORK,  /* undone alone; the others of its group stand */
    WRITER_LOSES_GROUP, /* the transaction is gone already: a full disk, no memory */
    WRITER_LOSES_STORE, /* nobody knows what the disk holds: the process must exit */
};
/* Of what `run` answered, and what the database says of itself. The code alone decides nothing: a
 * row that cannot be read is ERR_CORRUPT too. */
enum writer_loss writer_loss_of(struct err err, bool is_store_lost, bool is_in_transaction);

MUST_USE struct err writer_create(struct cx *cx, const struct writer_options *options,
                                  struct writer **ret_writer);
/* Starts the thread; without it, writer_step() runs a group on the caller's thread (simulation,
 * tests, commands). */
MUST_USE struct err writer_start(struct cx *cx, struct writer *writer);
/* From any thread. ERR_BUSY when a bound of the queue is reached: `done` is not called then. */
MUST_USE struct err writer_submit(struct writer *writer, struct write *write);
/* Wakes the writer if anything was submitted since the last call (has_turns). */
void writer_turn_ended(struct writer *writer);
/* Runs one group; false when nothing waited. */
bool writer_step(struct writer *writer);
/* Calls `done` of everything finished; returns how many. */
size_t writer_deliver(struct writer *writer);
/* Works queued, running or not yet delivered. */
size_t writer_pending(struct writer *writer);
/* Finishes what is queued, stops the thread. Works not yet delivered may still be delivered. */
void writer_stop(struct writer *writer);
void writer_destroy(struct writer *writer); /* takes NULL; closes nothing but itself */

struct writer_counts {
    uint64_t groups, works, failed;
    uint64_t commit_ns_total, commit_ns_max;
    uint64_t refused; /* works that were not taken in, since a bound was reached */
    uint64_t early;   /* checkpoints that were made while nothing waited */
};
struct writer_counts writer_count(struct writer *writer);

#endif
