/* Carries what the rows say to the gate in memory after each change of a customer's plan;
 * gate_load.h does it for everybody at start. Prepared inside the transaction, published once it is
 * durable. */
#ifndef APP_GATE_UPDATE_H
#define APP_GATE_UPDATE_H

#include "app/app.h"
#include "gate/gate.h"
#include "store/limit_state.h"
#include "store/usage_alert.h"

enum { USAGE_ALERTS_MAX = 20 }; /* of a customer */

struct gate_update {
    bool is_due;
    bool keeps_used; /* as it was prepared */
    char user_id[LIMIT_USER_ID + 1];
    struct gate_settings settings;
};

/* Reads the customer's subscription, totals and limit states as they stand in the transaction.
 * `keeps_used`: the usage period goes on, so what the gate counted stands. */
MUST_USE struct err gate_update_prepare(struct app *app, struct tx *tx, struct str user_id,
                                        bool keeps_used, struct gate_update *ret_update);
/* On the writer's thread, after the commit. */
void gate_update_publish(struct app *app, const struct gate_update *update);

/* Lowers the limit to what the customer itself allows. */
void gate_update_cap(const struct usage_alert_cap *cap, struct limit *limit);

/* What is allowed of anything for who was erased: none. */
struct limit gate_update_nothing(void);

/* A limit's watch as it was stored; what was told of another limit than `limit` is not told. */
struct limit_watch gate_update_watch(const struct limit_state_row *row, struct limit limit);

#endif
