/* /v1/mandates: a customer's permission to debit a bank account. */
#include "sandbox/method.h"
#include "sandbox/resources.h"
#include "sandbox/us_bank_account.h"

static const struct param get_params[] = {PARAMS_COMMON};
static const char *const acceptance_types[] = {"online", "offline", NULL};
static const struct param online_params[] = {{.name = "ip_address", .kind = PARAM_TEXT},
                                             {.name = "user_agent", .kind = PARAM_TEXT},
                                             {.name = NULL}};
static const struct param nothing[] = {{.name = NULL}};
static const struct param acceptance_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = acceptance_types},
    {.name = "accepted_at", .kind = PARAM_INTEGER},
    {.name = "online", .kind = PARAM_OBJECT, .of = online_params},
    {.name = "offline", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = nothing},
    {.name = NULL}};
const struct param mandate_data_params[] = {{.name = "customer_acceptance",
                                             .kind = PARAM_OBJECT,
                                             .flags = PARAM_REQUIRED,
                                             .of = acceptance_params},
                                            {.name = NULL}};

static json_t *acceptance_of(const json_t *data, int64_t now) {
    const json_t *given = json_object_get(data, "customer_acceptance");
    bool is_online = member_is(given, "type", "online");
    json_t *accepted =
        json_pack("{s:s, s:I}", "type", member(given, "type"), "accepted_at", (json_int_t)now);
    if (json_is_integer(json_object_get(given, "accepted_at"))) {
        set_i64(accepted, "accepted_at", member_i64(given, "accepted_at"));
    }
    json_object_set_new(accepted, is_online ? "online" : "offline",
                        is_online ? json_pack("{s:s?, s:s?}", "ip_address",
                                              json_string_value(json_object_get(
                                                  json_object_get(given, "online"), "ip_address")),
                                              "user_agent",
                                              json_string_value(json_object_get(
                                                  json_object_get(given, "online"), "user_agent")))
                                  : json_object());
    return accepted;
}

/* A SEPA mandate is known by its reference; the page shows what was agreed to. */
static json_t *sepa_details(struct world *world, const json_t *mandate) {
    enum { REFERENCE_LEN = 16 };
    char reference[REFERENCE_LEN + 1];
    world_random(world, reference, REFERENCE_LEN);
    for (int i = 0; i < REFERENCE_LEN; i++) {
        char c = reference[i];
        reference[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return json_pack("{s:s, s:{s:s, s:o}}", "type", "sepa_debit", "sepa_debit", "reference",
                     reference, "url",
                     json_sprintf("%s/object/%s", world->public_url, member(mandate, "id")));
}

static void mandate_make(struct world *world, json_t *method, const struct mandate_order *order) {
    json_t *mandate = world_add(world, "mandate", NULL);
    const char *customer = member(method, "customer");
    int64_t now = world_now(world, customer[0] == '\0' ? NULL : customer);
    set_text(mandate, "_customer", customer);
    set_text(mandate, "payment_method", member(method, "id"));
    json_object_set_new(mandate, "customer_acceptance", acceptance_of(order->data, now));
    if (order->amount > 0) {
        set_text(mandate, "type", "single_use");
        json_object_set_new(mandate, "single_use",
                            json_pack("{s:I, s:s}", "amount", (json_int_t)order->amount, "currency",
                                      order->currency));
    } else {
        json_object_set_new(mandate, "multi_use", json_object());
    }
    if (member_is(method, "type", "sepa_debit")) {
        json_object_set_new(mandate, "payment_method_details", sepa_details(world, mandate));
    }
    set_text(method, "_mandate", member(mandate, "id"));
    world_touch(world, method);
}

bool mandate_ensure(struct world *world, json_t *method, const struct mandate_order *order) {
    bool has_one = !method_is_debit(method) || !member_is(method, "_mandate", "");
    bool is_given = json_is_object(order->data);
    if (has_one) {
        return true;
    }
    if (!is_given) {
        return fault_invalid(&world->fault, order->code, "mandate_data",
                             "This %s requires a mandate, but no existing mandate was found. "
                             "Collect mandate acceptance from the customer and try again, "
                             "providing acceptance data in the mandate_data parameter.",
                             order->noun);
    }
    mandate_make(world, method, order);
    return true;
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "mandate", call->id, "mandate"));
}

static const struct route routes[] = {
    {"GET", "/v1/mandates/:id", get, get_params},
};
const struct route_list mandate_routes = {routes, ARRAY_LEN(routes)};
