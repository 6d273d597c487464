/* What time and its subscription do to a schedule. */
#include <string.h>

#include "base/json.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_schedule.h"

/* subscription_schedule.expiring comes a week before the end. */
enum { EXPIRY_NOTICE_S = 7 * 86400 };

static bool is_active(const json_t *schedule) {
    return member_is(schedule, "status", "active");
}

static json_t *phases_of(const json_t *schedule) {
    return json_object_get(schedule, "phases");
}

static int64_t end_of(const json_t *schedule) {
    const json_t *phases = phases_of(schedule);
    return member_i64(json_array_get(phases, json_array_size(phases) - 1), "end_date");
}

int64_t schedule_due_at(const json_t *schedule) {
    if (member_is(schedule, "status", "not_started")) {
        return member_i64(json_array_get(phases_of(schedule), 0), "start_date");
    }
    if (!is_active(schedule)) {
        return STORE_NEVER;
    }
    int64_t due = json_i64(schedule, "current_phase.end_date", STORE_NEVER);
    int64_t notice = end_of(schedule) - EXPIRY_NOTICE_S;
    bool is_warned = json_is_true(json_object_get(schedule, "_warned"));
    return !is_warned && notice < due ? notice : due;
}

/* The phase that holds `at`; NULL when none does. */
static json_t *phase_at(const json_t *schedule, int64_t at) {
    json_t *phases = phases_of(schedule);
    for (size_t i = 0; i < json_array_size(phases); i++) {
        json_t *phase = json_array_get(phases, i);
        if (member_i64(phase, "start_date") <= at && at < member_i64(phase, "end_date")) {
            return phase;
        }
    }
    return NULL;
}

void schedule_set_current(json_t *schedule, int64_t at) {
    json_t *phase = phase_at(schedule, at);
    json_t *current = json_null();
    if (phase != NULL) {
        current = json_object();
        copy_params(current, phase, (const char *const[]){"start_date", "end_date", NULL});
    }
    json_object_set_new(schedule, "current_phase", current);
}

void schedule_set_end(struct world *world, json_t *schedule) {
    json_t *subscription = world_get(world, member(schedule, "subscription"));
    if (subscription == NULL) {
        return;
    }
    if (member_is(schedule, "end_behavior", "cancel")) {
        set_i64(subscription, "cancel_at", end_of(schedule));
    } else {
        set_null(subscription, "cancel_at");
    }
    set_bool(subscription, "cancel_at_period_end", false);
    world_touch(world, subscription);
}

bool schedule_begin(struct call *call, json_t *schedule) {
    struct world *world = call->world;
    int64_t now = world_now(world, member(schedule, "customer"));
    json_t *phase = json_array_get(phases_of(schedule), 0);
    json_t *params = schedule_phase_create(schedule, phase);
    json_object_set(params, "billing_mode", json_object_get(schedule, "billing_mode"));
    struct call create = {.world = world, .params = params, .id = "", .is_scheduled = true};
    json_t *subscription = subscription_create(&create);
    json_decref(params);
    if (subscription == NULL) {
        return false;
    }
    set_text(schedule, "status", "active");
    set_text(schedule, "subscription", member(subscription, "id"));
    set_text(subscription, "schedule", member(schedule, "id"));
    schedule_set_current(schedule, now);
    schedule_set_end(world, schedule);
    world_touch(world, schedule);
    event_updated(world, "customer.subscription.updated", subscription);
    json_decref(subscription);
    return true;
}

static void set_words(json_t *subscription, json_t *phase) {
    static const char *const words[] = {"default_payment_method", "description",
                                        "collection_method"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!member_is(phase, words[i], "")) {
            set_text(subscription, words[i], member(phase, words[i]));
        }
    }
    json_t *days = json_object_get(json_object_get(phase, "invoice_settings"), "days_until_due");
    if (json_is_integer(days)) {
        json_object_set(subscription, "days_until_due", days);
    }
    metadata_merge(subscription, phase);
}

