/* Phases of a schedule: reading them, and what a phase means for a subscription. */
#include <stdio.h>
#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/discount.h"
#include "sandbox/price.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_schedule.h"
#include "sandbox/tax.h"

enum { PHASES_MAX = 10 };

static const char *const units[] = {"day", "week", "month", "year", NULL};
static const char *const anchors[] = {"automatic", "phase_start", NULL};
static const struct param item_params[] = {
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "price_data", .kind = PARAM_OBJECT, .of = recurring_price_data_params},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "metadata", .kind = PARAM_MAP},
    PARAM_DISCOUNTS,
    {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param duration[] = {
    {.name = "interval", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = units},
    {.name = "interval_count", .kind = PARAM_INTEGER, .min = 1, .max = 365},
    {.name = NULL}};
static const struct param invoice_settings[] = {
    {.name = "days_until_due", .kind = PARAM_INTEGER, .min = 0, .max = 3650}, {.name = NULL}};
static const struct param sale_params[] = {
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "price_data", .kind = PARAM_OBJECT, .of = price_data_params},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "metadata", .kind = PARAM_MAP},
    PARAM_DISCOUNTS,
    {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
const struct param schedule_phase_params[] = {
    {.name = "add_invoice_items", .kind = PARAM_LIST, .of = sale_params},
    {.name = "items", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = item_params},
    {.name = "start_date", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "end_date", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "duration", .kind = PARAM_OBJECT, .of = duration},
    {.name = "iterations", .kind = PARAM_INTEGER, .min = 1, .max = 365}, /* before clover */
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "billing_cycle_anchor", .kind = PARAM_ENUM, .words = anchors},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},
    {.name = "invoice_settings", .kind = PARAM_OBJECT, .of = invoice_settings},
    {.name = "default_payment_method", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    PARAM_DISCOUNTS,
    {.name = "trial", .kind = PARAM_BOOLEAN},
    {.name = "trial_end", .kind = PARAM_INTEGER},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = NULL}};

