#include "app/experiment_shape.h"

/* Members of every object stand in the order of their names: so what is written is canonical. */

enum { WORDS_MAX = 1000, LABEL_MAX = 40, HEADLINE_MAX = 120, COUNTRIES_MAX = 400 };
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* --- arms --- */

#define AT(member) offsetof(struct experiment_arm, member)
static const struct shape_field versions_fields[] = {
    {"professional", "A version of the catalogue; 0: the one that is sold", SHAPE_I64,
     AT(versions[TIER_PROFESSIONAL]), .min = 0, .max = CATALOGUE_VERSION_MAX,
     .flags = SHAPE_OPTIONAL},
    {"starter", "A version of the catalogue; 0: the one that is sold", SHAPE_I64,
     AT(versions[TIER_STARTER]), .min = 0, .max = CATALOGUE_VERSION_MAX, .flags = SHAPE_OPTIONAL},
};
static const struct shape versions_shape = SHAPE(
    "ExperimentVersions", "Which versions an arm sells", struct experiment_arm, versions_fields);

static const char *const emphasis_words[] = {"none", "starter", "professional", "enterprise", NULL};
static_assert(ARRAY_LEN(emphasis_words) == TIER_COUNT + 1, "none in the place of free");
static const char *const interval_words[] = {"default", "month", "year", NULL};
static_assert(ARRAY_LEN(interval_words) == INTERVAL_COUNT + 2, "the default before the intervals");

static const struct shape_field arm_fields[] = {
    {"emphasis", "The plan that the page recommends; none when not given", SHAPE_ENUM, AT(emphasis),
     .names = emphasis_words, .flags = SHAPE_OPTIONAL},
    {"headline", "Of the page; as it is when not given", SHAPE_STR, AT(headline), .min = 0,
     .max = HEADLINE_MAX, .flags = SHAPE_OPTIONAL},
    {"interval", "Which prices the page shows first", SHAPE_ENUM, AT(interval),
     .names = interval_words, .flags = SHAPE_OPTIONAL},
    {"name", "Of the arm; the first is the control", SHAPE_STR, AT(name), .min = 1,
     .max = LABEL_MAX, .allowed = NAME_CHARACTERS},
    {"versions", "What is sold to them", SHAPE_OBJECT, 0, .of = &versions_shape,
     .flags = SHAPE_OPTIONAL},
    {"weight", "Buckets of 10000", SHAPE_I64, AT(weight), .min = 0, .max = EXPERIMENT_BUCKETS},
};
#undef AT
static const struct shape arm_shape = SHAPE("ExperimentArm", "What one part of the units is shown",
                                            struct experiment_arm, arm_fields);
static const struct shape_field arm_item = {.kind = SHAPE_OBJECT, .of = &arm_shape};

/* --- the plan --- */

static const struct shape_field range_fields[] = {
    {"from", "The first bucket", SHAPE_I64, offsetof(struct experiment_range, from), .min = 0,
     .max = EXPERIMENT_BUCKETS},
    {"to", "Behind the last", SHAPE_I64, offsetof(struct experiment_range, to), .min = 0,
     .max = EXPERIMENT_BUCKETS},
};
static const struct shape range_shape =
    SHAPE("ExperimentRange", "Buckets of a layer", struct experiment_range, range_fields);

static const char *const metric_words[] = {"conversion", "revenue", NULL};
static_assert(ARRAY_LEN(metric_words) == EXPERIMENT_METRIC_COUNT + 1, "in the enum's order");
static const char *const method_words[] = {"sequential", "fixed", NULL};
static_assert(ARRAY_LEN(method_words) == EXPERIMENT_METHOD_COUNT + 1, "in the enum's order");

