/* Price changes and the holders whom they move (core/price_change.h). */
#ifndef STORE_PRICE_CHANGE_H
#define STORE_PRICE_CHANGE_H

#include "core/price_change.h"
#include "store/row.h"

enum price_change_status {
    PRICE_CHANGE_COUNTING,
    PRICE_CHANGE_READY,
    PRICE_CHANGE_TELLING, /* agreed to: holders are being told */
    PRICE_CHANGE_DONE,    /* all have been told */
    PRICE_CHANGE_WITHDRAWING,
    PRICE_CHANGE_WITHDRAWN,
    PRICE_CHANGE_STATUS_COUNT
};
const char *price_change_status_name(enum price_change_status status);

struct price_change_row {
    struct record_id id;
    int tier;        /* enum tier */
    struct str from; /* versions, with blanks between them */
    int64_t to;      /* a version */
    int64_t effective_from;
    int64_t monthly_days, yearly_days; /* of notice */
    int status;                        /* enum price_change_status */
    struct str hash;                   /* hexadecimal: over all that was counted */
    struct str user_cursor;
    struct str created_by;
    int64_t created_at;
    int64_t counted_at, started_at, withdrawn_at; /* ROW_NONE: not yet */
    int64_t looked_at, moves, left_out;           /* holders */
};
MUST_USE struct err price_change_put(struct tx *tx, const struct price_change_row *row);
MUST_USE struct err price_change_get(struct tx *tx, struct str id, struct price_change_row *ret_row,
                                     bool *ret_found);
/* The first that is being counted, told of or taken back. */
MUST_USE struct err price_change_working(struct tx *tx, struct price_change_row *ret_row,
                                         bool *ret_found);
/* The newest first, before the id (empty: the newest). */
MUST_USE struct err price_change_page(struct tx *tx, struct str before, size_t max,
                                      struct row_list *ret_list);

struct price_move_row {
    struct str change_id, user_id;
    struct record_id subscription_id;
    int interval; /* enum interval */
    int64_t from; /* the version they have */
    struct str currency;
    int64_t price_before, price_after; /* of one interval, minor units */
    int status;                        /* enum price_move_status */
    struct str reason;                 /* of one who is left or dropped: enum price_verdict */
    int64_t renews_at;                 /* when it takes effect, or ROW_NONE */
    int64_t told_at;                   /* or ROW_NONE */
    struct str mail_key;               /* of the mail that told them; empty: somebody vouches */
    struct str operation_id;           /* that told the provider; empty: none */
    int64_t next_at;                   /* or ROW_NONE */
    int64_t updated_at;
};
MUST_USE struct err price_move_put(struct tx *tx, const struct price_move_row *row);
MUST_USE struct err price_move_get(struct tx *tx, struct str change_id, struct str user_id,
                                   struct price_move_row *ret_row, bool *ret_found);
struct price_move_filter {
    struct str change_id;
    struct str after;  /* the user_id that the page follows */
    struct str status; /* empty: any */
};
/* By user_id. */
MUST_USE struct err price_move_page(struct tx *tx, const struct price_move_filter *filter,
                                    size_t max, struct row_list *ret_list);
MUST_USE struct err price_move_due(struct tx *tx, int64_t now, size_t max,
                                   struct row_list *ret_list);
/* ROW_NONE when none is. */
MUST_USE struct err price_move_next(struct tx *tx, int64_t *ret_at);
/* Of a customer, those that are still to come; the oldest change first. */
enum { PRICE_MOVES_OPEN_MAX = 16 };
MUST_USE struct err price_move_open(struct tx *tx, struct str user_id, struct row_list *ret_list);

struct price_move_sum {
    struct str currency;
    int interval, status;
    struct str reason;
    int64_t count, before, after; /* minor units */
};
enum { PRICE_SUMS_MAX = 200 };
MUST_USE struct err price_move_sums(struct tx *tx, struct str change_id, struct row_list *ret_list);

#endif
