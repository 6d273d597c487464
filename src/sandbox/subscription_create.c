/* POST /v1/subscriptions: the first period, the first invoice, and the state that follows
 * (billing/subscriptions/overview, billing-cycle, trials). */
#include "base/rfc3339.h"
#include "sandbox/currency.h"
#include "sandbox/discount.h"
#include "sandbox/method.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/tax.h"

enum { TRIAL_DAYS_MAX = 730, SECONDS_A_DAY = 86400, SUBSCRIPTIONS_MAX = 500 };

static const char *const modes[] = {"classic", "flexible", NULL};
static const char *const discountings[] = {"included", "itemized", NULL};
static const struct param flexible[] = {
    {.name = "proration_discounts", .kind = PARAM_ENUM, .words = discountings}, {.name = NULL}};
static const struct param billing_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes},
    {.name = "flexible", .kind = PARAM_OBJECT, .of = flexible},
    {.name = NULL}};
static const struct param anchor_config[] = {
    {.name = "day_of_month", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED, .min = 1, .max = 31},
    {.name = "month", .kind = PARAM_INTEGER, .min = 1, .max = 12},
    {.name = "hour", .kind = PARAM_INTEGER, .min = 0, .max = 23},
    {.name = "minute", .kind = PARAM_INTEGER, .min = 0, .max = 59},
    {.name = "second", .kind = PARAM_INTEGER, .min = 0, .max = 59},
    {.name = NULL}};

const struct param subscription_create_params[] = {
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "items", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = subscription_item_params},
    {.name = "add_invoice_items", .kind = PARAM_LIST, .of = subscription_sale_params},
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = payment_behaviors},
    {.name = "default_payment_method", .kind = PARAM_TEXT},
    {.name = "default_source", .kind = PARAM_TEXT},
    {.name = "payment_settings", .kind = PARAM_OBJECT, .of = subscription_payment_settings},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "billing_mode", .kind = PARAM_OBJECT, .of = billing_mode},
    {.name = "backdate_start_date", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor_config", .kind = PARAM_OBJECT, .of = anchor_config},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},
    {.name = "days_until_due", .kind = PARAM_INTEGER, .min = 0, .max = 3650},
    {.name = "trial_end", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "trial_period_days", .kind = PARAM_INTEGER, .min = 0, .max = TRIAL_DAYS_MAX},
    {.name = "trial_from_plan", .kind = PARAM_BOOLEAN},
    {.name = "trial_settings", .kind = PARAM_OBJECT, .of = subscription_trial_settings},
    {.name = "cancel_at", .kind = PARAM_MOMENT, .words = cancel_at_words},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "off_session", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAM_DISCOUNTS,
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};

bool subscription_collection_apply(struct call *call, json_t *subscription) {
    copy_params(subscription, call->params,
                (const char *const[]){"collection_method", "days_until_due", NULL});
    bool is_sent = member_is(subscription, "collection_method", "send_invoice");
    bool has_days = json_is_integer(json_object_get(subscription, "days_until_due"));
    if (is_sent && !has_days) {
        return fault_invalid(
            &call->world->fault, "parameter_missing", "days_until_due",
            "You must pass `days_until_due` when `collection_method=send_invoice`.");
    }
    if (!is_sent && param_given(call, "days_until_due")) {
        return fault_invalid(&call->world->fault, NULL, "days_until_due",
                             "days_until_due can only be set for subscriptions that are set to "
                             "send_invoice.");
    }
    if (!is_sent) {
        set_null(subscription, "days_until_due");
    }
    return true;
}

/* The trial that the first price brings with it, in days, when the plan's is asked for. */
static int64_t days_of_plan(struct call *call) {
    const json_t *first = json_array_get(json_object_get(call->params, "items"), 0);
    const json_t *price = world_get(call->world, member(first, "price"));
    bool is_asked = json_is_true(json_object_get(call->params, "trial_from_plan"));
    return is_asked ? member_i64(price, "recurring.trial_period_days") : 0;
}

