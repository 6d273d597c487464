/* Customers: made known by the platform before anything is metered or sold. */
#ifndef APP_CUSTOMER_H
#define APP_CUSTOMER_H

#include "app/app.h"
#include "app/gate_update.h"
#include "store/customer.h"

/* Makes a customer known, on `free` from now on. CREATED; DONE when the same one exists;
 * CUSTOMER_CONFLICT, CURRENCY_NOT_SOLD. */
struct customer_create {
    struct command command;
    struct str user_id, email, name;
    struct str country, currency, language, time_zone; /* empty: not given */
    struct gate_update gate_update;
};
void customer_create(struct app *app, struct customer_create *create);

/* How a customer is written to, from now on; what is ordered already stays as it is. DONE,
 * CUSTOMER_NOT_FOUND. */
struct customer_prefer {
    struct command command;
    struct str user_id;
    struct str language, time_zone; /* empty: not known */
};
void customer_prefer(struct app *app, struct customer_prefer *prefer);

/* The same inside another use case, which publishes the gate's update once it is committed. */
MUST_USE struct err customer_make(struct app *app, struct tx *tx, struct customer_create *create,
                                  enum outcome *ret_outcome);

/* Begins a stretch on `free` at `from`; part of a transaction that makes or drops a customer. */
MUST_USE struct err customer_insert_free(struct app *app, struct tx *tx,
                                         const struct customer_row *customer, struct instant from);

/* On the loop's thread; *ret_found is false when there is none. */
MUST_USE struct err customer_read(struct tx *tx, struct str user_id, struct customer_row *ret_row,
                                  bool *ret_found);
/* A page of those whose id follows `after` (empty: the first), in order; items are
 * struct customer_row. */
MUST_USE struct err customers_read(struct tx *tx, struct str after, size_t max,
                                   struct row_list *ret_list);

#endif
