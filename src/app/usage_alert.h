/* Alerts that customers set: rules about a metric or about the money of the next invoice, who is
 * told, and what then happens. The notices that everybody gets of limits (limit_watch.h) stay as
 * they are beside them.
 *
 * A rule is judged when what it watches moves (usage_alert_watch_keep, by the writer), when it is
 * made or changed, when the customer's billing changes, and once a day. What is told is a row in
 * the same transaction as its mails and its line of history; the rows say what was told, so that
 * nothing is told twice, whenever it ends. */
#ifndef APP_USAGE_ALERT_H
#define APP_USAGE_ALERT_H

#include "app/app.h"
#include "app/gate_update.h"
#include "gate/gate.h"
#include "store/usage_alert.h"

enum { USAGE_ALERT_RECIPIENTS_MAX = 10 };
/* The address that bills go to, among recipients. */
#define USAGE_ALERT_ACCOUNT "account"

struct usage_alert_facts {
    int metric;     /* enum metric; -1: of money */
    int basis;      /* enum usage_alert_basis */
    int64_t amount; /* ROW_NONE with USAGE_ALERT_LIMIT */
    struct usage_alert_thresholds thresholds;
    bool blocks;            /* nothing beyond the amount is let through; of metrics alone */
    bool may_block_now;     /* although that much is used already */
    struct str *recipients; /* USAGE_ALERT_ACCOUNT, ids of members, addresses */
    size_t recipient_count;
};

/* Makes a rule, or with an `id` changes one. CREATED or DONE; USAGE_ALERT_NOT_FOUND,
 * USAGE_ALERTS_FULL, USAGE_ALERT_NO_LIMIT (a metric that the plan does not limit),
 * USAGE_ALERT_ABOVE_LIMIT (the plan blocks before this one would), USAGE_ALERT_BLOCKS_NOW,
 * USAGE_ALERT_RECIPIENT_UNKNOWN, IDEMPOTENCY_MISMATCH. */
struct usage_alert_set {
    struct command command;
    struct str user_id, id, request_key;
    struct usage_alert_facts facts;
    struct record_id made; /* out: of the rule */
    struct gate_update gate_update;
};
void usage_alert_set(struct app *app, struct usage_alert_set *set);

/* DONE, USAGE_ALERT_NOT_FOUND. What was told stays in the history. */
struct usage_alert_remove {
    struct command command;
    struct str user_id, id;
    struct gate_update gate_update;
};
void usage_alert_remove(struct app *app, struct usage_alert_remove *remove);

/* --- reading --- */

/* All of a customer's; struct usage_alert_row. */
MUST_USE struct err usage_alerts_read(struct tx *tx, struct str user_id, struct row_list *ret_list);
MUST_USE struct err usage_alert_read(struct tx *tx, struct str user_id, struct str id,
                                     struct usage_alert_row *ret_row, bool *ret_found);
/* Before the id (empty: the newest); struct usage_alert_firing_row. */
MUST_USE struct err usage_alert_firings_read(struct tx *tx, struct str user_id, struct str before,
                                             size_t max, struct row_list *ret_list);

struct usage_alert_thresholds usage_alert_thresholds_of(const struct usage_alert_row *row);
static inline bool usage_alert_blocks(const struct usage_alert_row *row) {
    return str_equal(row->action, STR("block"));
}

/* How what a rule watches stands now, as far as it is known. */
struct usage_alert_standing {
    struct usage_alert_level level;
    bool has_base, has_value;
    int64_t as_of;
    struct period cycle; /* of a budget: ends when the next invoice is made */
    struct usage_alert_judgement judged;
};
struct usage_alert_standing usage_alert_standing(const struct app *app,
                                                 const struct usage_alert_row *row);

/* --- judging, on the writer's thread --- */

/* What follows for rules from use that was counted. */
MUST_USE struct err usage_alert_watch_keep(struct app *app, struct tx *tx, struct str user_id,
                                           enum metric metric, const struct gate_verdict *verdict);

/* What the next invoice will come to, after discounts and credit, with tax. */
struct usage_alert_spend {
    bool is_known;  /* false: budgets are looked at again in an hour */
    bool has_next;  /* false: nothing will be billed */
    int64_t amount; /* in minor units of `currency` */
    struct str currency;
    int64_t at; /* when */
};
/* Judges all of a customer's rules; the command of the job (jobs/usage_alert.c). */
struct usage_alert_look {
    struct command command;
    struct str user_id;
    struct usage_alert_spend spend;
};
void usage_alert_look(struct app *app, struct usage_alert_look *look);
/* Whose rules are looked at next; *ret_at is INSTANT_MAX when nobody has any. */
MUST_USE struct err usage_alert_next_look(struct tx *tx, struct str *ret_user_id,
                                          struct instant *ret_at);
/* Whether any of them is about money. */
MUST_USE struct err usage_alert_needs_spend(struct tx *tx, struct str user_id, bool *ret_needs);

/* Which figures are watched, and between which values nothing follows; of the writer's thread. */
MUST_USE struct err usage_alert_hints_create(struct app *app);
void usage_alert_hints_destroy(struct app *app);

#endif
