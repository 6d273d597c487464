/* /v1/tax_rates: taxes set by hand. Percentages never change once made; archive and make anew. */
#include "sandbox/resources.h"

#include "sandbox/decimal.h"

static const char *const tax_types[] = {"gst", "hst",         "igst",      "jct",
                                        "pst", "qst",         "rst",       "sales_tax",
                                        "vat", "service_tax", "lease_tax", "communications_tax",
                                        NULL};

#define TAX_RATE_PARAMS                                                                            \
    {.name = "active", .kind = PARAM_BOOLEAN},                                                     \
        {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                         \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "jurisdiction", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                    \
        {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                           \
        {.name = "tax_type", .kind = PARAM_ENUM, .words = tax_types}, {                            \
        .name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE                            \
    }

static const struct param create_params[] = {
    {.name = "display_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "inclusive", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED},
    {.name = "percentage", .kind = PARAM_DECIMAL, .flags = PARAM_REQUIRED},
    TAX_RATE_PARAMS,
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "display_name", .kind = PARAM_TEXT}, TAX_RATE_PARAMS, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "inclusive", .kind = PARAM_BOOLEAN},
                                           PARAMS_COMMON};

static void apply(struct call *call, json_t *rate) {
    copy_params(rate, call->params,
                (const char *const[]){"active", "country", "description", "display_name",
                                      "inclusive", "jurisdiction", "state", "tax_type", NULL});
    metadata_merge(rate, call->params);
    world_touch(call->world, rate);
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    i128 percent = 0;
    bool fits = decimal_scale(param_text(call, "percentage"), PERCENT_PLACES, &percent) &&
                percent >= 0 && percent <= PERCENT_WHOLE;
    if (!fits) {
        fault_invalid(&world->fault, NULL, "percentage",
                      "Invalid percentage: must be from 0 to 100, with at most %d decimals.",
                      PERCENT_PLACES);
        return NULL;
    }
    json_t *rate = world_add(world, "tax_rate", NULL);
    set_i64(rate, "_percent", (int64_t)percent);
    json_object_set_new(rate, "percentage", decimal_number(percent, PERCENT_PLACES));
    json_object_set_new(rate, "effective_percentage", decimal_number(percent, PERCENT_PLACES));
    apply(call, rate);
    event_emit(world, "tax_rate.created", rate);
    return json_incref(rate);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "tax_rate", call->id, "tax_rate"));
}

static json_t *update(struct call *call) {
    json_t *rate = world_find(call->world, "tax_rate", call->id, "tax_rate");
    if (rate == NULL) {
        return NULL;
    }
    apply(call, rate);
    event_updated(call->world, "tax_rate.updated", rate);
    return json_incref(rate);
}

/* The rates that stand for the table's places were made by nobody. */
static bool keeps(struct call *call, json_t *rate) {
    return !json_is_true(json_object_get(rate, "_is_automatic")) && list_matches(call, rate);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "tax_rate", .keeps = keeps};
    return list_answer(call, &query, "/v1/tax_rates");
}

static const struct route routes[] = {
    {"POST", "/v1/tax_rates", create, create_params},
    {"GET", "/v1/tax_rates", list, list_params},
    {"GET", "/v1/tax_rates/:id", get, get_params},
    {"POST", "/v1/tax_rates/:id", update, update_params},
};
const struct route_list tax_rate_routes = {routes, ARRAY_LEN(routes)};
