/* Walks over all that is sealed: rows that are to be sealed under newer keys, keys that are to be
 * wrapped under a newer one. Where a walk stands is a row, so that a restart goes on there. */
#ifndef STORE_KEY_WALK_H
#define STORE_KEY_WALK_H

#include "store/row.h"

enum key_walk_kind {
    KEY_WALK_SEAL,   /* rows: what is plain, or sealed under earlier keys */
    KEY_WALK_REWRAP, /* keys: what is wrapped under another than the first key from outside */
    KEY_WALK_SCRUB,  /* pages of keys: where one that was destroyed may have lain once */
    KEY_WALK_KIND_COUNT
};
const char *key_walk_kind_name(enum key_walk_kind kind);

struct key_walk_row {
    struct record_id id;
    int kind;          /* enum key_walk_kind */
    struct str status; /* "running", "done" */
    struct str user_cursor;
    int64_t table_cursor;
    struct str row_cursor;
    int64_t customers; /* that are done */
    int64_t written;   /* rows, or keys */
    int64_t started_at;
    int64_t finished_at; /* or ROW_NONE */
};

/* ERR_CONFLICT while one is running. */
MUST_USE struct err key_walk_insert(struct tx *tx, const struct key_walk_row *row);
MUST_USE struct err key_walk_running(struct tx *tx, struct key_walk_row *ret_row, bool *ret_found);
MUST_USE struct err key_walk_newest(struct tx *tx, struct key_walk_row *ret_row, bool *ret_found);
MUST_USE struct err key_walk_replace(struct tx *tx, const struct key_walk_row *row);

/* Does about `budget` rows' or keys' worth of a walk and moves its cursors; *ret_is_over when
 * nothing is left. What it has written is in the transaction, the walk's row is the caller's. */
MUST_USE struct err key_walk_step(struct tx *tx, struct key_walk_row *walk, int budget,
                                  bool *ret_is_over);

#endif
