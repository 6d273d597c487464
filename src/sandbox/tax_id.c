/* /v1/customers/:id/tax_ids and /v1/tax_ids: a customer's numbers with tax offices. The numbers of
 * billing/testing decide: 000000000 is verified, 111111111 is not, 222222222 waits for ever. */
#include "sandbox/tax.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/resources.h"

enum { VALUE_MAX = 40 };

/* The types of the places in the table; Stripe has more. */
static const char *const types[] = {"au_abn", "ca_bn",      "ca_gst_hst", "ca_qst", "ch_vat",
                                    "eu_vat", "eu_oss_vat", "gb_vat",     "jp_trn", "no_vat",
                                    "nz_gst", "sg_gst",     "us_ein",     NULL};
static const struct param create_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},
    {.name = "value", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    PARAMS_COMMON};
static const char *const owner_types[] = {"customer", "self", NULL};
static const struct param owner[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = owner_types},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param create_any_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},
    {.name = "value", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "owner", .kind = PARAM_OBJECT, .of = owner},
    PARAMS_COMMON};
const struct param tax_id_data_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = types},
    {.name = "value", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param list_any_params[] = {
    PARAMS_PAGE, {.name = "owner", .kind = PARAM_OBJECT, .of = owner}, PARAMS_COMMON};

static bool ends_with(const char *text, const char *end) {
    size_t len = strlen(text);
    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* Only VAT numbers of the EU and the UK, and Australian ones, are looked up. */
static const char *verdict(const char *type, const char *value) {
    bool is_checked =
        strcmp(type, "eu_vat") == 0 || strcmp(type, "gb_vat") == 0 || strcmp(type, "au_abn") == 0;
    if (!is_checked) {
        return "unavailable";
    }
    return ends_with(value, "111111111")   ? "unverified"
           : ends_with(value, "222222222") ? "pending"
                                           : "verified";
}

/* "DE123456789": an EU number begins with its country. */
static bool check_value(struct world *world, const char *type, const char *value) {
    size_t len = strlen(value);
    bool is_plain = len >= 4 && len <= VALUE_MAX;
    for (size_t i = 0; i < len && is_plain; i++) {
        is_plain = isalnum((unsigned char)value[i]) || value[i] == '-' || value[i] == ' ' ||
                   value[i] == '.';
    }
    bool has_country = strncmp(type, "eu_vat", 6) != 0 ||
                       (isupper((unsigned char)value[0]) && isupper((unsigned char)value[1]));
    return (is_plain && has_country) ||
           fault_invalid(&world->fault, "tax_id_invalid", "value", "Invalid value for %s.", type);
}

static void set_country(json_t *tax_id, const char *type, const char *value) {
    char country[3] = "";
    const char *from = strcmp(type, "eu_vat") == 0 ? value : type;
    for (int i = 0; i < 2; i++) {
        country[i] = (char)toupper((unsigned char)from[i]);
    }
    set_text(tax_id, "country", strcmp(type, "eu_oss_vat") == 0 ? NULL : country);
}

json_t *tax_id_add(struct world *world, const char *customer, json_t *given) {
    const char *type = member(given, "type");
    const char *value = member(given, "value");
    if (!check_value(world, type, value)) {
        return NULL;
    }
    json_t *tax_id = world_add(world, "tax_id", customer);
    const char *status = verdict(type, value);
    bool is_verified = strcmp(status, "verified") == 0;
    set_text(tax_id, "type", type);
    set_text(tax_id, "value", value);
    set_country(tax_id, type, value);
    json_t *owned =
        json_pack("{s:n, s:s}", "customer_account", "type", customer == NULL ? "self" : "customer");
    if (customer != NULL) {
        set_text(owned, "customer", customer);
    }
    json_object_set_new(tax_id, "owner", owned);
    json_object_set_new(tax_id, "verification",
                        json_pack("{s:s, s:s?, s:s?}", "status", status, "verified_address",
                                  is_verified ? "1 Sandbox Street" : NULL, "verified_name",
                                  is_verified ? "Sandbox customer" : NULL));
    if (customer != NULL) {
        event_emit(world, "customer.tax_id.created", tax_id);
    }
    return tax_id;
}

bool tax_id_stands(struct world *world, const char *customer, const char *type) {
    json_t *all = world_list(world, "tax_id", customer);
    bool stands = false;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *tax_id = json_array_get(all, i);
        stands = stands || (member_is(tax_id, "type", type) &&
                            !member_is(tax_id, "verification.status", "unverified"));
    }
    json_decref(all);
    return stands;
}

json_t *tax_ids_of(struct world *world, const char *customer) {
    json_t *all = world_list(world, "tax_id", customer);
    json_t *shown = json_array();
    for (size_t i = json_array_size(all); i-- > 0;) {
        const json_t *tax_id = json_array_get(all, i);
        json_array_append_new(shown, json_pack("{s:s, s:s}", "type", member(tax_id, "type"),
                                               "value", member(tax_id, "value")));
    }
    json_decref(all);
    return shown;
}

static json_t *create(struct call *call) {
    if (world_find(call->world, "customer", call->id, "customer") == NULL) {
        return NULL;
    }
    return json_incref(tax_id_add(call->world, call->id, call->params));
}

static json_t *create_any(struct call *call) {
    const char *customer = param_text(call, "owner.customer");
    bool is_customers = member_is(call->params, "owner.type", "customer");
    if (is_customers && world_find(call->world, "customer", customer, "owner[customer]") == NULL) {
        return NULL;
    }
    return json_incref(tax_id_add(call->world, is_customers ? customer : NULL, call->params));
}

static json_t *list(struct call *call) {
    char url[STORE_ID + 32];
    (void)snprintf(url, sizeof url, "/v1/customers/%s/tax_ids", call->id);
    if (world_find(call->world, "customer", call->id, "customer") == NULL) {
        return NULL;
    }
    const struct list_query query = {.type = "tax_id", .customer = call->id};
    return list_answer(call, &query, url);
}

static bool keeps(struct call *call, json_t *tax_id) {
    const char *type = param_text(call, "owner.type");
    const char *customer = param_text(call, "owner.customer");
    return (type[0] == '\0' || member_is(tax_id, "owner.type", type)) &&
           (customer[0] == '\0' || member_is(tax_id, "customer", customer));
}

static json_t *list_any(struct call *call) {
    const struct list_query query = {.type = "tax_id", .keeps = keeps};
    return list_answer(call, &query, "/v1/tax_ids");
}

/* The tax id of the path; NULL with 404 when it is another customer's. */
static json_t *find(struct call *call) {
    bool is_nested = call->parent[0] != '\0';
    json_t *tax_id = world_find(call->world, "tax_id", call->id, "id");
    if (tax_id != NULL && is_nested && !member_is(tax_id, "customer", call->parent)) {
        world_missing(call->world, "tax ID", "id", call->id);
        return NULL;
    }
    return tax_id;
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *delete (struct call *call) {
    json_t *tax_id = find(call);
    if (tax_id == NULL) {
        return NULL;
    }
    if (member(tax_id, "customer")[0] != '\0') {
        event_emit(call->world, "customer.tax_id.deleted", tax_id);
    }
    world_remove(call->world, tax_id);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "tax_id", "deleted", 1);
}

static const struct route routes[] = {
    {"POST", "/v1/customers/:id/tax_ids", create, create_params},
    {"GET", "/v1/customers/:id/tax_ids", list, list_params},
    {"GET", "/v1/customers/:parent/tax_ids/:id", get, get_params},
    {"DELETE", "/v1/customers/:parent/tax_ids/:id", delete, get_params},
    {"POST", "/v1/tax_ids", create_any, create_any_params},
    {"GET", "/v1/tax_ids", list_any, list_any_params},
    {"GET", "/v1/tax_ids/:id", get, get_params},
    {"DELETE", "/v1/tax_ids/:id", delete, get_params},
};
const struct route_list tax_id_routes = {routes, ARRAY_LEN(routes)};