/* The end of the trial that is asked for; `now` when there is none. */
static bool read_trial(struct call *call, int64_t now, int64_t *ret_end) {
    struct fault *fault = &call->world->fault;
    json_t *end = json_object_get(call->params, "trial_end");
    json_t *days = json_object_get(call->params, "trial_period_days");
    bool is_from_plan = json_is_true(json_object_get(call->params, "trial_from_plan"));
    if ((end != NULL) + (days != NULL) + is_from_plan > 1) {
        return fault_invalid(fault, NULL, "trial_end",
                             "You may only specify one of these parameters: trial_end, "
                             "trial_period_days, trial_from_plan.");
    }
    int64_t given = days == NULL ? days_of_plan(call) : json_integer_value(days);
    *ret_end = json_is_integer(end) ? json_integer_value(end) : now + given * SECONDS_A_DAY;
    if (*ret_end < now || (json_is_integer(end) && *ret_end == now)) {
        return fault_invalid(fault, NULL, "trial_end",
                             "Invalid timestamp: must be an integer Unix timestamp in the future.");
    }
    return *ret_end <= now + (int64_t)TRIAL_DAYS_MAX * SECONDS_A_DAY ||
           fault_invalid(fault, NULL, "trial_end",
                         "Invalid timestamp: can be no more than two years in the future.");
}

static int config_part(const json_t *config, const char *name, int fallback) {
    const json_t *value = json_object_get(config, name);
    return json_is_integer(value) ? (int)json_integer_value(value) : fallback;
}

/* The next instant that a billing_cycle_anchor_config describes; parts that are not given are those
 * of `now`. A day that the month lacks is its last one. */
static int64_t anchor_of(const json_t *config, int64_t now) {
    struct civil civil = civil_from_ms(now * 1000);
    int day = config_part(config, "day_of_month", civil.day);
    bool is_yearly = json_object_get(config, "month") != NULL;
    civil.month = config_part(config, "month", civil.month);
    civil.hour = config_part(config, "hour", civil.hour);
    civil.minute = config_part(config, "minute", civil.minute);
    civil.second = config_part(config, "second", civil.second);
    civil.millisecond = 0;
    for (;;) {
        int last = civil_days_in_month(civil.year, civil.month);
        civil.day = day < last ? day : last;
        int64_t at = civil_to_ms(civil) / 1000;
        if (at >= now) {
            return at;
        }
        bool wraps = is_yearly || civil.month == 12;
        civil.year += wraps ? 1 : 0;
        civil.month = is_yearly ? civil.month : civil.month % 12 + 1;
    }
}

/* The anchor that is asked for, `natural` when none is. */
static bool read_anchor(struct call *call, json_t *subscription, int64_t natural, int64_t now) {
    struct fault *fault = &call->world->fault;
    json_t *given = json_object_get(call->params, "billing_cycle_anchor");
    json_t *config = json_object_get(call->params, "billing_cycle_anchor_config");
    if (given != NULL && config != NULL) {
        return fault_invalid(fault, NULL, "billing_cycle_anchor_config",
                             "You may only specify one of these parameters: billing_cycle_anchor, "
                             "billing_cycle_anchor_config.");
    }
    int64_t anchor = given != NULL    ? json_integer_value(given)
                     : config != NULL ? anchor_of(config, now)
                                      : natural;
    if (anchor < now) {
        return fault_invalid(fault, NULL, "billing_cycle_anchor",
                             "billing_cycle_anchor must be a timestamp in the future.");
    }
    if (config != NULL) {
        static const char *const parts[] = {"day_of_month", "hour",   "minute",
                                            "month",        "second", NULL};
        json_t *shown = json_pack("{s:n, s:n, s:n, s:n, s:n}", parts[0], parts[1], parts[2],
                                  parts[3], parts[4]);
        copy_params(shown, config, parts);
        json_object_set_new(subscription, "billing_cycle_anchor_config", shown);
    }
    set_i64(subscription, "billing_cycle_anchor", anchor);
    return true;
}

/* A plain anchor lies within the first natural period of every item; a configured one may lie
 * further ahead (billing/subscriptions/billing-cycle). */
static bool is_anchor_near(struct call *call, json_t *subscription, int64_t from) {
    json_t *items = subscription_items(subscription);
    int64_t anchor = member_i64(subscription, "billing_cycle_anchor");
    for (size_t i = 0; param_given(call, "billing_cycle_anchor") && i < json_array_size(items);
         i++) {
        struct interval interval =
            price_interval(json_object_get(json_array_get(items, i), "price"));
        if (anchor > anchor_plus(from, interval, 1)) {
            return fault_invalid(&call->world->fault, NULL, "billing_cycle_anchor",
                                 "billing_cycle_anchor cannot be later than next natural billing "
                                 "date (%lld) for plan.",
                                 (long long)anchor_plus(from, interval, 1));
        }
    }
    return true;
}

