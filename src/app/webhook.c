/* Inbound events. Nothing is believed but that something happened to an object: the object is read
 * afresh from the provider, so that order, duplicates and age do not matter. */
#include "app/webhook.h"

#include "app/mirror.h"
#include "base/json.h"

enum { ATTEMPTS_MAX = 10 };

/* Which object an event of a type makes us read; the first prefix that fits. */
static const struct {
    const char *prefix;
    enum payments_kind kind;
} readings[] = {
    {"customer.subscription.", PAYMENTS_SUBSCRIPTION_READ},
    {"invoice.", PAYMENTS_INVOICE_READ},
    {"payment_method.", PAYMENTS_METHOD_READ},
};

/* --- in --- */

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

bool webhook_call_for(struct str type, struct str object_id, struct payments_call *ret_call) {
    for (size_t i = 0; i < ARRAY_LEN(readings) && object_id.len > 0; i++) {
        if (str_starts_with(type, str_from_cstr(readings[i].prefix))) {
            *ret_call = (struct payments_call){
                .kind = readings[i].kind,
                .subscription_id = object_id,
                .invoice_id = object_id,
                .method_id = object_id,
            };
            return true;
        }
    }
    return false;
}

struct err webhook_owner(struct tx *tx, const struct webhook_row *row, struct str *ret_user_id) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *event = json_read(row->body, &problem);
    struct str customer_id = json_text(event, "data.object.customer");
    struct stripe_object object = {.user_id = STR("")};
    bool is_known = false;
    TRY(stripe_object_get(tx, customer_id.len > 0 ? customer_id : row->object_id, &object,
                          &is_known));
    *ret_user_id = is_known ? object.user_id : STR("");
    return OK;
}

/* An invoice or a method may be of somebody whom another installation bills: kept, not applied. */
static struct err apply(struct webhook_apply *apply, struct tx *tx) {
    struct str user_id;
    TRY(mirror_owner(tx, apply->answer, &user_id));
    TRY(mirror_answer(apply->command.app, tx, apply->answer, &apply->gate_update));
    return webhook_finish(tx, apply->event_id, user_id.len > 0 ? STR("applied") : STR("ignored"),
                          STR(""));
}

static struct err run_apply(struct command *command, struct tx *tx) {
    struct webhook_apply *self = (struct webhook_apply *)command;
    self->is_settled = true;
    if (self->answer == NULL || self->answer->outcome == PAYMENTS_MISSING) {
        return webhook_finish(tx, self->event_id, STR("ignored"), STR(""));
    }
    if (self->answer->outcome == PAYMENTS_DONE) {
        return apply(self, tx);
    }
    self->is_settled =
        self->attempts + 1 >= ATTEMPTS_MAX || self->answer->outcome != PAYMENTS_UNKNOWN;
    return self->is_settled
               ? webhook_finish(tx, self->event_id, STR("failed"), self->answer->message)
               : webhook_retry(tx, self->event_id, cx_now_ms(tx->cx), self->answer->message);
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