static json_t *phase_shape(void) {
    json_t *phase = json_object();
    static const char *const nulls[] = {"application_fee_percent",
                                        "billing_cycle_anchor",
                                        "billing_thresholds",
                                        "collection_method",
                                        "currency",
                                        "default_payment_method",
                                        "description",
                                        "end_date",
                                        "invoice_settings",
                                        "on_behalf_of",
                                        "start_date",
                                        "transfer_data",
                                        "trial_end"};
    static const char *const lists[] = {"add_invoice_items", "default_tax_rates", "discounts",
                                        "items"};
    for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
        set_null(phase, nulls[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        json_object_set_new(phase, lists[i], json_array());
    }
    json_object_set_new(phase, "metadata", json_object());
    set_text(phase, "proration_behavior", "create_prorations");
    return phase;
}

static json_t *item_shape(const char *price, json_t *quantity) {
    json_t *item = json_pack("{s:n, s:[], s:{}, s:s, s:s, s:[]}", "billing_thresholds", "discounts",
                             "metadata", "plan", price, "price", price, "tax_rates");
    if (quantity != NULL) {
        json_object_set(item, "quantity", quantity);
    }
    return item;
}

/* Coupons and codes that there are, as a phase shows them. */
static bool read_discounts(struct world *world, json_t *given, json_t *phase) {
    static const char *const kinds[] = {"coupon", "discount", "promotion_code"};
    json_t *discounts = json_object_get(given, "discounts");
    for (size_t i = 0; i < json_array_size(discounts); i++) {
        json_t *shown = json_object();
        json_array_append_new(json_object_get(phase, "discounts"), shown);
        for (size_t j = 0; j < ARRAY_LEN(kinds); j++) {
            const char *id = member(json_array_get(discounts, i), kinds[j]);
            bool is_known =
                id[0] == '\0' || world_find(world, kinds[j], id, "phases[discounts]") != NULL;
            if (!is_known) {
                return false;
            }
            set_text(shown, kinds[j], id);
        }
    }
    return true;
}

/* Discounts and tax rates of one item. */
static bool read_money(struct world *world, json_t *given, json_t *shown) {
    return read_discounts(world, given, shown) &&
           tax_rates_set(world, shown, "tax_rates", json_object_get(given, "tax_rates"));
}

static bool read_items(struct world *world, json_t *given, json_t *phase, size_t index) {
    json_t *items = json_object_get(given, "items");
    if (json_array_size(items) == 0 || json_array_size(items) > ITEMS_MAX) {
        return fault_invalid(&world->fault, "parameter_missing", "phases[items]",
                             "A phase has one to %d items.", ITEMS_MAX);
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        char param[96];
        (void)snprintf(param, sizeof param, "phases[%zu][items][%zu][price]", index, i);
        json_t *one = json_array_get(items, i);
        json_t *price = price_for_item(world, phase, one, param);
        if (price == NULL) {
            return false;
        }
        if (member_is(phase, "currency", "")) {
            set_text(phase, "currency", member(price, "currency"));
        }
        json_t *quantity = json_object_get(one, "quantity");
        json_t *shown = item_shape(member(price, "id"), quantity);
        if (quantity == NULL && !price_is_metered(price)) {
            set_i64(shown, "quantity", 1);
        }
        metadata_merge(shown, one);
        json_array_append_new(json_object_get(phase, "items"), shown);
        if (!read_money(world, one, shown)) {
            return false;
        }
    }
    return true;
}

/* Where a phase that begins at `start` ends: the date or duration given, else one interval. */
static bool read_end(struct world *world, json_t *given, json_t *phase, int64_t now) {
    json_t *date = json_object_get(given, "end_date");
    json_t *length = json_object_get(given, "duration");
    int64_t start = member_i64(phase, "start_date");
    int64_t end = json_is_integer(date) ? json_integer_value(date) : now;
    if (date != NULL && length != NULL) {
        return fault_invalid(&world->fault, NULL, "phases[end_date]",
                             "You may only specify one of these parameters: duration, end_date.");
    }
    if (date == NULL) {
        const json_t *first = json_array_get(json_object_get(phase, "items"), 0);
        struct interval interval = price_interval(world_get(world, member(first, "price")));
        if (length != NULL) {
            json_t *count = json_object_get(length, "interval_count");
            interval.count = count == NULL ? 1 : json_integer_value(count);
            bool is_known = interval_unit_parse(member(length, "interval"), &interval.unit);
            if (!is_known) {
                return fault_invalid(&world->fault, NULL, "phases[duration][interval]",
                                     "Invalid interval.");
            }
        }
        json_t *iterations = json_object_get(given, "iterations");
        end = anchor_plus(start, interval, iterations == NULL ? 1 : json_integer_value(iterations));
    }
    if (end <= start) {
        return fault_invalid(&world->fault, NULL, "phases[end_date]",
                             "The end date of a phase must be after its start date.");
    }
    set_i64(phase, "end_date", end);
    return true;
}

static bool read_trial(struct world *world, json_t *given, json_t *phase) {
    bool is_whole = json_is_true(json_object_get(given, "trial"));
    json_t *end = json_object_get(given, "trial_end");
    int64_t last = member_i64(phase, "end_date");
    if (end != NULL && (is_whole || json_integer_value(end) > last)) {
        return fault_invalid(&world->fault, NULL, "phases[trial_end]",
                             "trial_end must be before the end of its phase and cannot be combined "
                             "with trial.");
    }
    if (end != NULL || is_whole) {
        set_i64(phase, "trial_end", is_whole ? last : json_integer_value(end));
    }
    return true;
}

/* Taxes of all invoices of the phase. */
static bool read_taxes(struct world *world, json_t *given, json_t *phase) {
    json_t *automatic = json_object_get(given, "automatic_tax");
    if (automatic != NULL) {
        json_object_set_new(phase, "automatic_tax",
                            json_pack("{s:n, s:O, s:n}", "disabled_reason", "enabled",
                                      json_object_get(automatic, "enabled"), "liability"));
    }
    return tax_rates_set(world, phase, "default_tax_rates",
                         json_object_get(given, "default_tax_rates"));
}

/* What is sold once when the phase begins, as it shows it. */
static bool read_sales(struct world *world, json_t *given, json_t *phase) {
    json_t *sales = json_object_get(given, "add_invoice_items");
    for (size_t i = 0; i < json_array_size(sales); i++) {
        json_t *sale = json_array_get(sales, i);
        json_t *data = json_object_get(sale, "price_data");
        const json_t *sold =
            data != NULL ? price_of_data(world, data, "phases[add_invoice_items][price_data]")
                         : world_find(world, "price", member(sale, "price"),
                                      "phases[add_invoice_items][price]");
        if (sold == NULL) {
            return false;
        }
        const char *price = member(sold, "id");
        json_t *shown = json_pack(
            "{s:n, s:[], s:{}, s:{s:{s:s}, s:{s:s}}, s:s, s:i, s:[]}", "discountable", "discounts",
            "metadata", "period", "start", "type", "max_item_period_start", "end", "type",
            "min_item_period_end", "price", price, "quantity", 1, "tax_rates");
        copy_params(shown, sale, (const char *const[]){"quantity", NULL});
        metadata_merge(shown, sale);
        json_array_append_new(json_object_get(phase, "add_invoice_items"), shown);
        if (!read_money(world, sale, shown)) {
            return false;
        }
    }
    return true;
}

/* One phase, beginning where the one before ended. */
static json_t *read_phase(struct call *call, size_t index, int64_t start, int64_t now) {
    struct world *world = call->world;
    json_t *given = json_array_get(json_object_get(call->params, "phases"), index);
    json_t *date = json_object_get(given, "start_date");
    bool is_elsewhere = index > 0 && json_is_integer(date) && json_integer_value(date) != start;
    json_t *phase = phase_shape();
    set_i64(phase, "start_date", start);
    copy_params(phase, given,
                (const char *const[]){"proration_behavior", "billing_cycle_anchor",
                                      "collection_method", "invoice_settings",
                                      "default_payment_method", "description", NULL});
    metadata_merge(phase, given);
    const char *currency = member(given, "currency");
    if (currency[0] != '\0' && currency_check(&world->fault, currency, "phases[currency]")) {
        set_text(phase, "currency", currency_find(currency)->code);
    }
    if (is_elsewhere) {
        fault_invalid(&world->fault, NULL, "phases[start_date]",
                      "A phase must begin where the phase before it ends.");
    }
    bool is_well = world->fault.status == 0 && read_items(world, given, phase, index) &&
                   read_end(world, given, phase, now) && read_trial(world, given, phase) &&
                   read_discounts(world, given, phase) && read_taxes(world, given, phase) &&
                   read_sales(world, given, phase);
    if (!is_well) {
        json_decref(phase);
        return NULL;
    }
    return phase;
}

json_t *schedule_phases_read(struct call *call, int64_t start, int64_t now) {
    json_t *given = json_object_get(call->params, "phases");
    if (json_array_size(given) == 0 || json_array_size(given) > PHASES_MAX) {
        fault_invalid(&call->world->fault, "parameter_missing", "phases",
                      "A subscription schedule has one to %d phases.", PHASES_MAX);
        return NULL;
    }
    json_t *phases = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *phase = read_phase(call, i, start, now);
        if (phase == NULL) {
            json_decref(phases);
            return NULL;
        }
        start = member_i64(phase, "end_date");
        json_array_append_new(phases, phase);
    }
    return phases;
}