#define AT(member) offsetof(struct experiment_plan_entry, member)
static const struct shape_field plan_fields[] = {
    {"alphaPpm", "How often an effect may be called that is none, parts per million", SHAPE_I64,
     AT(plan.alpha_ppm), .min = 1000, .max = 200000},
    {"arms", "What is tried, the control first", SHAPE_LIST, AT(arms), .min = 0,
     .max = EXPERIMENT_ARMS_MAX, .item = &arm_item, .item_size = sizeof(struct experiment_arm)},
    {"baselinePpm", "The share of units that convert today", SHAPE_I64, AT(plan.baseline_ppm),
     .min = 100, .max = 990000},
    {"cut", "Revenue of a unit above this counts as this, minor units; 0 for conversion", SHAPE_I64,
     AT(plan.cut), .min = 0, .max = MONEY_MINOR_MAX, .flags = SHAPE_OPTIONAL},
    {"daysLeast", "It is not decided before", SHAPE_I64, AT(plan.days_least),
     .min = EXPERIMENT_DAYS_LEAST, .max = EXPERIMENT_DAYS_MAX},
    {"disclosure", "A sentence that the page shows beside the prices; empty: none", SHAPE_STR,
     AT(plan.disclosure), .min = 0, .max = WORDS_MAX, .flags = SHAPE_OPTIONAL},
    {"disclosureCountries",
     "To whom: billing countries, ISO 3166-1, with blanks between; to who has none it is shown "
     "always, and to everybody when not given",
     SHAPE_STR, AT(plan.disclosure_countries), .min = 0, .max = COUNTRIES_MAX,
     .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ ", .flags = SHAPE_OPTIONAL},
    {"guardrailPpm",
     "An arm in which more units are refunded, fail to pay or leave, by more than "
     "this share, breaks a guardrail; 0: not looked at",
     SHAPE_I64, AT(plan.guardrails_ppm), .min = 0, .max = EXPERIMENT_PPM},
    {"horizon", "Units of each arm at which the fixed test is read", SHAPE_I64, AT(plan.horizon),
     .min = 100, .max = EXPERIMENT_UNITS_MAX},
    {"hypothesis", "What is expected, and why", SHAPE_STR, AT(plan.hypothesis), .min = 10,
     .max = WORDS_MAX},
    {"layer", "Experiments that must not meet share one; empty: none", SHAPE_STR, AT(plan.layer),
     .min = 0, .max = LABEL_MAX, .allowed = NAME_CHARACTERS, .flags = SHAPE_OPTIONAL},
    {"mdePpm", "The least effect worth finding, in points of the share", SHAPE_I64,
     AT(plan.mde_ppm), .min = 100, .max = 990000},
    {"method", "sequential holds at any look; fixed is read once", SHAPE_ENUM, AT(plan.method),
     .names = method_words},
    {"metric", "What decides", SHAPE_ENUM, AT(plan.metric), .names = metric_words},
    {"powerPpm", "How often an effect of that size is to be found", SHAPE_I64, AT(plan.power_ppm),
     .min = 500000, .max = 999000},
    {"range", "Of the layer's buckets; all without a layer", SHAPE_OBJECT, AT(plan.range),
     .of = &range_shape},
    {"stopRule", "When it ends, and what is done then", SHAPE_STR, AT(plan.stop_rule), .min = 10,
     .max = WORDS_MAX},
    {"tau", "Of the sequential test: parts per million of a share, or minor units of revenue",
     SHAPE_I64, AT(plan.tau), .min = 1, .max = LIMIT_AMOUNT},
    {"windowDays", "From exposure until a unit counts", SHAPE_I64, AT(plan.window_days), .min = 1,
     .max = EXPERIMENT_WINDOW_MAX},
};
#undef AT
const struct shape experiment_plan_shape =
    SHAPE("ExperimentPlan", "What is written down before an experiment starts",
          struct experiment_plan_entry, plan_fields);

struct experiment_plan experiment_plan_of(const struct experiment_plan_entry *entry) {
    struct experiment_plan plan = entry->plan;
    const struct experiment_arm *arms = entry->arms.items;
    plan.arm_count = entry->arms.count;
    for (size_t i = 0; i < plan.arm_count && i < EXPERIMENT_ARMS_MAX; i++) {
        plan.arms[i] = arms[i];
    }
    return plan;
}

struct experiment_plan_entry experiment_plan_entry_of(struct experiment_plan *plan) {
    return (struct experiment_plan_entry){*plan, {plan->arms, plan->arm_count}};
}

struct str experiment_plan_text(struct cx *cx, struct experiment_plan *plan) {
    struct experiment_plan_entry entry = experiment_plan_entry_of(plan);
    return shape_text(&experiment_plan_shape, &entry, cx->arena);
}

struct err experiment_plan_read(struct cx *cx, struct str text, struct experiment_plan *ret_plan) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    struct experiment_plan_entry entry = {.arms = {NULL, 0}};
    json_t *object CLEANUP(json_release) = json_read(text, &problem);
    if (!json_is_object(object) ||
        !shape_decode(&experiment_plan_shape, object, cx->arena, &entry, &errors)) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "The plan of an experiment cannot be read.");
    }
    *ret_plan = experiment_plan_of(&entry);
    return OK;
}