static bool is_under_limit(struct call *call, const json_t *subscription, const json_t *all) {
    size_t live = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        live += subscription_has_ended(json_array_get(all, i)) ? 0 : 1;
    }
    return live <= SUBSCRIPTIONS_MAX ||
           fault_invalid(&call->world->fault, "customer_max_subscriptions", "customer",
                         "Customer %s already has the maximum %d current subscriptions.",
                         member(subscription, "customer"), SUBSCRIPTIONS_MAX);
}

/* Whether what the customer has may stand in the way: few and of one currency never do. The notes
 * spare reading all of them for each new one. */
static bool must_look(const json_t *customer, const json_t *subscription) {
    return member_i64(customer, "_subscriptions") >= SUBSCRIPTIONS_MAX ||
           !member_is(customer, "_subscribes_in", member(subscription, "currency"));
}

static void note_subscription(struct world *world, json_t *customer, const json_t *subscription) {
    const char *currency = member(subscription, "currency");
    set_i64(customer, "_subscriptions", member_i64(customer, "_subscriptions") + 1);
    set_text(customer, "_subscribes_in", currency);
    if (member_is(customer, "currency", "")) {
        set_text(customer, "currency", currency);
    }
    world_touch(world, customer);
}

/* One customer pays all that returns in one currency, and has so many at most. */
static bool may_join(struct call *call, const json_t *subscription) {
    if (!must_look(world_get(call->world, member(subscription, "customer")), subscription)) {
        return true;
    }
    json_t *all = world_list(call->world, "subscription", member(subscription, "customer"));
    const char *currency = member(subscription, "currency");
    bool may = is_under_limit(call, subscription, all);
    for (size_t i = 0; i < json_array_size(all) && may; i++) {
        const json_t *other = json_array_get(all, i);
        may = other == subscription || subscription_has_ended(other) ||
              member_is(other, "currency", currency) ||
              fault_invalid(&call->world->fault, NULL, "currency",
                            "You cannot combine currencies on a single customer. This customer has "
                            "an active subscription, subscription schedule, or pending quote with "
                            "currency %s.",
                            member(other, "currency"));
    }
    json_decref(all);
    return may;
}

/* The currency that is asked for; without one the first price decides. */
static bool set_currency(struct call *call, json_t *subscription) {
    const char *given = param_text(call, "currency");
    if (given[0] == '\0') {
        return true;
    }
    if (!currency_check(&call->world->fault, given, "currency")) {
        return false;
    }
    set_text(subscription, "currency", currency_find(given)->code);
    return true;
}

static bool start(struct call *call, json_t *subscription, int64_t now) {
    int64_t trial_end = now;
    if (!read_trial(call, now, &trial_end)) {
        return false;
    }
    bool keeps =
        member_is(call->params, "trial_settings.end_behavior.billing_cycle_anchor", "unchanged");
    int64_t natural = keeps ? now : trial_end;
    if (!read_anchor(call, subscription, natural, now)) {
        return false;
    }
    if (!set_currency(call, subscription)) {
        return false;
    }
    if (trial_end > now) {
        set_text(subscription, "status", "trialing");
        set_i64(subscription, "trial_start", now);
        set_i64(subscription, "trial_end", trial_end);
    }
    return subscription_add_items(call->world, subscription,
                                  json_object_get(call->params, "items")) &&
           may_join(call, subscription) && subscription_backdate(call, subscription) &&
           is_anchor_near(call, subscription, trial_end);
}