json_t *schedule_phase_of(json_t *subscription) {
    json_t *phase = phase_shape();
    json_t *items = subscription_items(subscription);
    struct period period = item_period(json_array_get(items, 0));
    set_i64(phase, "start_date", period.start);
    set_i64(phase, "end_date", period.end);
    copy_params(phase, subscription,
                (const char *const[]){"currency", "default_payment_method", "description", NULL});
    if (member_is(subscription, "status", "trialing")) {
        json_object_set(phase, "trial_end", json_object_get(subscription, "trial_end"));
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        json_array_append_new(
            json_object_get(phase, "items"),
            item_shape(member(item, "price.id"), json_object_get(item, "quantity")));
    }
    return phase;
}

/* The item that a phase's item becomes: one of the same price, else the next that is left over. */
static size_t item_for(json_t *items, const bool *taken, const char *price) {
    size_t left = SIZE_MAX;
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MAX; i++) {
        if (taken[i]) {
            continue;
        }
        if (member_is(json_array_get(items, i), "price.id", price)) {
            return i;
        }
        left = left == SIZE_MAX ? i : left;
    }
    return left;
}

/* The discounts and tax rates of an item as the parameters that give them, when it has any. */
static void give_money(json_t *params, const json_t *shown) {
    if (json_array_size(json_object_get(shown, "discounts")) > 0) {
        json_object_set_new(params, "discounts", schedule_phase_discounts(shown));
    }
    if (json_array_size(json_object_get(shown, "tax_rates")) > 0) {
        json_object_set_new(params, "tax_rates", tax_rate_ids(json_object_get(shown, "tax_rates")));
    }
}

void schedule_phase_taxes(const json_t *schedule, const json_t *phase, json_t *params) {
    json_t *own = json_object_get(phase, "automatic_tax");
    json_t *usual = json_object_get(json_object_get(schedule, "default_settings"), "automatic_tax");
    json_t *enabled = json_object_get(own == NULL ? usual : own, "enabled");
    json_t *rates = json_object_get(phase, "default_tax_rates");
    if (own != NULL || json_is_true(enabled)) {
        json_object_set_new(params, "automatic_tax", json_pack("{s:O}", "enabled", enabled));
    }
    if (json_array_size(rates) > 0) {
        json_object_set_new(params, "default_tax_rates", tax_rate_ids(rates));
    }
}

