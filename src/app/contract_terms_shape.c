#include "app/contract_terms_shape.h"

#include <string.h>

#include "base/check.h"
#include "core/text.h"

enum { UNLIMITED = -1, PATH_SIZE = 64 };

struct contract_terms_step {
    struct money amount;
    int64_t month;
};

/* Members of every object stand in the order of their names: so what is written is canonical. */

/* --- money --- */

static const struct shape_field money_fields[] = {
    {"amount", "In minor units, such as cents", SHAPE_I64, offsetof(struct money, minor), .min = 1,
     .max = LIMIT_AMOUNT},
    {"currency", "ISO 4217 in lower case", SHAPE_CHARS,
     offsetof(struct money, currency) + offsetof(struct currency, code), .min = 3, .max = 3,
     .allowed = "abcdefghijklmnopqrstuvwxyz"},
};
static const struct shape money_shape =
    SHAPE("ContractPrice", "What an interval costs, before taxes", struct money, money_fields);

/* --- limits --- */

static bool decode_limit(const json_t *value, struct arena *arena, void *ret_member) {
    (void)arena;
    int64_t *amount = ret_member;
    if (json_is_integer(value)) {
        *amount = json_integer_value(value);
        return *amount >= 0 && *amount <= LIMIT_AMOUNT;
    }
    *amount = UNLIMITED;
    return json_is_string(value) &&
           str_equal(str_of(json_string_value(value), json_string_length(value)), STR("unlimited"));
}

static void encode_limit(struct json_writer *out, const void *member) {
    const int64_t *amount = member;
    if (*amount == UNLIMITED) {
        json_put_cstr(out, "unlimited");
    } else {
        json_put_i64(out, *amount);
    }
}

static const struct shape_custom limit_custom = {
    .decode = decode_limit,
    .encode = encode_limit,
    .expected = "a whole number from 0 to 2^53, or \"unlimited\"",
    .schema = "{\"oneOf\":[{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992},"
              "{\"const\":\"unlimited\"}]}",
};

static const struct shape_field limit_fields[] = {
    {"limit", "In the metric's unit, or unlimited", SHAPE_CUSTOM,
     offsetof(struct contract_terms_limit, amount), .custom = &limit_custom},
    {"softLimitPercent", "The gate closes at this share of it; 110 when not given", SHAPE_I64,
     offsetof(struct contract_terms_limit, soft_limit_percent), .min = LIMIT_PERCENT_MIN,
     .max = LIMIT_PERCENT_MAX, .flags = SHAPE_OPTIONAL},
};
static const struct shape limit_shape = SHAPE("ContractLimit", "One metric's limit by contract",
                                              struct contract_terms_limit, limit_fields);

#define LIMIT_FIELD(name, doc, metric)                                                             \
    {                                                                                              \
        name, doc, SHAPE_OBJECT, offsetof(struct contract_terms_limits, of[metric]),               \
            .of = &limit_shape, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED,                           \
            .is_set = offsetof(struct contract_terms_limits, has[metric])                          \
    }
static const struct shape_field limits_fields[] = {
    LIMIT_FIELD("api_requests", "Requests in a usage period", METRIC_API_REQUESTS),
    LIMIT_FIELD("bandwidth", "Bytes in a usage period", METRIC_BANDWIDTH),
    LIMIT_FIELD("build_minutes", "Seconds in a usage period", METRIC_BUILD_MINUTES),
    LIMIT_FIELD("collaborators", "Members of the customer", METRIC_COLLABORATORS),
    LIMIT_FIELD("deployments", "Held at one time", METRIC_DEPLOYMENTS),
    LIMIT_FIELD("modules", "Held at one time", METRIC_MODULES),
    LIMIT_FIELD("storage", "Bytes held", METRIC_STORAGE),
};
static_assert(ARRAY_LEN(limits_fields) == METRIC_COUNT, "every metric may have one");
static const struct shape limits_shape =
    SHAPE("ContractLimits", "Limits that take the place of the plan's",
          struct contract_terms_limits, limits_fields);

/* --- the ramp --- */

static const struct shape_field step_fields[] = {
    {"amount", "What an interval costs from then on", SHAPE_OBJECT,
     offsetof(struct contract_terms_step, amount), .of = &money_shape},
    {"month", "So many months after the start", SHAPE_I64,
     offsetof(struct contract_terms_step, month), .min = 1, .max = CONTRACT_TERM_MAX},
};
static const struct shape step_shape =
    SHAPE("ContractStep", "A step of the ramp", struct contract_terms_step, step_fields);
static const struct shape_field step_item = {.kind = SHAPE_OBJECT, .of = &step_shape};

/* --- all of it --- */

