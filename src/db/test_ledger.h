/* A small ledger for tests of this layer and of the writer: a world of its own with a clock, a disk
 * and a database on it. */
#ifndef DB_TEST_LEDGER_H
#define DB_TEST_LEDGER_H

#include "base/cx.h"
#include "base/env_sim.h"
#include "db/db.h"
#include "db/test_sql.h"

/* One world with SQLite on its simulated disk. */
struct ledger {
    struct env_sim *world;
    struct env *env;
    struct vfs_sim *sim;
    struct arena arena;
    struct cx cx;
    struct db *db; /* the writer; NULL while closed */
    int checkpoint_pages;
};

/* `sector`: what the disk writes at once, 512 or 4096. */
void ledger_init_sector(struct ledger *ledger, uint64_t seed, int sector);
void ledger_init(struct ledger *ledger, uint64_t seed);
void ledger_finish(struct ledger *ledger);
/* Opens the writing connection and brings the schema forward. */
MUST_USE struct err ledger_open(struct ledger *ledger);
MUST_USE struct err ledger_open_reader(struct ledger *ledger, struct db **ret_reader);
void ledger_close(struct ledger *ledger);
/* The options ledger_open uses, to be changed by tests. */
struct db_options ledger_options(const struct ledger *ledger);

/* True when SQLite finds every page, row and index of the file in order. */
bool ledger_is_intact(struct ledger *ledger);

/* Runs a statement that gives one row of integers; returns the first column, -1 without a row. */
int64_t ledger_ask(struct db *db, int statement, struct db_args args);

#define assert_ok(call)                                                                            \
    do {                                                                                           \
        struct err assert_err_ = (call);                                                           \
        if (err_failed(assert_err_)) {                                                             \
            fail_msg("%s: %s at %s:%d", #call, err_name(assert_err_.code), assert_err_.file,       \
                     assert_err_.line);                                                            \
        }                                                                                          \
    } while (0)
#define assert_err(call, expected) assert_string_equal(err_name((call).code), err_name(expected))

#endif