static bool phase_has_price(const json_t *phase, const char *price) {
    const json_t *items = json_object_get(phase, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "price", price)) {
            return true;
        }
    }
    return false;
}

/* What turns one item into another of a phase, or makes it; a new reference. */
static json_t *item_change(json_t *wanted, const json_t *item) {
    json_t *change = json_object();
    copy_params(change, wanted, (const char *const[]){"price", "quantity", "metadata", NULL});
    set_bool(change, "_is_agreed", true);
    give_money(change, wanted);
    if (item != NULL) {
        set_text(change, "id", member(item, "id"));
    }
    return change;
}

json_t *schedule_phase_change(json_t *subscription, const json_t *phase) {
    json_t *items = subscription_items(subscription);
    json_t *wanted = json_object_get(phase, "items");
    json_t *changes = json_array();
    bool taken[ITEMS_MAX] = {false};
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        json_t *one = json_array_get(wanted, i);
        const char *price = member(one, "price");
        size_t at = item_for(items, taken, price);
        json_t *item = at == SIZE_MAX ? NULL : json_array_get(items, at);
        /* An item that keeps its price in this phase is not turned into another. */
        bool is_kept = item != NULL && !member_is(item, "price.id", price) &&
                       phase_has_price(phase, member(item, "price.id"));
        if (item != NULL && !is_kept) {
            taken[at] = true;
        }
        json_array_append_new(changes, item_change(one, is_kept ? NULL : item));
    }
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MAX; i++) {
        if (!taken[i]) {
            json_array_append_new(changes,
                                  json_pack("{s:s, s:b}", "id",
                                            member(json_array_get(items, i), "id"), "deleted", 1));
        }
    }
    return json_pack("{s:o, s:b}", "items", changes, "off_session", 1);
}

json_t *schedule_phase_discounts(const json_t *phase) {
    json_t *discounts = json_object_get(phase, "discounts");
    json_t *given = json_array();
    for (size_t i = 0; i < json_array_size(discounts); i++) {
        json_t *one = json_object();
        const char *kind;
        json_t *id;
        json_object_foreach(json_array_get(discounts, i), kind, id) {
            if (json_is_string(id)) {
                json_object_set(one, kind, id);
            }
        }
        json_array_append_new(given, one);
    }
    return given;
}

json_t *schedule_phase_sales(const json_t *phase) {
    json_t *sales = json_object_get(phase, "add_invoice_items");
    json_t *given = json_array();
    for (size_t i = 0; i < json_array_size(sales); i++) {
        json_array_append_new(given, item_change(json_array_get(sales, i), NULL));
    }
    return given;
}

json_t *schedule_phase_create(const json_t *schedule, const json_t *phase) {
    json_t *params = json_object();
    json_t *items = json_array();
    json_t *wanted = json_object_get(phase, "items");
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        json_array_append_new(items, item_change(json_array_get(wanted, i), NULL));
    }
    json_object_set_new(params, "items", items);
    set_text(params, "customer", member(schedule, "customer"));
    json_object_set(params, "metadata", json_object_get(phase, "metadata"));
    json_object_set(params, "currency", json_object_get(phase, "currency"));
    static const char *const words[] = {"collection_method", "default_payment_method",
                                        "description"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        const char *own = member(phase, words[i]);
        const char *word =
            own[0] == '\0' ? member(json_object_get(schedule, "default_settings"), words[i]) : own;
        if (word[0] != '\0') {
            set_text(params, words[i], word);
        }
    }
    if (member_is(params, "collection_method", "send_invoice")) {
        json_object_set(
            params, "days_until_due",
            json_object_get(json_object_get(phase, "invoice_settings"), "days_until_due"));
    }
    if (json_is_integer(json_object_get(phase, "trial_end"))) {
        json_object_set(params, "trial_end", json_object_get(phase, "trial_end"));
    }
    if (json_array_size(json_object_get(phase, "discounts")) > 0) {
        json_object_set_new(params, "discounts", schedule_phase_discounts(phase));
    }
    schedule_phase_taxes(schedule, phase, params);
    json_object_set_new(params, "add_invoice_items", schedule_phase_sales(phase));
    set_bool(params, "off_session", true);
    return params;
}
