#include "sandbox/event_thin.h"

#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"

#define THIN_PREFIX "evt_test_"

/* Types that Stripe has no thin form of, by how they begin. */
static const char *const without[] = {
    "checkout.session.", "customer.source.", "payout.", "plan.", "topup.", "balance.",
};

/* Where an object of a type is read; what belongs to a customer is below it. */
static const struct place {
    const char *type, *path;
    bool is_of_customer;
} places[] = {
    {"billing.credit_balance_transaction", "billing/credit_balance_transactions", false},
    {"billing.credit_grant", "billing/credit_grants", false},
    {"billing.meter", "billing/meters", false},
    {"billing_portal.configuration", "billing_portal/configurations", false},
    {"billing_portal.session", "billing_portal/sessions", false},
    {"cash_balance", "cash_balance", true},
    {"credit_note", "credit_notes", false},
    {"customer_cash_balance_transaction", "cash_balance_transactions", true},
    {"invoice_payment", "invoice_payments", false},
    {"invoiceitem", "invoiceitems", false},
    {"payment_link", "payment_links", false},
    {"tax.settings", "tax/settings", false},
    {"tax_id", "tax_ids", true},
    {"test_helpers.test_clock", "test_helpers/test_clocks", false},
    {"v2.core.event_destination", "core/event_destinations", false},
};

static json_t *url_of(const json_t *object) {
    const char *type = member(object, "object");
    const char *id = member(object, "id");
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (strcmp(places[i].type, type) != 0) {
            continue;
        }
        if (places[i].is_of_customer) {
            return json_sprintf("/v1/customers/%s/%s%s%s", member(object, "customer"),
                                places[i].path, id[0] == '\0' ? "" : "/", id);
        }
        return json_sprintf("/%s/%s/%s", strncmp(type, "v2.", 3) == 0 ? "v2" : "v1", places[i].path,
                            id);
    }
    return json_sprintf("/v1/%ss/%s", type, id);
}

static bool has_thin_form(const char *type) {
    for (size_t i = 0; i < ARRAY_LEN(without); i++) {
        if (strncmp(without[i], type, strlen(without[i])) == 0) {
            return false;
        }
    }
    return true;
}

bool event_is_thin_only(const char *type) {
    return strncmp(type, "v1.", 3) == 0 || strncmp(type, "v2.", 3) == 0;
}

static json_t *reason_of(const json_t *event) {
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "request", "request", "id",
                     member(event, "request.id"), "idempotency_key",
                     member(event, "request.idempotency_key"));
}

json_t *event_thin(const json_t *event) {
    const char *type = member(event, "type");
    const json_t *object = json_object_get(json_object_get(event, "data"), "object");
    bool is_own = event_is_thin_only(type);
    if (!has_thin_form(type)) {
        return NULL;
    }
    char created[RFC3339_SIZE];
    rfc3339_format(member_i64(event, "created") * 1000, created);
    const char *id = member(object, "id");
    const char *owner = id[0] == '\0' ? member(object, "customer") : id;
    json_t *thin = json_pack("{s:o, s:s, s:s, s:b, s:o}", "id",
                             json_sprintf(THIN_PREFIX "%s", member(event, "id") + 4), "object",
                             "v2.core.event", "created", created, "livemode", 0, "type",
                             json_sprintf("%s%s", is_own ? "" : "v1.", type));
    if (json_object_size(object) > 0) {
        json_object_set_new(thin, "related_object",
                            json_pack("{s:s, s:s, s:o}", "id", owner, "type",
                                      member(object, "object"), "url", url_of(object)));
    }
    if (member(event, "request.id")[0] != '\0') {
        json_object_set_new(thin, "reason", reason_of(event));
    }
    if (!is_own) {
        json_object_set_new(thin, "snapshot_event", json_string(member(event, "id")));
    }
    return thin;
}

json_t *event_thin_whole(const json_t *event) {
    json_t *thin = event_thin(event);
    json_t *data = json_object_get(event, "_thin_data");
    if (thin != NULL && data != NULL) {
        json_object_set(thin, "data", data);
    }
    return thin;
}

json_t *event_of_thin_id(struct world *world, const char *id) {
    char stored[STORE_ID] = "";
    if (strncmp(id, THIN_PREFIX, sizeof THIN_PREFIX - 1) == 0) {
        (void)snprintf(stored, sizeof stored, "evt_%.80s", id + sizeof THIN_PREFIX - 1);
    }
    json_t *event = world_get(world, stored);
    bool is_there = event != NULL && member_is(event, "object", "event") &&
                    has_thin_form(member(event, "type"));
    if (!is_there) {
        world_missing(world, "event", "id", id);
    }
    return is_there ? event : NULL;
}
