/* One object of the payment provider's beside the row that mirrors it: what differs, by the table
 * in core/difference.h. Reads only. */
#ifndef APP_COMPARE_H
#define APP_COMPARE_H

#include "app/app.h"
#include "core/difference.h"

enum { COMPARE_FOUND_MAX = 8 };

struct compare_found {
    enum difference kind;
    struct str here, there; /* what each side says, in words */
};

struct comparison {
    bool is_ours;       /* false: nobody here is billed by it, and nothing is said of it */
    struct str user_id; /* whose it is; empty: of nobody known */
    struct str stripe_id;
    struct compare_found found[COMPARE_FOUND_MAX];
    size_t count;
};

/* The answer holds one object, or the name of one that cannot be read. */
MUST_USE struct err compare_object(struct app *app, struct tx *tx,
                                   const struct payments_answer *answer,
                                   struct comparison *ret_comparison);

/* True when none of what was found is for a person. */
bool comparison_is_safe(const struct comparison *comparison);
void comparison_add(struct comparison *comparison, enum difference kind, struct str here,
                    struct str there);

/* Inside: one function a kind of object (compare.c, compare_subscription.c, compare_invoice.c). */
struct err compare_subscription(struct app *app, struct tx *tx,
                                const struct payments_subscription *there,
                                struct comparison *comparison);
struct err compare_invoice(struct app *app, struct tx *tx, const struct payments_invoice *there,
                           struct comparison *comparison);

#endif
