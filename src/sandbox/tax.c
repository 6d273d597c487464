/* Assessing taxes; see the header. */
#include "sandbox/tax.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/arith.h"
#include "sandbox/credit_grant.h"
#include "sandbox/decimal.h"
#include "sandbox/discount.h"

const struct param automatic_tax_params[] = {
    {.name = "enabled", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED}, {.name = NULL}};

/* One tax on its way to a line. */
struct levy {
    const char *rate;   /* tax_rate's id */
    int64_t percent;    /* with PERCENT_PLACES */
    const char *reason; /* taxability_reason */
    bool is_inclusive;
};

static bool locate_in(const json_t *address, struct tax_location *ret_location) {
    const char *country = member(address, "country");
    const char *state = member(address, "state");
    const char *postal_code = member(address, "postal_code");
    if (strlen(country) != 2) {
        return false;
    }
    if (strcmp(country, "US") == 0) {
        const char *found = tax_state_of_postal_code(postal_code);
        if (found == NULL) {
            return false;
        }
        state = found[0] == '\0' ? state : found;
    }
    bool is_vague = strcmp(country, "CA") == 0 && state[0] == '\0' && postal_code[0] == '\0';
    (void)snprintf(ret_location->country, sizeof ret_location->country, "%s", country);
    (void)snprintf(ret_location->state, sizeof ret_location->state, "%.31s", state);
    return !is_vague;
}

bool tax_locate(struct world *world, const json_t *customer, struct tax_location *ret_location) {
    json_t *shipping = json_object_get(json_object_get(customer, "shipping"), "address");
    json_t *billing = json_object_get(customer, "address");
    if (json_is_object(shipping)) {
        return locate_in(shipping, ret_location);
    }
    if (json_is_object(billing)) {
        return locate_in(billing, ret_location);
    }
    const json_t *method =
        world_get(world, member(customer, "invoice_settings.default_payment_method"));
    return locate_in(json_object_get(json_object_get(method, "billing_details"), "address"),
                     ret_location);
}

bool tax_check_location(struct world *world, const json_t *customer) {
    struct tax_location location;
    return tax_locate(world, customer, &location) ||
           fault_invalid(&world->fault, "customer_tax_location_invalid", NULL,
                         "The customer's location isn't recognized. Set a valid customer address "
                         "in order to automatically calculate tax.");
}

static json_t *lines_of(const json_t *invoice) {
    return json_object_get(json_object_get(invoice, "lines"), "data");
}

static int64_t tax_on(int64_t net, const struct levy *levy) {
    return levy->is_inclusive ? prorate(net, levy->percent, PERCENT_WHOLE + levy->percent)
                              : prorate(net, levy->percent, PERCENT_WHOLE);
}

static json_t *tax_entry(const struct levy *levy, int64_t amount, int64_t taxable) {
    return json_pack("{s:I, s:s, s:{s:s}, s:s, s:I, s:s}", "amount", (json_int_t)amount,
                     "tax_behavior", levy->is_inclusive ? "inclusive" : "exclusive",
                     "tax_rate_details", "tax_rate", levy->rate, "taxability_reason", levy->reason,
                     "taxable_amount", (json_int_t)taxable, "type", "tax_rate_details");
}

static void levy_on(json_t *line, const struct levy *levy) {
    int64_t net = line_net(line) - line_credits(line);
    int64_t amount = tax_on(net, levy);
    int64_t taxable = levy->is_inclusive ? net - amount : net;
    json_array_append_new(json_object_get(line, "taxes"), tax_entry(levy, amount, taxable));
}

/* --- by hand --- */

void tax_levy_rates(json_t *line, json_t *rates) {
    for (size_t i = 0; i < json_array_size(rates); i++) {
        const json_t *rate = json_array_get(rates, i);
        const struct levy levy = {
            .rate = member(rate, "id"),
            .percent = member_i64(rate, "_percent"),
            .reason = "not_available",
            .is_inclusive = json_is_true(json_object_get(rate, "inclusive")),
        };
        levy_on(line, &levy);
    }
}

static void assess_by_hand(json_t *invoice) {
    json_t *defaults = json_object_get(invoice, "default_tax_rates");
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        json_t *own = json_object_get(line, "_tax_rates");
        tax_levy_rates(line, json_array_size(own) > 0 ? own : defaults);
    }
}

/* --- automatic --- */

/* The tax_rate that stands for a place in the table; made when it is first used. */
static const char *rate_of(struct world *world, const struct tax_place *place, bool is_inclusive) {
    char id[STORE_ID];
    (void)snprintf(id, sizeof id, "txr_auto%s%s%s", place->country,
                   place->state == NULL ? "" : place->state, is_inclusive ? "in" : "ex");
    json_t *rate = world_get(world, id);
    if (rate == NULL) {
        rate = world_add_as(world, "tax_rate", id);
        set_bool(rate, "_is_automatic", true);
        set_bool(rate, "inclusive", is_inclusive);
        set_text(rate, "display_name", place->name);
        set_text(rate, "country", place->country);
        set_text(rate, "state", place->state);
        set_text(rate, "jurisdiction", place->state == NULL ? place->country : place->state);
        set_text(rate, "jurisdiction_level", place->state == NULL ? "country" : "state");
        set_text(rate, "tax_type", place->type);
        set_i64(rate, "_percent", place->percent);
        json_object_set_new(rate, "percentage", decimal_number(place->percent, PERCENT_PLACES));
        json_object_set_new(rate, "effective_percentage",
                            decimal_number(place->percent, PERCENT_PLACES));
    }
    return member(rate, "id");
}

