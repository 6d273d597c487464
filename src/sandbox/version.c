#include "sandbox/version.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/sandbox.h"

/* When each name of a release began; versions before the first have none.
 * docs.stripe.com/api/versioning */
static const struct release {
    const char *since, *name;
} releases[] = {
    {"2026-09-30", "endive"}, {"2026-03-25", "dahlia"}, {"2025-09-30", "clover"},
    {"2025-03-31", "basil"},  {"2024-09-30", "acacia"}, {"2011-01-01", ""},
};

static bool is_date(struct str text) {
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool is_digit = text.bytes[i] >= '0' && text.bytes[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text.bytes[i] != form[i]) {
            return false;
        }
    }
    return true;
}

static const char *name_at(struct str date) {
    for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
        if (str_compare(date, str_from_cstr(releases[i].since)) >= 0) {
            return releases[i].name;
        }
    }
    return NULL;
}

bool version_read(struct str header, bool *ret_is_older, struct fault *fault) {
    enum { DATE = 10 };
    struct str today = STR(SANDBOX_API_VERSION);
    *ret_is_older = !str_equal(header, today);
    if (header.len == 0) {
        return true;
    }
    struct str date = str_first(header, DATE);
    struct str name = str_skip(header, header.len > DATE ? DATE + 1 : DATE);
    bool is_dated = date.len == DATE && is_date(date) &&
                    str_compare(date, str_first(today, DATE)) <= 0 &&
                    (header.len == DATE || header.bytes[DATE] == '.');
    const char *wanted = is_dated ? name_at(date) : NULL;
    if (wanted == NULL || !str_equal(name, str_from_cstr(wanted))) {
        return fault_invalid(fault, NULL, NULL,
                             "Invalid Stripe API version: %.*s. This sandbox speaks "
                             "%s and takes requests that were written for "
                             "older ones.",
                             (int)(header.len < 60 ? header.len : 60), header.bytes,
                             SANDBOX_API_VERSION);
    }
    return true;
}

/* --- what was called otherwise --- */

static void rename_param(json_t *tree, const char *older, const char *name) {
    json_t *value = json_object_get(tree, older);
    if (value != NULL) {
        json_object_set(tree, name, value);
        json_object_del(tree, older);
    }
}

/* payment_method_types (until 2026-09-30) is allowed_payment_method_types. Without it and without
 * automatic methods an intent of those days took cards and never led to another page. */
static void intent_types(json_t *tree) {
    bool is_told = json_object_get(tree, "payment_method_types") != NULL ||
                   json_object_get(tree, "allowed_payment_method_types") != NULL ||
                   json_object_get(tree, "automatic_payment_methods") != NULL ||
                   json_object_get(tree, "return_url") != NULL;
    rename_param(tree, "payment_method_types", "allowed_payment_method_types");
    if (!is_told && json_object_get(tree, "confirm") != NULL) {
        json_object_set_new(tree, "automatic_payment_methods",
                            json_pack("{s:s, s:s}", "enabled", "true", "allow_redirects", "never"));
    }
}

static void session_types(json_t *tree) {
    rename_param(tree, "payment_method_types", "allowed_payment_method_types");
}

/* coupon (until 2025-09-30) is promotion[type]=coupon. */
static void promotion(json_t *tree) {
    json_t *coupon = json_object_get(tree, "coupon");
    if (coupon != NULL) {
        json_object_set_new(tree, "promotion",
                            json_pack("{s:s, s:O}", "type", "coupon", "coupon", coupon));
        json_object_del(tree, "coupon");
    }
}

static const struct older {
    const char *path; /* exact; of POST */
    void (*translate)(json_t *tree);
} olders[] = {
    {"/v1/payment_intents", intent_types},
    {"/v1/setup_intents", intent_types},
    {"/v1/checkout/sessions", session_types},
    {"/v1/promotion_codes", promotion},
};

void version_translate(struct str method, struct str path, json_t *tree) {
    for (size_t i = 0; i < ARRAY_LEN(olders); i++) {
        if (str_equal(method, STR("POST")) && str_equal(path, str_from_cstr(olders[i].path))) {
            olders[i].translate(tree);
        }
    }
}

/* Names that tables of parameters still know, by how the path begins; a star is any item. */
static const struct older_name {
    const char *path, *name;
} older_names[] = {
    {"/v1/customers", "coupon"},
    {"/v1/subscription_schedules", "phases.*.iterations"},
};

/* Whether `tree` has a member at a dotted name; its brackets in ret_param. */
static bool has_name(json_t *tree, struct str name, char *ret_param, size_t size) {
    struct str rest = name;
    struct str first = str_cut(&rest, '.');
    const char *key;
    json_t *value;
    json_object_foreach(tree, key, value) {
        bool fits = str_equal(first, STR("*")) || str_equal(first, str_from_cstr(key));
        if (!fits) {
            continue;
        }
        size_t used = strlen(ret_param);
        (void)snprintf(ret_param + used, size - used, used == 0 ? "%s" : "[%s]", key);
        if (rest.len == 0 || has_name(value, rest, ret_param, size)) {
            return true;
        }
        ret_param[used] = '\0';
    }
    return false;
}

bool version_holds(struct str path, json_t *tree, struct fault *fault) {
    for (size_t i = 0; i < ARRAY_LEN(older_names); i++) {
        char param[128] = "";
        if (str_starts_with(path, str_from_cstr(older_names[i].path)) &&
            has_name(tree, str_from_cstr(older_names[i].name), param, sizeof param)) {
            return fault_invalid(fault, "parameter_unknown", param,
                                 "Received unknown parameter: %s", param);
        }
    }
    return true;
}