static void apply_words(struct call *call, json_t *subscription, json_t *customer) {
    json_object_set(subscription, "test_clock", json_object_get(customer, "test_clock"));
    json_object_set_new(
        json_object_get(subscription, "items"), "url",
        json_sprintf("/v1/subscription_items?subscription=%s", member(subscription, "id")));
    copy_params(subscription, call->params,
                (const char *const[]){"default_payment_method", "description", NULL});
    json_t *mode = json_object_get(call->params, "billing_mode");
    if (member_is(mode, "type", "classic")) {
        json_object_set_new(subscription, "billing_mode",
                            json_pack("{s:s, s:n}", "type", "classic", "flexible"));
    } else {
        json_object_update(
            json_object_get(json_object_get(subscription, "billing_mode"), "flexible"),
            json_object_get(mode, "flexible"));
    }
    json_object_update(
        json_object_get(json_object_get(subscription, "trial_settings"), "end_behavior"),
        json_object_get(json_object_get(call->params, "trial_settings"), "end_behavior"));
    subscription_settings_apply(subscription, json_object_get(call->params, "payment_settings"));
    metadata_merge(subscription, call->params);
}

/* A new subscription with its items and first period; NULL with a fault. */
static json_t *prepare(struct call *call) {
    struct world *world = call->world;
    json_t *customer = world_find(world, "customer", param_text(call, "customer"), "customer");
    if (customer == NULL) {
        return NULL;
    }
    const char *customer_id = member(customer, "id");
    const char *method = param_text(call, "default_payment_method");
    if (method[0] != '\0' &&
        method_of_customer(world, method, customer_id, "default_payment_method") == NULL) {
        return NULL;
    }
    json_t *subscription = world_add(world, "subscription", customer_id);
    int64_t now = member_i64(subscription, "created");
    set_i64(subscription, "start_date", now);
    apply_words(call, subscription, customer);
    bool is_well = subscription_collection_apply(call, subscription) &&
                   subscription_set_source(call, subscription) && start(call, subscription, now) &&
                   subscription_apply_money(call, subscription) &&
                   subscription_set_end(call, subscription);
    if (!is_well) {
        return NULL;
    }
    note_subscription(world, customer, subscription);
    return subscription;
}

/* What the first period costs is billed, but for metered items and a part period that is given
 * away. */
static json_t *first_invoice(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    int64_t now = member_i64(subscription, "created");
    bool is_free = member_i64(subscription, "billing_cycle_anchor") > now &&
                   !member_is(subscription, "status", "trialing") &&
                   member_is(call->params, "proration_behavior", "none");
    bool is_classic = member_is(subscription, "billing_mode.type", "classic");
    json_t *invoice = invoice_draft(world, subscription, "subscription_create");
    if (!member_is(call->params, "proration_behavior", "none")) {
        subscription_bill_past(world, invoice, subscription);
    }
    if (!is_free) {
        subscription_bill_items(world, invoice, subscription);
    }
    invoice_take_pending(world, invoice, subscription);
    const json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    if (json_array_size(lines) == 0 && (is_free || !is_classic)) {
        set_null(subscription, "latest_invoice");
        world_remove(world, invoice);
        return NULL;
    }
    return invoice;
}

/* Active at once: nothing to pay now, or a bank debit under way. */
static bool begins(struct world *world, json_t *subscription, json_t *invoice) {
    const json_t *intent = world_get(world, member(invoice, "_intent"));
    return invoice == NULL || member_is(invoice, "status", "draft") ||
           member_is(subscription, "collection_method", "send_invoice") ||
           (intent != NULL && member_is(intent, "status", "processing"));
}

json_t *subscription_create(struct call *call) {
    struct world *world = call->world;
    if (member_is(call->params, "payment_behavior", "pending_if_incomplete")) {
        fault_invalid(&world->fault, NULL, "payment_behavior",
                      "`pending_if_incomplete` is only supported when updating a subscription.");
        return NULL;
    }
    json_t *subscription = prepare(call);
    if (subscription == NULL) {
        return NULL;
    }
    json_t *sales = json_object_get(call->params, "add_invoice_items");
    if (!subscription_add_sales(call, subscription, sales)) {
        return NULL;
    }
    json_t *invoice = first_invoice(call, subscription);
    event_emit(world, "customer.subscription.created", subscription);
    if (invoice != NULL && !subscription_bill(call, subscription, invoice)) {
        return NULL;
    }
    if (member_is(subscription, "status", "incomplete") && begins(world, subscription, invoice)) {
        set_text(subscription, "status", "active");
        world_touch(world, subscription);
    }
    event_updated(world, "customer.subscription.updated", subscription);
    return json_incref(subscription);
}