/* Why a place's rate does not apply to a customer; NULL when it does. */
static const char *relief(struct world *world, const json_t *customer,
                          const struct tax_place *place, const struct tax_location *location,
                          int64_t at) {
    const char *home = member(tax_settings(world), "head_office.address.country");
    bool is_abroad = strcmp(home, place->country) != 0;
    if (!tax_is_registered(world, location, place->is_eu, at)) {
        return "not_collecting";
    }
    if (member_is(customer, "tax_exempt", "exempt")) {
        return "customer_exempt";
    }
    bool is_reversed =
        member_is(customer, "tax_exempt", "reverse") ||
        (place->is_eu && is_abroad && tax_id_stands(world, member(customer, "id"), "eu_vat"));
    return is_reversed ? "reverse_charge" : NULL;
}

static bool is_inclusive(struct world *world, const json_t *line) {
    const char *behavior = member(line, "_tax_behavior");
    bool is_said = strcmp(behavior, "inclusive") == 0 || strcmp(behavior, "exclusive") == 0;
    return strcmp(is_said ? behavior : member(tax_settings(world), "defaults.tax_behavior"),
                  "inclusive") == 0;
}

static void levy_place(struct world *world, json_t *line, const struct tax_place *place,
                       const char *relieved) {
    struct levy levy = {.percent = place->percent, .is_inclusive = is_inclusive(world, line)};
    levy.rate = rate_of(world, place, levy.is_inclusive);
    levy.reason = place->percent == 0 ? "not_subject_to_tax" : "standard_rated";
    if (relieved != NULL) {
        levy.reason = relieved;
        levy.percent = 0;
    }
    levy_on(line, &levy);
}

static void assess_automatically(struct world *world, json_t *invoice) {
    const json_t *customer = world_get(world, member(invoice, "customer"));
    json_t *automatic = json_object_get(invoice, "automatic_tax");
    struct tax_location location;
    if (!tax_locate(world, customer, &location)) {
        set_text(automatic, "status", "requires_location_inputs");
        return;
    }
    set_text(automatic, "status", "complete");
    set_text(automatic, "provider", "stripe");
    json_object_set_new(automatic, "liability", json_pack("{s:s}", "type", "self"));
    const struct tax_place *place = tax_place_find(location.country, location.state);
    if (place == NULL) {
        return;
    }
    int64_t at = world_now(world, member(invoice, "customer"));
    const char *relieved = relief(world, customer, place, &location, at);
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        levy_place(world, json_array_get(lines, i), place, relieved);
    }
}

/* --- the sums --- */

static bool is_same_levy(const json_t *a, const json_t *b) {
    return member_is(a, "tax_rate_details.tax_rate", member(b, "tax_rate_details.tax_rate")) &&
           member_is(a, "tax_behavior", member(b, "tax_behavior")) &&
           member_is(a, "taxability_reason", member(b, "taxability_reason"));
}

static void add_total(json_t *totals, json_t *entry) {
    for (size_t i = 0; i < json_array_size(totals); i++) {
        json_t *total = json_array_get(totals, i);
        if (is_same_levy(total, entry)) {
            set_i64(total, "amount", member_i64(total, "amount") + member_i64(entry, "amount"));
            set_i64(total, "taxable_amount",
                    member_i64(total, "taxable_amount") + member_i64(entry, "taxable_amount"));
            return;
        }
    }
    json_array_append_new(totals, json_deep_copy(entry));
}

void tax_assess(struct world *world, json_t *invoice) {
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_object_set_new(json_array_get(lines, i), "taxes", json_array());
    }
    json_t *automatic = json_object_get(invoice, "automatic_tax");
    if (json_is_true(json_object_get(automatic, "enabled"))) {
        assess_automatically(world, invoice);
    } else {
        assess_by_hand(invoice);
    }
    json_t *totals = json_array();
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *taxes = json_object_get(json_array_get(lines, i), "taxes");
        for (size_t j = 0; j < json_array_size(taxes); j++) {
            add_total(totals, json_array_get(taxes, j));
        }
    }
    json_object_set_new(invoice, "total_taxes", totals);
}

/* --- parameters --- */

bool automatic_tax_set(struct world *world, json_t *owner, json_t *given) {
    if (given == NULL) {
        return true;
    }
    bool is_enabled = json_is_true(json_object_get(given, "enabled"));
    json_t *automatic = json_object_get(owner, "automatic_tax");
    const json_t *customer = world_get(world, member(owner, "customer"));
    if (is_enabled && !tax_check_location(world, customer)) {
        return false;
    }
    set_bool(automatic, "enabled", is_enabled);
    set_null(automatic, "disabled_reason");
    json_object_set_new(automatic, "liability",
                        is_enabled ? json_pack("{s:s}", "type", "self") : json_null());
    return true;
}

bool tax_rates_set(struct world *world, json_t *owner, const char *name, json_t *given) {
    if (given == NULL) {
        return true;
    }
    json_t *rates = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        char param[64];
        (void)snprintf(param, sizeof param, "%.40s[%zu]", name[0] == '_' ? name + 1 : name, i);
        json_t *rate =
            world_find(world, "tax_rate", json_string_value(json_array_get(given, i)), param);
        bool is_active = rate != NULL && json_is_true(json_object_get(rate, "active"));
        if (rate != NULL && !is_active) {
            fault_invalid(&world->fault, NULL, param,
                          "The tax rate %s is archived and cannot be applied.", member(rate, "id"));
        }
        if (!is_active) {
            json_decref(rates);
            return false;
        }
        json_array_append_new(rates, json_deep_copy(rate));
    }
    json_object_set_new(owner, name, rates);
    return true;
}

json_t *tax_rate_ids(const json_t *rates) {
    json_t *ids = json_array();
    for (size_t i = 0; i < json_array_size(rates); i++) {
        json_array_append(ids, json_object_get(json_array_get(rates, i), "id"));
    }
    return ids;
}
