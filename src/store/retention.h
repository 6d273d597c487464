/* What is kept for a time: holds, plans of what goes, and the statements that count it and take it
 * away (core/retention.h says what and how long). */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "core/retention.h"
#include "store/row.h"

struct retention_hold_row {
    struct record_id id;
    struct str user_id;
    struct str reason;     /* sealed under the key that it keeps */
    int64_t until;         /* milliseconds UTC */
    struct str created_by; /* who acted; empty: the owner of the machine */
    int64_t created_at;
    int64_t lifted_at; /* or ROW_NONE: it holds */
    struct str lifted_by;
};
/* ERR_CONFLICT when the customer is held already. */
MUST_USE struct err retention_hold_insert(struct tx *tx, const struct retention_hold_row *row);
MUST_USE struct err retention_hold_of(struct tx *tx, struct str user_id,
                                      struct retention_hold_row *ret_row, bool *ret_found);
struct retention_hold_filter {
    struct str before; /* the newest first, before this id */
    bool is_in_force;  /* only those */
};
MUST_USE struct err retention_hold_page(struct tx *tx, const struct retention_hold_filter *filter,
                                        size_t max, struct row_list *ret_list);
MUST_USE struct err retention_hold_lift(struct tx *tx, struct str user_id, struct str by);
/* Ends those whose time is over. */
MUST_USE struct err retention_holds_end(struct tx *tx, int64_t now);

struct retention_plan_row {
    struct record_id id;
    struct str status; /* "counting", "ready", "running", "done", "superseded" */
    struct str hash;   /* hexadecimal: over all that was counted */
    struct str user_cursor;
    struct str created_by;                                   /* empty: the program, by itself */
    int64_t created_at, counted_at, started_at, finished_at; /* ROW_NONE: not yet */
    int64_t looked_at;                                       /* customers that were looked at */
    int64_t customers, purged, skipped;
};
MUST_USE struct err retention_plan_put(struct tx *tx, const struct retention_plan_row *row);
MUST_USE struct err retention_plan_get(struct tx *tx, struct str id,
                                       struct retention_plan_row *ret_row, bool *ret_found);
/* The one that is being counted or carried out. */
MUST_USE struct err retention_plan_working(struct tx *tx, struct retention_plan_row *ret_row,
                                           bool *ret_found);
MUST_USE struct err retention_plan_newest(struct tx *tx, struct retention_plan_row *ret_row,
                                          bool *ret_found);
/* A new one begins: what was only counted before is carried out no more. */
MUST_USE struct err retention_plan_supersede(struct tx *tx);

struct retention_kind_row {
    struct str plan_id;
    int kind; /* enum retention_kind */
    int64_t before, counted;
    int64_t oldest; /* or ROW_NONE */
    int64_t purged; /* or ROW_NONE: not yet, or not all of it */
    int64_t gone;   /* so far */
};
MUST_USE struct err retention_kind_put(struct tx *tx, const struct retention_kind_row *row);
MUST_USE struct err retention_kind_list(struct tx *tx, struct str plan_id,
                                        struct row_list *ret_list);

/* When this customer's books went last: what is from before went with them; 0: they have not. */
MUST_USE struct err retention_gone_until(struct tx *tx, struct str user_id, int64_t *ret_until);

struct retention_customer_row {
    struct str plan_id, user_id;
    int64_t last_at, due_at, invoices;
    bool is_erased;
    struct str status; /* "planned", "purged", "skipped" */
    struct str reason; /* of what was skipped: "held", "newer", "active", "settled" */
};
MUST_USE struct err retention_customer_put(struct tx *tx, const struct retention_customer_row *row);
/* In order of the customers' ids, after `after`. */
MUST_USE struct err retention_customer_page(struct tx *tx, struct str plan_id, struct str after,
                                            size_t max, struct row_list *ret_list);

/* --- customers --- */

struct retention_walked {
    struct str user_id;
    int64_t created_at;
};
MUST_USE struct err retention_walk(struct tx *tx, struct str after, size_t max,
                                   struct row_list *ret_list);
/* Instants; 0: there is none. */
struct retention_newest {
    int64_t invoice, invoices; /* how many */
    int64_t credit_note, charge, contract, contract_end, event;
};
MUST_USE struct err retention_books_of(struct tx *tx, struct str user_id,
                                       struct retention_newest *ret_newest);

/* --- rows --- */

struct retention_count {
    int64_t count;
    int64_t oldest; /* or ROW_NONE */
};
/* What a sweep would take of the kind, which is one of RETENTION_SWEPT. */
MUST_USE struct err retention_count(struct tx *tx, enum retention_kind kind, int64_t before,
                                    struct retention_count *ret_count);
struct retention_swept {
    int64_t rows;
    bool has_more; /* there may be some */
};
/* The same, taken, at most `max` rows; but for files (app/export.h). */
MUST_USE struct err retention_sweep(struct tx *tx, enum retention_kind kind, int64_t before,
                                    int64_t max, struct retention_swept *ret_swept);

#endif
