#include "app/customer.h"

#include "app/billing_event.h"
#include "app/privacy.h"
#include "app/usage_pattern.h"
#include "base/check.h"
#include "core/subscription.h"
#include "store/subscription.h"

/* The stretch on `free` that every customer begins with. */
struct err customer_insert_free(struct app *app, struct tx *tx, const struct customer_row *customer,
                                struct instant from) {
    const struct plan *plan = catalogue_plan(app->catalogue, TIER_FREE);
    struct period period = period_at(from, INTERVAL_MONTH, (struct period_number){0});
    struct subscription_row row = {
        .user_id = customer->user_id,
        .id = id_new(tx->cx, "subs"),
        .tier = TIER_FREE,
        .plan_version = plan->version,
        .interval = INTERVAL_MONTH,
        .status = SUBSCRIPTION_ACTIVE,
        .currency = customer->currency,
        .current_period_start = period.start.ms,
        .current_period_end = period.end.ms,
        .usage_anchor = from.ms,
        .pending_tier = -1,
        .pending_interval = -1,
        .past_due_since = ROW_NONE,
        .created_at = from.ms,
        .ended_at = ROW_NONE,
        .access_until = ROW_NONE,
        .trial_ends_at = ROW_NONE,
    };
    return subscription_insert(tx, &row);
}

/* What was not sent does not contradict. */
static bool agrees(const struct customer_create *create, const struct customer_row *row) {
    return str_equal(create->email, row->email) && str_equal(create->name, row->name) &&
           (create->country.len == 0 || str_equal(create->country, row->country)) &&
           (create->language.len == 0 || str_equal(create->language, row->language)) &&
           (create->time_zone.len == 0 || str_equal(create->time_zone, row->time_zone)) &&
           (create->currency.len == 0 || str_equal(create->currency, row->currency));
}

struct err customer_make(struct app *app, struct tx *tx, struct customer_create *create,
                         enum outcome *ret_outcome) {
    struct customer_row row;
    bool is_known = false;
    TRY(customer_get(tx, create->user_id, &row, &is_known));
    bool is_erased = false;
    TRY(privacy_is_erased(tx, create->user_id, &is_erased));
    if (is_erased) {
        *ret_outcome = OUTCOME_CUSTOMER_ERASED;
        return OK;
    }
    if (is_known) {
        *ret_outcome = agrees(create, &row) ? OUTCOME_DONE : OUTCOME_CUSTOMER_CONFLICT;
        return OK;
    }
    struct str sold = str_from_cstr(app->catalogue->currency.code);
    if (create->currency.len > 0 && !str_equal(create->currency, sold)) {
        *ret_outcome = OUTCOME_CURRENCY_NOT_SOLD;
        return OK;
    }
    row = (struct customer_row){
        .user_id = create->user_id,
        .email = create->email,
        .name = create->name,
        .country = create->country,
        .language = create->language,
        .time_zone = create->time_zone,
        .currency = sold,
        .created_at = cx_now_ms(tx->cx),
    };
    TRY(customer_insert(tx, &row));
    TRY(customer_insert_free(app, tx, &row, (struct instant){row.created_at}));
    TRY(usage_pattern_begin_zone(tx, row.user_id, row.time_zone));
    TRY(billing_event_note(tx, row.user_id,
                           &(struct billing_note){.type = "customer.created",
                                                  .description = STR("Customer created")}));
    TRY(gate_update_prepare(app, tx, row.user_id, false, &create->gate_update));
    *ret_outcome = OUTCOME_CREATED;
    return OK;
}

static struct err run(struct command *command, struct tx *tx) {
    return customer_make(command->app, tx, (struct customer_create *)command, &command->outcome);
}

static void after(struct command *command) {
    struct customer_create *create = (struct customer_create *)command;
    gate_update_publish(command->app, &create->gate_update);
}

void customer_create(struct app *app, struct customer_create *create) {
    check(create->user_id.len > 0 && create->user_id.len <= LIMIT_USER_ID);
    create->gate_update.is_due = false;
    create->command.run = run;
    create->command.after = after;
    command_submit(app, &create->command);
}

static struct err run_prefer(struct command *command, struct tx *tx) {
    struct customer_prefer *prefer = (struct customer_prefer *)command;
    struct customer_row row;
    bool is_known = false;
    TRY(customer_get(tx, prefer->user_id, &row, &is_known));
    command->outcome = is_known ? OUTCOME_DONE : OUTCOME_CUSTOMER_NOT_FOUND;
    if (!is_known) {
        return OK;
    }
    if (!str_equal(prefer->time_zone, row.time_zone)) {
        TRY(usage_pattern_change_zone(tx, prefer->user_id, prefer->time_zone));
    }
    return customer_set_preferences(tx, prefer->user_id, prefer->language, prefer->time_zone);
}

void customer_prefer(struct app *app, struct customer_prefer *prefer) {
    prefer->command.run = run_prefer;
    prefer->command.after = NULL;
    command_submit(app, &prefer->command);
}

struct err customer_read(struct tx *tx, struct str user_id, struct customer_row *ret_row,
                         bool *ret_found) {
    return customer_get(tx, user_id, ret_row, ret_found);
}

struct err customers_read(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return customer_page(tx, after, max, ret_list);
}
