/* How customers use what is metered, over all of them, kept up as totals of hours are written: in
 * the same transaction, so that a report reads sums alone and a crash leaves none of them behind.
 *
 * Many rows of one write go into few sums: they are added up beside it and written as it ends. Who
 * has been seen on a day is remembered in memory, so that a customer is looked for once a day. */
#ifndef APP_USAGE_PATTERN_H
#define APP_USAGE_PATTERN_H

#include "app/app.h"
#include "app/payments_object.h"
#include "store/usage.h"

/* What a write of some rows adds to sums; zeroed at its begin. */
enum { USAGE_PATTERN_SUMS = 64 };
struct usage_pattern_sum {
    enum metric metric;
    struct str zone, region; /* of the arena, or the row's */
    int64_t hour, value;
};
struct usage_pattern_sums {
    struct usage_pattern_sum list[USAGE_PATTERN_SUMS];
    size_t count;
};

/* An hour's row is about to be given this; other rows are none of ours. `customer` is as in
 * total_key. On the writer's thread. */
MUST_USE struct err usage_pattern_note(struct app *app, struct tx *tx,
                                       struct usage_pattern_sums *sums,
                                       const struct usage_addition *addition, const void *customer);
/* At the end of the write. */
MUST_USE struct err usage_pattern_write(struct tx *tx, struct usage_pattern_sums *sums);
/* A group was not stored: whom it had seen was not seen. */
void usage_pattern_forget(struct app *app);
void usage_pattern_destroy(struct app *app);

/* The customer lives in `zone`: as long as anybody knows, or from soon on. */
MUST_USE struct err usage_pattern_begin_zone(struct tx *tx, struct str user_id, struct str zone);
MUST_USE struct err usage_pattern_change_zone(struct tx *tx, struct str user_id, struct str zone);

/* What the invoice bills for use: lines for time that has passed, of prices that are none of a
 * plan's; less discounts, without what is a tax on top. Nothing while it is a draft, or void. */
MUST_USE struct err usage_pattern_bill(struct tx *tx, struct str user_id, struct str invoice_id,
                                       const struct payments_invoice *invoice);

/* --- the proof --- */

/* Two days a night, one that just became final and one before it in turns, added up once more from
 * the totals of all customers. In pieces; what differs is told to the operators. */
MUST_USE struct err usage_pattern_prove(struct app *app, struct tx *tx, bool *ret_has_more);
MUST_USE struct err usage_pattern_prove_next_at(struct tx *tx, struct instant *ret_at);
/* How many sums of a day are not those of the totals; of all customers in one piece, for tests. */
MUST_USE struct err usage_pattern_differences(struct tx *tx, int64_t day, int64_t *ret_count);

#endif