static const struct shape_field feature_name = {
    .kind = SHAPE_STR,
    .min = 1,
    .max = CATALOGUE_NAME_SIZE - 1,
    .allowed = "abcdefghijklmnopqrstuvwxyz0123456789_",
};
static const char *const collection_words[] = {"charge_automatically", "send_invoice", NULL};
static_assert(ARRAY_LEN(collection_words) == CONTRACT_COLLECTION_COUNT + 1, "in the enum's order");
static const char *const interval_words[] = {"month", "year", NULL};
static_assert(ARRAY_LEN(interval_words) == INTERVAL_COUNT + 1, "in the enum's order");
static const char *const renewal_words[] = {"none", "auto", NULL};
static_assert(ARRAY_LEN(renewal_words) == CONTRACT_RENEWAL_COUNT + 1, "in the enum's order");

#define AT(member) offsetof(struct contract_terms_entry, member)
static const struct shape_field terms_fields[] = {
    {"amount", "What an interval costs, from the start", SHAPE_OBJECT, AT(amount),
     .of = &money_shape},
    {"collectionMethod", "How it is paid; charge_automatically when not given", SHAPE_ENUM,
     AT(collection), .names = collection_words, .flags = SHAPE_OPTIONAL},
    {"daysUntilDue", "Of invoices that are sent; 0 when not given", SHAPE_I64, AT(days_until_due),
     .max = CONTRACT_DUE_MAX, .flags = SHAPE_OPTIONAL},
    {"features", "Beside those of the plan", SHAPE_LIST, AT(features),
     .max = CATALOGUE_FEATURES_MAX, .item = &feature_name, .item_size = sizeof(struct str),
     .flags = SHAPE_OPTIONAL},
    {"interval", "How often it is billed", SHAPE_ENUM, AT(interval), .names = interval_words},
    {"limits", "That take the place of the plan's", SHAPE_OBJECT, AT(limits), .of = &limits_shape,
     .flags = SHAPE_OPTIONAL | SHAPE_OMITTED, .is_set = AT(has_limits)},
    {"noticeDays", "Both sides are reminded so long before the end; 0 when not given", SHAPE_I64,
     AT(notice_days), .max = CONTRACT_NOTICE_MAX, .flags = SHAPE_OPTIONAL},
    {"planVersion", "Of the plan enterprise that it builds on; the one that is sold when not given",
     SHAPE_I64, AT(plan_version), .min = 1, .max = CATALOGUE_VERSION_MAX, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_version)},
    {"ramp", "Other prices from a month of the term on", SHAPE_LIST, AT(ramp),
     .max = CONTRACT_RAMP_MAX, .item = &step_item, .item_size = sizeof(struct contract_terms_step),
     .flags = SHAPE_OPTIONAL},
    {"renewal", "What follows the term; none when not given", SHAPE_ENUM, AT(renewal),
     .names = renewal_words, .flags = SHAPE_OPTIONAL},
    {"startsAt", "When it begins; null: when it is accepted", SHAPE_INSTANT, AT(starts_at),
     .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE, .is_set = AT(has_start)},
    {"termMonths", "How long it lasts", SHAPE_I64, AT(term_months), .min = 1,
     .max = CONTRACT_TERM_MAX},
    {"upliftBasisPoints", "Of the price, with each renewal; 0 when not given", SHAPE_I64,
     AT(uplift_basis_points), .max = CONTRACT_UPLIFT_MAX, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape contract_terms_shape =
    SHAPE("ContractTerms", "What is agreed", struct contract_terms_entry, terms_fields);

/* --- between the two --- */

static struct entitlement_override override_of(struct cx *cx, const struct catalogue *catalogue,
                                               const struct contract_terms_entry *entry,
                                               struct shape_errors *errors) {
    struct entitlement_override override = {.added = {0}};
    const struct str *names = entry->features.items;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        struct contract_terms_limit limit = entry->limits.of[i];
        bool is_counted = limit.amount != UNLIMITED;
        override.has_limit[i] = entry->has_limits && entry->limits.has[i];
        if (override.has_limit[i]) {
            override.limits[i] = (struct limit){
                .kind = is_counted ? LIMIT_COUNT : LIMIT_UNLIMITED,
                .amount = quantity_of(is_counted ? limit.amount : 0),
                .soft_limit_percent = limit.soft_limit_percent != 0
                                          ? (int32_t)limit.soft_limit_percent
                                          : LIMIT_PERCENT_DEFAULT,
            };
        }
    }
    for (size_t i = 0; i < entry->features.count; i++) {
        struct feature_set one = {0};
        bool is_declared = catalogue_feature(catalogue, names[i], &one);
        if (!is_declared || feature_set_has(override.added, one)) {
            char path[PATH_SIZE];
            struct text text;
            text_init(&text, path, sizeof path);
            text_str(&text, STR("/terms/features/"));
            text_number(&text, (int64_t)i, 1);
            check(text_fits(&text));
            shape_error_add(errors, cx->arena, path,
                            is_declared ? "each feature once" : "a name that the catalogue has");
        }
        override.added = feature_set_union(override.added, one);
    }
    return override;
}

