/* Inbound events. Nothing is believed but that something happened to an object: the object is read
 * afresh from the provider, so that order, duplicates and age do not matter. */
#include "app/webhook.h"

#include "app/alert.h"
#include "app/audit.h"
#include "app/mirror.h"
#include "base/json.h"

/* With a pause that doubles up to five minutes: two hours. Then it waits for a person, or for the
 * next reconciliation, which needs no event. */
enum { ATTEMPTS_MAX = 30 };

/* Which object an event of a type makes us read, and where the event says its id; the first prefix
 * that fits. An event's own object need not be the one that it is about. */
static const struct {
    const char *prefix;
    enum payments_kind kind;
    const char *path;
} readings[] = {
    {"customer.subscription.", PAYMENTS_SUBSCRIPTION_READ, NULL},
    {"customer.tax_id.", PAYMENTS_TAX_ID_LIST, "data.object.customer"},
    {"customer.updated", PAYMENTS_CUSTOMER_READ, NULL},
    {"customer.deleted", PAYMENTS_CUSTOMER_READ, NULL},
    {"invoice.", PAYMENTS_INVOICE_READ, NULL},
    {"credit_note.", PAYMENTS_CREDIT_NOTE_READ, NULL},
    {"payment_method.", PAYMENTS_METHOD_READ, NULL},
    {"setup_intent.succeeded", PAYMENTS_METHOD_READ, "data.object.payment_method"},
    {"cash_balance.", PAYMENTS_CASH_READ, "data.object.customer"},
    {"customer_cash_balance_transaction.", PAYMENTS_CASH_READ, "data.object.customer"},
    {"charge.dispute.", PAYMENTS_DISPUTE_READ, NULL},
    {"charge.refund.", PAYMENTS_REFUND_READ, NULL},
    {"charge.", PAYMENTS_CHARGE_READ, NULL},
    {"refund.", PAYMENTS_REFUND_READ, NULL},
};

/* --- in --- */

/* Of an object that is known, or else of the customer that it names; empty when neither is. */
static struct err owner_by_ids(struct tx *tx, struct str object_id, struct str customer_id,
                               struct str *ret_user_id) {
    struct stripe_object object = {.user_id = STR("")};
    bool is_known = false;
    TRY(stripe_object_get(tx, object_id, &object, &is_known));
    if (!is_known) {
        TRY(stripe_object_get(tx, customer_id, &object, &is_known));
    }
    *ret_user_id = is_known ? object.user_id : STR("");
    return OK;
}

static struct err run_receive(struct command *command, struct tx *tx) {
    struct webhook_receive *receive = (struct webhook_receive *)command;
    int64_t now = cx_now_ms(tx->cx);
    struct webhook_row row = {
        .stripe_event_id = receive->event_id,
        .type = receive->type,
        .object_id = receive->object_id,
        .body = receive->body,
        .received_at = now,
        .status = STR("received"),
        .next_attempt_at = now,
        .finished_at = ROW_NONE,
    };
    TRY(owner_by_ids(tx, receive->object_id, receive->customer_id, &row.user_id));
    audit_say(tx, &(struct audit_said){.object = receive->event_id});
    return webhook_insert(tx, &row, &receive->is_new);
}

void webhook_receive(struct app *app, struct webhook_receive *receive) {
    receive->command.run = run_receive;
    receive->command.after = NULL;
    command_submit(app, &receive->command);
}

/* --- on --- */

struct err webhooks_waiting(struct tx *tx, size_t max, struct row_list *ret_list) {
    return webhook_waiting(tx, max, ret_list);
}

struct err webhooks_count(struct tx *tx, struct webhook_figures *ret_figures) {
    struct row_list list;
    struct webhook_figures figures = {0};
    const struct {
        struct str status;
        uint64_t *count;
    } places[] = {{STR("received"), &figures.received},
                  {STR("applied"), &figures.applied},
                  {STR("ignored"), &figures.ignored},
                  {STR("failed"), &figures.failed}};
    TRY(webhook_counts(tx, &list));
    const struct webhook_count *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < ARRAY_LEN(places); k++) {
            if (str_equal(rows[i].status, places[k].status)) {
                *places[k].count = (uint64_t)rows[i].count;
            }
        }
    }
    *ret_figures = figures;
    return OK;
}

/* A thin event has the same name behind the version of the API that it speaks of. */
static struct str name_of(struct str type) {
    return str_starts_with(type, STR("v1.")) ? str_skip(type, 3) : type;
}

static struct str object_of(struct arena *arena, const struct webhook_row *row, const char *path) {
    if (path == NULL) {
        return row->object_id;
    }
    struct json_problem problem;
    CLEANUP(json_release) json_t *event = json_read(row->body, &problem);
    const json_t *value = json_at(event, path);
    return arena_str(arena,
                     json_is_object(value) ? json_text(value, "id") : json_text(event, path));
}

bool webhook_call_for(struct arena *arena, const struct webhook_row *row,
                      struct payments_call *ret_call) {
    for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
        if (!str_starts_with(name_of(row->type), str_from_cstr(readings[i].prefix))) {
            continue;
        }
        struct str id = object_of(arena, row, readings[i].path);
        *ret_call = (struct payments_call){
            .kind = readings[i].kind,
            .customer_id = id,
            .subscription_id = id,
            .invoice_id = id,
            .method_id = id,
            .object_id = id,
        };
        return id.len > 0;
    }
    return false;
}

