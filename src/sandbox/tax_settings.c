/* /v1/tax/settings and /v1/tax/registrations: where the account is, and where it collects tax.
 *
 * A new sandbox has a head office in California, so that automatic tax works, and no registration,
 * so that nothing is collected anywhere until one is made, as with Stripe. */
#include "sandbox/tax.h"

#include <string.h>

#include "sandbox/resources.h"

#define SETTINGS_ID "taxset_account"

static const struct param address[] = {
    {.name = "city", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "country", .kind = PARAM_TEXT},
    {.name = "line1", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line2", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "postal_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param head_office[] = {
    {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = address},
    {.name = NULL}};
static const char *const behaviors[] = {"exclusive", "inclusive", "inferred_by_currency", NULL};
static const struct param defaults[] = {
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = behaviors},
    {.name = "tax_code", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param settings_params[] = {
    {.name = "defaults", .kind = PARAM_OBJECT, .of = defaults},
    {.name = "head_office", .kind = PARAM_OBJECT, .of = head_office},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};

static const char *const us_types[] = {"state_sales_tax", NULL};
static const struct param us_option[] = {
    {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = us_types},
    {.name = NULL}};
static const char *const ca_types[] = {"province_standard", "simplified", "standard", NULL};
static const struct param province[] = {
    {.name = "province", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param ca_option[] = {
    {.name = "province_standard", .kind = PARAM_OBJECT, .of = province},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = ca_types},
    {.name = NULL}};
static const char *const eu_types[] = {"standard", "oss_union", "oss_non_union", "ioss", NULL};
static const struct param standard[] = {{.name = "place_of_supply_scheme", .kind = PARAM_TEXT},
                                        {.name = NULL}};
static const struct param plain_option[] = {
    {.name = "standard", .kind = PARAM_OBJECT, .of = standard},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = eu_types},
    {.name = NULL}};
#define PLAIN(country)                                                                             \
    { .name = country, .kind = PARAM_OBJECT, .of = plain_option }
static const struct param country_options[] = {
    {.name = "us", .kind = PARAM_OBJECT, .of = us_option},
    {.name = "ca", .kind = PARAM_OBJECT, .of = ca_option},
    PLAIN("at"),
    PLAIN("au"),
    PLAIN("be"),
    PLAIN("ch"),
    PLAIN("de"),
    PLAIN("dk"),
    PLAIN("es"),
    PLAIN("fi"),
    PLAIN("fr"),
    PLAIN("gb"),
    PLAIN("ie"),
    PLAIN("it"),
    PLAIN("jp"),
    PLAIN("nl"),
    PLAIN("no"),
    PLAIN("nz"),
    PLAIN("pl"),
    PLAIN("pt"),
    PLAIN("se"),
    PLAIN("sg"),
    {.name = NULL}};
static const char *const now_word[] = {"now", NULL};
static const struct param registration_params[] = {
    {.name = "active_from", .kind = PARAM_MOMENT, .flags = PARAM_REQUIRED, .words = now_word},
    {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "country_options",
     .kind = PARAM_OBJECT,
     .flags = PARAM_REQUIRED,
     .of = country_options},
    {.name = "expires_at", .kind = PARAM_INTEGER},
    PARAMS_COMMON};
static const struct param registration_update_params[] = {
    {.name = "active_from", .kind = PARAM_MOMENT, .words = now_word},
    {.name = "expires_at", .kind = PARAM_MOMENT, .flags = PARAM_EMPTYABLE, .words = now_word},
    PARAMS_COMMON};
static const char *const statuses[] = {"active", "all", "expired", "scheduled", NULL};
static const struct param list_params[] = {
    PARAMS_PAGE, {.name = "status", .kind = PARAM_ENUM, .words = statuses}, PARAMS_COMMON};

json_t *tax_settings(struct world *world) {
    json_t *settings = world_get(world, SETTINGS_ID);
    return settings != NULL ? settings : world_add_as(world, "tax.settings", SETTINGS_ID);
}

/* The one object of its kind is shown without its id. */
static json_t *show_settings(struct call *call) {
    json_t *shown = json_copy(tax_settings(call->world));
    json_object_del(shown, "id");
    return shown;
}

static json_t *get_settings(struct call *call) {
    return show_settings(call);
}

static json_t *update_settings(struct call *call) {
    json_t *settings = tax_settings(call->world);
    json_t *given = json_object_get(json_object_get(call->params, "head_office"), "address");
    json_object_update(json_object_get(settings, "defaults"),
                       json_object_get(call->params, "defaults"));
    if (given != NULL && member(given, "country")[0] == '\0') {
        fault_invalid(&call->world->fault, "parameter_missing", "head_office[address][country]",
                      "Missing required param: head_office[address][country].");
        return NULL;
    }
    if (given != NULL) {
        json_t *shape = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n}", "city", "country", "line1",
                                  "line2", "postal_code", "state");
        json_object_update(shape, given);
        json_object_set_new(settings, "head_office", json_pack("{s:o}", "address", shape));
    }
    world_touch(call->world, settings);
    event_updated(call->world, "tax.settings.updated", settings);
    return show_settings(call);
}

static const char *status_at(const json_t *registration, int64_t at) {
    json_t *expires = json_object_get(registration, "expires_at");
    if (member_i64(registration, "active_from") > at) {
        return "scheduled";
    }
    return json_is_integer(expires) && json_integer_value(expires) <= at ? "expired" : "active";
}

static bool covers(const json_t *registration, const struct tax_location *location, bool is_eu) {
    const char *country = member(registration, "country");
    bool is_union = is_eu && (member_is(registration, "_type", "oss_union") ||
                              member_is(registration, "_type", "oss_non_union"));
    bool is_there = strcmp(country, location->country) == 0;
    bool is_state = member(registration, "_state")[0] == '\0' ||
                    member_is(registration, "_state", location->state);
    return is_union || (is_there && is_state);
}

bool tax_is_registered(struct world *world, const struct tax_location *location, bool is_eu,
                       int64_t at) {
    json_t *all = world_list(world, "tax.registration", NULL);
    bool is_registered = false;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *registration = json_array_get(all, i);
        is_registered = is_registered || (strcmp(status_at(registration, at), "active") == 0 &&
                                          covers(registration, location, is_eu));
    }
    json_decref(all);
    return is_registered;
}