bool contract_terms_of(struct cx *cx, const struct catalogue *catalogue,
                       const struct contract_terms_entry *entry, struct contract_terms *ret_terms,
                       struct shape_errors *errors) {
    size_t before = errors->count;
    const struct contract_terms_step *steps = entry->ramp.items;
    struct contract_terms terms = {
        .tier = TIER_ENTERPRISE,
        .plan_version = entry->has_version ? (int32_t)entry->plan_version
                                           : catalogue_plan(catalogue, TIER_ENTERPRISE)->version,
        .interval = (enum interval)entry->interval,
        .amount = entry->amount,
        .ramp_count = entry->ramp.count,
        .override = override_of(cx, catalogue, entry, errors),
        .term_months = (int32_t)entry->term_months,
        .has_start = entry->has_start,
        .starts_at = {entry->has_start ? entry->starts_at : 0},
        .renewal = (enum contract_renewal)entry->renewal,
        .notice_days = (int32_t)entry->notice_days,
        .uplift_basis_points = (int32_t)entry->uplift_basis_points,
        .collection = (enum contract_collection)entry->collection,
        .days_until_due = (int32_t)entry->days_until_due,
    };
    check(terms.ramp_count <= CONTRACT_RAMP_MAX);
    for (size_t i = 0; i < terms.ramp_count; i++) {
        terms.ramp[i] = (struct contract_ramp){(int32_t)steps[i].month, steps[i].amount};
    }
    *ret_terms = terms;
    return errors->count == before;
}

static struct shape_list features_of(struct cx *cx, const struct catalogue *catalogue,
                                     struct feature_set set) {
    struct str *names = arena_array(cx->arena, catalogue->feature_count, sizeof *names);
    struct shape_list list = {names, 0};
    for (size_t i = 0; names != NULL && i < catalogue->feature_count; i++) {
        if ((set.bits >> i & 1) != 0) {
            names[list.count++] = str_from_cstr(catalogue->features[i].name);
        }
    }
    return list;
}

static struct shape_list ramp_of(struct cx *cx, const struct contract_terms *terms) {
    struct contract_terms_step *steps = arena_array(cx->arena, terms->ramp_count, sizeof *steps);
    for (size_t i = 0; steps != NULL && i < terms->ramp_count; i++) {
        steps[i] = (struct contract_terms_step){terms->ramp[i].amount, terms->ramp[i].month};
    }
    return (struct shape_list){steps, steps == NULL ? 0 : terms->ramp_count};
}

struct contract_terms_entry contract_terms_entry_of(struct cx *cx,
                                                    const struct catalogue *catalogue,
                                                    const struct contract_terms *terms) {
    struct contract_terms_entry entry = {
        .amount = terms->amount,
        .plan_version = terms->plan_version,
        .term_months = terms->term_months,
        .starts_at = terms->starts_at.ms,
        .notice_days = terms->notice_days,
        .uplift_basis_points = terms->uplift_basis_points,
        .days_until_due = terms->days_until_due,
        .interval = (int)terms->interval,
        .renewal = (int)terms->renewal,
        .collection = (int)terms->collection,
        .has_version = true,
        .has_limits = true,
        .has_start = terms->has_start,
        .features = features_of(cx, catalogue, terms->override.added),
        .ramp = ramp_of(cx, terms),
    };
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        struct limit limit = terms->override.limits[i];
        entry.limits.has[i] = terms->override.has_limit[i];
        entry.limits.of[i] = (struct contract_terms_limit){
            limit.kind == LIMIT_UNLIMITED ? UNLIMITED : limit.amount.amount,
            limit.soft_limit_percent,
        };
    }
    return entry;
}

struct str contract_terms_text(struct cx *cx, const struct catalogue *catalogue,
                               const struct contract_terms *terms) {
    struct contract_terms_entry entry = contract_terms_entry_of(cx, catalogue, terms);
    return shape_text(&contract_terms_shape, &entry, cx->arena);
}

struct err contract_terms_read(struct cx *cx, const struct catalogue *catalogue, struct str text,
                               struct contract_terms *ret_terms) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    struct contract_terms_entry entry = {.has_version = false};
    json_t *object CLEANUP(json_release) = json_read(text, &problem);
    if (!json_is_object(object) ||
        !shape_decode(&contract_terms_shape, object, cx->arena, &entry, &errors) ||
        !contract_terms_of(cx, catalogue, &entry, ret_terms, &errors)) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "The terms of a contract cannot be read.");
    }
    return OK;
}
