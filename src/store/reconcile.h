/* Walks of reconciliation, what they have met, whom they suspect, and what they found. */
#ifndef STORE_RECONCILE_H
#define STORE_RECONCILE_H

#include "store/row.h"

struct reconciliation_row {
    struct record_id id;
    struct str reason;       /* "asked", "daily", "restore" */
    struct str only_user_id; /* empty: everybody */
    bool is_dry_run;
    struct str status; /* "running", "done", "failed", "cancelled" */
    struct str phase;  /* a name of app/reconcile.c's */
    struct str cursor; /* where the phase goes on; empty: at its beginning */
    int64_t events_since;
    int64_t examined, found, repaired, left_over;
    struct str last_error;
    int64_t started_at;
    int64_t finished_at; /* or ROW_NONE */
};
/* ERR_CONFLICT when one is under way. */
MUST_USE struct err reconciliation_insert(struct tx *tx, const struct reconciliation_row *row);
MUST_USE struct err reconciliation_replace(struct tx *tx, const struct reconciliation_row *row);
MUST_USE struct err reconciliation_get(struct tx *tx, struct str id,
                                       struct reconciliation_row *ret_row, bool *ret_found);
MUST_USE struct err reconciliation_open(struct tx *tx, struct reconciliation_row *ret_row,
                                        bool *ret_found);
/* Those before `before` ("~": the newest), the newest first. */
MUST_USE struct err reconciliation_page(struct tx *tx, struct str before, size_t max,
                                        struct row_list *ret_list);
/* Of the last one over everything that was to repair, `is_done`: that came to its end; 0: there was
 * none. */
MUST_USE struct err reconciliation_last_started(struct tx *tx, bool is_done, int64_t *ret_at);
/* Whether the provider has anything of ours, by what we were told. */
MUST_USE struct err reconcile_has_any(struct tx *tx, bool *ret_has);

/* An object of ours, or of nobody known (user_id empty), by its name at Stripe. */
struct reconcile_object {
    struct str user_id, stripe_id;
    struct str object; /* "invoice" */
};
MUST_USE struct err reconcile_see(struct tx *tx, struct str user_id, struct str stripe_id);
MUST_USE struct err reconcile_suspect(struct tx *tx, const struct reconcile_object *object);
MUST_USE struct err reconcile_next_suspect(struct tx *tx, struct reconcile_object *ret_object,
                                           bool *ret_found);
MUST_USE struct err reconcile_clear_suspect(struct tx *tx, const struct reconcile_object *object);
/* For a new walk: nothing is met yet, nobody suspected. */
MUST_USE struct err reconcile_forget(struct tx *tx);

enum reconcile_list {
    RECONCILE_CUSTOMERS,
    RECONCILE_SUBSCRIPTIONS,
    RECONCILE_INVOICES,
    RECONCILE_CHARGES,
    RECONCILE_REFUNDS,
};
/* What is ours and was not met, after a row, in order of customer and id. */
struct reconcile_unseen {
    struct str user_id, id, stripe_id;
};
struct reconcile_unseen_query {
    enum reconcile_list list;
    struct str after_user_id, after_id;
    struct str only_user_id; /* empty: everybody */
};
MUST_USE struct err reconcile_unseen(struct tx *tx, const struct reconcile_unseen_query *query,
                                     size_t max, struct row_list *ret_list);

struct difference_row {
    struct str user_id; /* empty: of nobody known */
    struct record_id id;
    struct record_id reconciliation_id;
    struct str kind; /* core/difference.h */
    struct str stripe_id;
    struct str here, there; /* what each side says, in words */
    struct str status;      /* "open", "repaired", "settled" */
    int64_t found_at;
    int64_t settled_at; /* or ROW_NONE */
};
MUST_USE struct err difference_insert(struct tx *tx, const struct difference_row *row);
MUST_USE struct err difference_replace(struct tx *tx, const struct difference_row *row);
/* The open one of this object and kind. */
MUST_USE struct err difference_open(struct tx *tx, const struct difference_row *like,
                                    struct difference_row *ret_row, bool *ret_found);
/* Those open that another walk than `id` was the last to find; empty only_user_id: everybody's. */
MUST_USE struct err difference_settle_others(struct tx *tx, struct str id, struct str only_user_id);
MUST_USE struct err difference_count(struct tx *tx, struct str reconciliation_id,
                                     const char *status, int64_t *ret_count);
struct difference_filter {
    struct str before;                             /* "~": the newest */
    struct str status, reconciliation_id, user_id; /* empty: any */
};
MUST_USE struct err difference_page(struct tx *tx, const struct difference_filter *filter,
                                    size_t max, struct row_list *ret_list);

#endif