bool schedule_apply_phase(struct call *call, json_t *schedule, const char *behavior) {
    struct world *world = call->world;
    json_t *subscription = world_get(world, member(schedule, "subscription"));
    json_t *phase = phase_at(schedule, member_i64(schedule, "current_phase.start_date"));
    if (subscription == NULL || phase == NULL) {
        return true;
    }
    int64_t now = world_now(world, member(schedule, "customer"));
    json_t *params = schedule_phase_change(subscription, phase);
    set_text(params, "proration_behavior", behavior);
    bool enters = member_i64(phase, "start_date") == now;
    if (enters && member_is(phase, "billing_cycle_anchor", "phase_start")) {
        json_object_set_new(params, "billing_cycle_anchor", json_pack("{s:s}", "type", "now"));
    }
    if (member_i64(phase, "trial_end") > now) {
        json_object_set(params, "trial_end", json_object_get(phase, "trial_end"));
    }
    set_words(subscription, phase);
    if (json_array_size(json_object_get(phase, "discounts")) > 0) {
        json_object_set_new(params, "discounts", schedule_phase_discounts(phase));
    }
    schedule_phase_taxes(schedule, phase, params);
    struct call change = {.world = world, .params = params, .id = member(subscription, "id")};
    json_t *sales = enters ? schedule_phase_sales(phase) : NULL;
    bool is_well = subscription_apply_money(&change, subscription) &&
                   subscription_add_sales(&change, subscription, sales) &&
                   subscription_change_now(&change, subscription, params);
    json_decref(params);
    json_decref(sales);
    event_updated(world, "customer.subscription.updated", subscription);
    return is_well;
}

/* Ends with a status and the member that says when. */
static void close(struct world *world, json_t *schedule, const char *status, const char *when) {
    set_text(schedule, "status", status);
    set_i64(schedule, when, world_now(world, member(schedule, "customer")));
    set_null(schedule, "current_phase");
    world_touch(world, schedule);
}

void schedule_release(struct world *world, json_t *schedule, bool keeps_end) {
    json_t *subscription = world_get(world, member(schedule, "subscription"));
    close(world, schedule, "released", "released_at");
    json_object_set(schedule, "released_subscription", json_object_get(schedule, "subscription"));
    set_null(schedule, "subscription");
    if (subscription != NULL) {
        set_null(subscription, "schedule");
        if (!keeps_end && member_is(schedule, "end_behavior", "cancel")) {
            set_null(subscription, "cancel_at");
        }
        world_touch(world, subscription);
        event_updated(world, "customer.subscription.updated", subscription);
    }
    event_emit(world, "subscription_schedule.released", schedule);
}

/* The last phase is over. */
static void finish(struct world *world, json_t *schedule) {
    if (!member_is(schedule, "end_behavior", "cancel")) {
        schedule_release(world, schedule, false);
        return;
    }
    json_t *subscription = world_get(world, member(schedule, "subscription"));
    close(world, schedule, "completed", "completed_at");
    event_emit(world, "subscription_schedule.completed", schedule);
    if (subscription != NULL && !subscription_has_ended(subscription)) {
        subscription_end_as_agreed(world, subscription);
    }
}

static void next_phase(struct world *world, json_t *schedule, int64_t now) {
    json_t *next = phase_at(schedule, now);
    if (next == NULL) {
        finish(world, schedule);
        return;
    }
    schedule_set_current(schedule, now);
    world_touch(world, schedule);
    struct call call = {.world = world, .id = ""};
    (void)schedule_apply_phase(&call, schedule, member(next, "proration_behavior"));
    event_updated(world, "subscription_schedule.updated", schedule);
}

void schedule_on_due(struct world *world, json_t *schedule) {
    int64_t now = world_now(world, member(schedule, "customer"));
    if (member_is(schedule, "status", "not_started")) {
        struct call call = {.world = world, .id = ""};
        if (schedule_begin(&call, schedule)) {
            event_updated(world, "subscription_schedule.updated", schedule);
        } else {
            /* What was agreed can no longer be: the customer or a price is gone. */
            close(world, schedule, "canceled", "canceled_at");
            event_emit(world, "subscription_schedule.canceled", schedule);
        }
    } else if (member_i64(schedule, "current_phase.end_date") <= now) {
        next_phase(world, schedule, now);
    } else {
        set_bool(schedule, "_warned", true);
        world_touch(world, schedule);
        event_emit(world, "subscription_schedule.expiring", schedule);
    }
}

void schedule_on_subscription_end(struct world *world, json_t *subscription, bool is_delinquent) {
    json_t *schedule = world_get(world, member(subscription, "schedule"));
    if (schedule == NULL || !is_active(schedule)) {
        return;
    }
    close(world, schedule, "canceled", "canceled_at");
    event_emit(world,
               is_delinquent ? "subscription_schedule.aborted" : "subscription_schedule.canceled",
               schedule);
}