/* "now" or a number. */
static int64_t moment(struct call *call, const char *name) {
    json_t *value = json_object_get(call->params, name);
    return json_is_integer(value) ? json_integer_value(value) : world_now(call->world, NULL);
}

/* The options of the country that is registered; false with a fault when they are of another. */
static bool read_options(struct call *call, json_t *registration) {
    const char *country = param_text(call, "country");
    json_t *options = json_object_get(call->params, "country_options");
    char lower[3] = "";
    for (int i = 0; i < 2 && country[i] != '\0'; i++) {
        lower[i] =
            (char)(country[i] >= 'A' && country[i] <= 'Z' ? country[i] - 'A' + 'a' : country[i]);
    }
    json_t *option = strlen(country) == 2 ? json_object_get(options, lower) : NULL;
    if (option == NULL || json_object_size(options) != 1) {
        return fault_invalid(&call->world->fault, NULL, "country_options",
                             "country_options must have the options of the country given, and of "
                             "no other.");
    }
    const char *state = member(option, "state");
    const char *given_province = member(option, "province_standard.province");
    set_text(registration, "country", country);
    set_text(registration, "_type", member(option, "type"));
    set_text(registration, "_state", state[0] != '\0' ? state : given_province);
    json_object_set(registration, "country_options", options);
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *registration = world_add(world, "tax.registration", NULL);
    if (!read_options(call, registration)) {
        return NULL;
    }
    set_i64(registration, "active_from", moment(call, "active_from"));
    copy_params(registration, call->params, (const char *const[]){"expires_at", NULL});
    set_text(registration, "status", status_at(registration, world_now(world, NULL)));
    return json_incref(registration);
}

static json_t *find(struct call *call) {
    json_t *registration = world_find(call->world, "tax.registration", call->id, "id");
    if (registration != NULL) {
        set_text(registration, "status", status_at(registration, world_now(call->world, NULL)));
    }
    return registration;
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *registration = find(call);
    if (registration == NULL) {
        return NULL;
    }
    if (param_given(call, "active_from")) {
        set_i64(registration, "active_from", moment(call, "active_from"));
    }
    json_t *expires = json_object_get(call->params, "expires_at");
    if (json_is_null(expires)) {
        set_null(registration, "expires_at");
    } else if (expires != NULL) {
        set_i64(registration, "expires_at", moment(call, "expires_at"));
    }
    world_touch(call->world, registration);
    return json_incref(find(call));
}

static bool keeps(struct call *call, json_t *registration) {
    const char *wanted = param_text(call, "status");
    set_text(registration, "status", status_at(registration, world_now(call->world, NULL)));
    return wanted[0] == '\0' || strcmp(wanted, "all") == 0 ||
           member_is(registration, "status", wanted);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "tax.registration", .keeps = keeps};
    return list_answer(call, &query, "/v1/tax/registrations");
}

static const struct route routes[] = {
    {"GET", "/v1/tax/settings", get_settings, get_params},
    {"POST", "/v1/tax/settings", update_settings, settings_params},
    {"POST", "/v1/tax/registrations", create, registration_params},
    {"GET", "/v1/tax/registrations", list, list_params},
    {"GET", "/v1/tax/registrations/:id", get, get_params},
    {"POST", "/v1/tax/registrations/:id", update, registration_update_params},
};
const struct route_list tax_settings_routes = {routes, ARRAY_LEN(routes)};