struct err webhook_owner(struct tx *tx, const struct webhook_row *row, struct str *ret_user_id) {
    TRY(owner_by_ids(tx, row->object_id, STR(""), ret_user_id));
    if (ret_user_id->len > 0) {
        return OK;
    }
    struct json_problem problem; /* new: the event says whose it is */
    CLEANUP(json_release) json_t *event = json_read(row->body, &problem);
    return owner_by_ids(tx, STR(""), json_text(event, "data.object.customer"), ret_user_id);
}

/* What the read has settled is finished; who rides along is only when it succeeds. */
static struct err finish(const struct webhook_apply *apply, struct tx *tx, struct str status,
                         struct str error) {
    TRY(webhook_finish(tx, apply->event_id, status, error));
    for (size_t i = 0; i < apply->rider_count; i++) {
        TRY(webhook_finish(tx, apply->riders[i], status, error));
    }
    return OK;
}

/* What the events say of a person is theirs from now on, if it was not before. */
static struct err own(const struct webhook_apply *apply, struct tx *tx, struct str user_id) {
    if (user_id.len == 0) {
        return OK;
    }
    TRY(webhook_own(tx, apply->event_id, user_id));
    for (size_t i = 0; i < apply->rider_count; i++) {
        TRY(webhook_own(tx, apply->riders[i], user_id));
    }
    return OK;
}

/* An object may be of somebody whom another installation bills, or hold what this release cannot
 * represent: kept, not applied. */
static struct err apply(struct webhook_apply *apply, struct tx *tx) {
    struct str user_id;
    if (apply->answer->unreadable.len > 0) {
        return finish(apply, tx, STR("ignored"),
                      STR("The object holds a value that this release does not know."));
    }
    TRY(mirror_owner(tx, apply->answer, &user_id));
    TRY(own(apply, tx, user_id));
    TRY(mirror_answer(apply->command.app, tx, apply->answer, &apply->gate_update));
    return finish(apply, tx, user_id.len > 0 ? STR("applied") : STR("ignored"), STR(""));
}

static struct err give_up(const struct webhook_apply *apply, struct tx *tx, struct str why) {
    struct webhook_row row;
    bool is_found = false;
    TRY(webhook_finish(tx, apply->event_id, STR("failed"), why));
    TRY(webhook_get(tx, apply->event_id, &row, &is_found));
    return is_found ? alert_webhook_failed(apply->command.app, tx, &row, why) : OK;
}

/* Once more later, unless it was the last time. */
static struct err stumble(struct webhook_apply *apply, struct tx *tx, struct str why) {
    apply->is_settled = apply->attempts + 1 >= ATTEMPTS_MAX;
    return apply->is_settled ? give_up(apply, tx, why)
                             : webhook_retry(tx, apply->event_id, cx_now_ms(tx->cx), why);
}

static struct err run_apply(struct command *command, struct tx *tx) {
    struct webhook_apply *self = (struct webhook_apply *)command;
    self->is_settled = true;
    if (self->own_failure.len > 0) {
        return stumble(self, tx, self->own_failure);
    }
    if (self->answer == NULL || self->answer->outcome == PAYMENTS_MISSING) {
        return finish(self, tx, STR("ignored"), STR(""));
    }
    if (self->answer->outcome == PAYMENTS_DONE) {
        return apply(self, tx);
    }
    return self->answer->outcome == PAYMENTS_UNKNOWN ? stumble(self, tx, self->answer->message)
                                                     : give_up(self, tx, self->answer->message);
}

static void after_apply(struct command *command) {
    struct webhook_apply *self = (struct webhook_apply *)command;
    gate_update_publish(command->app, &self->gate_update);
}

void webhook_apply(struct app *app, struct webhook_apply *apply) {
    apply->gate_update.is_due = false;
    apply->command.run = run_apply;
    apply->command.after = after_apply;
    command_submit(app, &apply->command);
}

/* --- for operators --- */

struct err webhooks_read(struct tx *tx, const struct webhook_filter *filter, size_t max,
                         struct row_list *ret_list) {
    return webhook_page(tx, filter, max, ret_list);
}

struct err webhook_read(struct tx *tx, struct str event_id, struct webhook_row *ret_row,
                        bool *ret_found) {
    return webhook_get(tx, event_id, ret_row, ret_found);
}

static struct err run_again(struct command *command, struct tx *tx) {
    struct webhook_again *again = (struct webhook_again *)command;
    if (again->event_id.len == 0) {
        return webhook_replay_failed(tx, again->since.ms, again->until.ms, &again->count);
    }
    struct webhook_row row;
    bool is_found = false;
    TRY(webhook_get(tx, again->event_id, &row, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_WEBHOOK_NOT_FOUND;
        return OK;
    }
    return webhook_replay(tx, again->event_id, &again->count);
}

void webhook_play_again(struct app *app, struct webhook_again *again) {
    again->count = 0;
    again->command.run = run_again;
    again->command.after = NULL;
    command_submit(app, &again->command);
}
