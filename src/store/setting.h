/* The installation's own facts, and the record of what was ever sold. */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "store/row.h"

/* *ret_value is empty when there is no such setting. Secret ones are sealed in the table. */
MUST_USE struct err setting_get(struct tx *tx, const char *name, struct str *ret_value);
MUST_USE struct err setting_put(struct tx *tx, const char *name, struct str value);
bool setting_is_secret(struct str name);
/* Whether it is there and sealed; no key is needed to see that. */
MUST_USE struct err setting_is_sealed(struct tx *tx, const char *name, bool *ret_is);

struct plan_version_row {
    int tier; /* enum tier */
    int64_t version;
    struct str content_hash;
    struct str content; /* JSON */
    int64_t created_at;
};

/* The hash of the version as it was first offered; empty when it never was. */
MUST_USE struct err plan_version_hash(struct tx *tx, int tier, int64_t version,
                                      struct str *ret_hash);
MUST_USE struct err plan_version_insert(struct tx *tx, const struct plan_version_row *row);

/* One of the row's tier above its version, with its content's hash. */
MUST_USE struct err plan_version_same(struct tx *tx, const struct plan_version_row *row,
                                      struct plan_version_row *ret_row, bool *ret_found);
/* Versions of the tier above `after`, ascending; items are struct plan_version_row. */
MUST_USE struct err plan_version_list_after(struct tx *tx, int tier, int64_t after, size_t max,
                                            struct row_list *ret_list);

/* Since when the version is offered; ROW_NONE when it never was. */
MUST_USE struct err plan_version_since(struct tx *tx, int tier, int64_t version, int64_t *ret_at);

/* Stripe's id of what is sold under our lookup key; empty when Stripe was never told. */
MUST_USE struct err plan_price_get(struct tx *tx, struct str lookup_key, struct str *ret_price_id);

struct plan_price_row {
    struct str lookup_key, stripe_price_id;
    int tier; /* enum tier */
    int64_t version;
    int interval; /* enum interval */
};
/* What Stripe sells under the id. */
MUST_USE struct err plan_price_sold(struct tx *tx, struct str price_id,
                                    struct plan_price_row *ret_row, bool *ret_found);
MUST_USE struct err plan_price_insert(struct tx *tx, const struct plan_price_row *row);

#endif
