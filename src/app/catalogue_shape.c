/* The catalogue as a file; see catalogue_shape.h. The file is decoded into structs that mirror it,
 * which are then made into core's: there features are bits and a limit without softLimitPercent has
 * the default. */
#include "app/catalogue_shape.h"

#include <string.h>

#include "app/accessibility_shape.h"
#include "app/consumer_shape.h"
#include "app/retention_shape.h"
#include "base/check.h"
#include "base/json.h"
#include "base/shape.h"
#include "core/coupon.h"

/* --- the file's own structs --- */

struct limit_value {
    int64_t amount;
    enum limit_kind kind;
};

struct limit_entry {
    struct limit_value value;
    int64_t soft_limit_percent; /* 0: not given */
};

struct limit_entries {
    struct limit_entry of[METRIC_COUNT];
};

struct price_entries {
    int64_t month, year;
    bool has_month, has_year;
};

struct feature_entry {
    char name[CATALOGUE_NAME_SIZE];
    char title[CATALOGUE_NAME_SIZE];
};

struct plan_entry {
    int64_t version;
    int tier; /* enum tier */
    char name[CATALOGUE_NAME_SIZE];
    char support[CATALOGUE_SUPPORT_SIZE];
    struct price_entries prices;
    struct limit_entries limits;
    struct shape_list features; /* of struct str */
    int64_t trial_days;
    bool is_trial_cardless, is_candidate;
};

struct coupon_entry {
    char code[CATALOGUE_CODE_SIZE];
    char name[CATALOGUE_NAME_SIZE];
    int64_t percent_off, amount_off, months, expires_at;
    bool expires;
    int duration;            /* enum coupon_duration */
    struct shape_list tiers; /* of int: enum tier */
};

/* Absent, it is dunning_policy_default. */
struct dunning_entry {
    struct shape_list retry_days; /* of int64_t */
    int64_t access_days;
};

/* Absent, it is that of approval_policy_default(). */
struct approval_entry {
    int need, permission;
    int64_t above, hours;
    bool has_above, has_hours, has_permission;
};

struct approval_entries {
    struct approval_entry of[APPROVAL_ACTION_COUNT];
    bool has[APPROVAL_ACTION_COUNT];
};

/* Absent, PRICE_NOTICE_DAYS_DEFAULT. */
struct price_notice_entry {
    int64_t days[INTERVAL_COUNT];
    bool has[INTERVAL_COUNT];
};

struct catalogue_entry {
    struct approval_entries approvals;
    struct dunning_entry dunning;
    bool has_dunning;
    struct consumer_entry consumer; /* absent, consumer_policy_default() */
    struct retention_entry retention;
    struct price_notice_entry price_notice;
    struct accessibility_entry accessibility;
    struct str schema;
    char currency[sizeof(struct currency)];
    struct shape_list features; /* of struct feature_entry */
    struct shape_list plans;    /* of struct plan_entry */
    struct shape_list coupons;  /* of struct coupon_entry */
};

/* --- its form --- */

#define FEATURE_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static const char *const limit_words[] = {
    [LIMIT_UNLIMITED] = "unlimited",
    [LIMIT_CONTRACT] = "contract",
    [LIMIT_TRACKED] = "tracked",
};

static bool decode_limit(const json_t *value, struct arena *arena, void *ret_member) {
    (void)arena;
    struct limit_value *limit = ret_member;
    if (json_is_integer(value)) {
        limit->kind = LIMIT_COUNT;
        limit->amount = json_integer_value(value);
        return limit->amount >= 0 && limit->amount <= LIMIT_AMOUNT;
    }
    if (!json_is_string(value)) {
        return false;
    }
    struct str word = str_of(json_string_value(value), json_string_length(value));
    for (size_t kind = LIMIT_UNLIMITED; kind < ARRAY_LEN(limit_words); kind++) {
        if (str_equal(word, str_from_cstr(limit_words[kind]))) {
            limit->kind = (enum limit_kind)kind;
            return true;
        }
    }
    return false;
}

static void encode_limit(struct json_writer *out, const void *member) {
    const struct limit_value *limit = member;
    if (limit->kind == LIMIT_COUNT) {
        json_put_i64(out, limit->amount);
    } else {
        json_put_cstr(out, limit_words[limit->kind]);
    }
}

static const struct shape_custom limit_custom = {
    .decode = decode_limit,
    .encode = encode_limit,
    .expected = "a whole number from 0 to 2^53, \"unlimited\", \"contract\" or \"tracked\"",
    .schema = "{\"oneOf\":[{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992},"
              "{\"enum\":[\"unlimited\",\"contract\",\"tracked\"]}]}",
};

static const struct shape_field limit_fields[] = {
    {"limit",
     "An amount; or unlimited: never held, contract: as a contract says, tracked: counted and "
     "shown only",
     SHAPE_CUSTOM, offsetof(struct limit_entry, value), .custom = &limit_custom},
    {"softLimitPercent",
     "The gate closes at this share of the limit, rounded down; 110 when not given", SHAPE_I64,
     offsetof(struct limit_entry, soft_limit_percent), .min = LIMIT_PERCENT_MIN,
     .max = LIMIT_PERCENT_MAX, .flags = SHAPE_OPTIONAL},
};

static const struct shape limit_shape =
    SHAPE("CatalogueLimit", "One metric's limit", struct limit_entry, limit_fields);

#define LIMIT_FIELD(name, doc, metric)                                                             \
    {                                                                                              \
        name, doc, SHAPE_OBJECT,                                                                   \
            offsetof(struct limit_entries, of) + (metric) * sizeof(struct limit_entry),            \
            .of = &limit_shape                                                                     \
    }

static const struct shape_field limits_fields[] = {
    LIMIT_FIELD("modules", "Modules held at one time", METRIC_MODULES),
    LIMIT_FIELD("deployments", "Deployments held at one time", METRIC_DEPLOYMENTS),
    LIMIT_FIELD("api_requests", "Requests in a usage period", METRIC_API_REQUESTS),
    LIMIT_FIELD("bandwidth", "Bytes in and out in a usage period; a GB is 10^9", METRIC_BANDWIDTH),
    LIMIT_FIELD("build_minutes", "Build time in a usage period, in seconds: 100 minutes are 6000",
                METRIC_BUILD_MINUTES),
    LIMIT_FIELD("collaborators", "Members of the customer; at least 1", METRIC_COLLABORATORS),
    LIMIT_FIELD("storage", "Bytes held", METRIC_STORAGE),
};

static_assert(ARRAY_LEN(limits_fields) == METRIC_COUNT, "every metric has its limit");

static const struct shape limits_shape =
    SHAPE("CatalogueLimits", "A plan's limits", struct limit_entries, limits_fields);

static const struct shape_field prices_fields[] = {
    {"month", "In minor units, such as cents; null: by contract", SHAPE_I64,
     offsetof(struct price_entries, month), .max = LIMIT_AMOUNT, .flags = SHAPE_NULLABLE,
     .is_set = offsetof(struct price_entries, has_month)},
    {"year", "In minor units, such as cents; null: by contract", SHAPE_I64,
     offsetof(struct price_entries, year), .max = LIMIT_AMOUNT, .flags = SHAPE_NULLABLE,
     .is_set = offsetof(struct price_entries, has_year)},
};

static const struct shape prices_shape =
    SHAPE("CataloguePrices", "A plan's prices", struct price_entries, prices_fields);

static const struct shape_field feature_name = {
    .kind = SHAPE_STR,
    .min = 1,
    .max = CATALOGUE_NAME_SIZE - 1,
    .allowed = FEATURE_CHARACTERS,
};

static const char *const tier_words[] = {"free", "starter", "professional", "enterprise", NULL};

static_assert(ARRAY_LEN(tier_words) == TIER_COUNT + 1, "in the order of enum tier");

static const struct shape_field plan_fields[] = {
    {"tier", "What this plan is a version of", SHAPE_ENUM, offsetof(struct plan_entry, tier),
     .names = tier_words},
    {"version",
     "The greatest of a tier is sold; subscribers of others stay on theirs. A plan is immutable "
     "once sold: to change it, add a version",
     SHAPE_I64, offsetof(struct plan_entry, version), .min = 1, .max = CATALOGUE_VERSION_MAX},
    {"name", "What people read", SHAPE_CHARS, offsetof(struct plan_entry, name), .min = 1,
     .max = CATALOGUE_NAME_SIZE - 1},
    {"prices", "Both or neither; free costs nothing, only enterprise may be by contract",
     SHAPE_OBJECT, offsetof(struct plan_entry, prices), .of = &prices_shape},
    {"limits", "By metric, each in the unit in which it is counted", SHAPE_OBJECT,
     offsetof(struct plan_entry, limits), .of = &limits_shape},
    {"features", "Names that the catalogue's features declare, each once", SHAPE_LIST,
     offsetof(struct plan_entry, features), .max = CATALOGUE_FEATURES_MAX, .item = &feature_name,
     .item_size = sizeof(struct str)},
    {"support", "What people read about support", SHAPE_CHARS, offsetof(struct plan_entry, support),
     .min = 1, .max = CATALOGUE_SUPPORT_SIZE - 1},
    {"trialDays", "A first purchase is free for so long; none when not given", SHAPE_I64,
     offsetof(struct plan_entry, trial_days), .min = 0, .max = CATALOGUE_TRIAL_DAYS_MAX,
     .flags = SHAPE_OPTIONAL},
    {"trialWithoutPaymentMethod",
     "The trial may begin without a payment method; it ends the subscription when there is none "
     "then",
     SHAPE_BOOL, offsetof(struct plan_entry, is_trial_cardless), .flags = SHAPE_OPTIONAL},
    {"candidate",
     "Sold by experiments alone, whatever its number; a later catalogue that says so no more sells "
     "it",
     SHAPE_BOOL, offsetof(struct plan_entry, is_candidate), .flags = SHAPE_OPTIONAL},
};

static const struct shape plan_shape =
    SHAPE("CataloguePlan", "A version of a tier", struct plan_entry, plan_fields);

static const struct shape_field feature_fields[] = {
    {"name", "Of the entitlement in the API; each once", SHAPE_CHARS,
     offsetof(struct feature_entry, name), .min = 1, .max = CATALOGUE_NAME_SIZE - 1,
     .allowed = FEATURE_CHARACTERS},
    {"title", "What people read", SHAPE_CHARS, offsetof(struct feature_entry, title), .min = 1,
     .max = CATALOGUE_NAME_SIZE - 1},
};

static const struct shape feature_shape =
    SHAPE("CatalogueFeature", "An entitlement", struct feature_entry, feature_fields);

static const char *const duration_words[] = {"once", "repeating", "forever", NULL};

static_assert(ARRAY_LEN(duration_words) == COUPON_DURATION_COUNT + 1,
              "in the order of enum coupon_duration");

static const struct shape_field tier_item = {.kind = SHAPE_ENUM, .names = tier_words};

#define AT(member) offsetof(struct coupon_entry, member)
static const struct shape_field coupon_fields[] = {
    {"code", "What a customer types; each once", SHAPE_CHARS, AT(code), .min = 1,
     .max = CATALOGUE_CODE_SIZE - 1, .allowed = COUPON_CHARACTERS},
    {"name", "What people read on the invoice", SHAPE_CHARS, AT(name), .min = 1,
     .max = CATALOGUE_NAME_SIZE - 1},
    {"percentOff", "This or amountOff", SHAPE_I64, AT(percent_off), .min = 1, .max = 100,
     .flags = SHAPE_OPTIONAL},
    {"amountOff", "In minor units, such as cents", SHAPE_I64, AT(amount_off), .min = 1,
     .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL},
    {"duration", "On one invoice, on those of some months, or on all", SHAPE_ENUM, AT(duration),
     .names = duration_words},
    {"months", "Of a repeating one", SHAPE_I64, AT(months), .min = 1,
     .max = CATALOGUE_COUPON_MONTHS_MAX, .flags = SHAPE_OPTIONAL},
    {"tiers", "The plans that it is for; all when not given", SHAPE_LIST, AT(tiers), .min = 1,
     .max = TIER_COUNT, .item = &tier_item, .item_size = sizeof(int), .flags = SHAPE_OPTIONAL},
    {"expiresAt", "No longer taken from then on; who has it keeps it", SHAPE_INSTANT,
     AT(expires_at), .flags = SHAPE_OPTIONAL, .is_set = AT(expires)},
};
#undef AT

static const struct shape coupon_shape =
    SHAPE("CatalogueCoupon", "A price cut by code", struct coupon_entry, coupon_fields);
static const struct shape_field coupon_item = {.kind = SHAPE_OBJECT, .of = &coupon_shape};

static const struct shape_field feature_item = {.kind = SHAPE_OBJECT, .of = &feature_shape};
static const struct shape_field plan_item = {.kind = SHAPE_OBJECT, .of = &plan_shape};

static const struct shape_field retry_day = {
    .kind = SHAPE_I64, .doc = "Days", .min = 1, .max = DUNNING_DAYS_MAX};

static const struct shape_field dunning_fields[] = {
    {"retryDays", "Days after a failed payment on which it is tried again, ascending", SHAPE_LIST,
     offsetof(struct dunning_entry, retry_days), .min = 1, .max = DUNNING_RETRIES_MAX,
     .item = &retry_day, .item_size = sizeof(int64_t)},
    {"accessDays", "For how many days after it access stays full", SHAPE_I64,
     offsetof(struct dunning_entry, access_days), .max = DUNNING_DAYS_MAX},
};

static const struct shape dunning_shape =
    SHAPE("CatalogueDunning", "What happens after a failed payment", struct dunning_entry,
          dunning_fields);

static const char *const need_words[] = {"never", "above", "always", NULL};
static_assert(ARRAY_LEN(need_words) == APPROVAL_NEED_COUNT + 1, "in the order of the enum");

/* Those that let somebody decide: all that operators may change something by. */
static const char *const permission_words[] = {"approve",      "money:write",     "customers:write",
                                               "system:write", "operators:write", NULL};
static const enum permission permission_of[] = {PERMISSION_APPROVE, PERMISSION_MONEY_WRITE,
                                                PERMISSION_CUSTOMERS_WRITE, PERMISSION_SYSTEM_WRITE,
                                                PERMISSION_OPERATORS_WRITE};

#define AT(member) offsetof(struct approval_entry, member)
static const struct shape_field approval_fields[] = {
    {"when", "Whether a second person is needed; above: from an amount on", SHAPE_ENUM, AT(need),
     .names = need_words},
    {"above",
     "Of what is needed above an amount: that amount, in minor units; what is more needs it",
     SHAPE_I64, AT(above), .max = MONEY_MINOR_MAX, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_above)},
    {"hours", "Until it expires; absent: 72", SHAPE_I64, AT(hours), .min = 1,
     .max = APPROVAL_HOURS_MAX, .flags = SHAPE_OPTIONAL, .is_set = AT(has_hours)},
    {"permission", "What the second person must have beside approve", SHAPE_ENUM, AT(permission),
     .names = permission_words, .flags = SHAPE_OPTIONAL, .is_set = AT(has_permission)},
};
#undef AT
static const struct shape approval_shape =
    SHAPE("CatalogueApproval", "Whether something needs a second person", struct approval_entry,
          approval_fields);

#define RULE(json, doc, action)                                                                    \
    {                                                                                              \
        json, doc, SHAPE_OBJECT, offsetof(struct approval_entries, of[action]),                    \
            .of = &approval_shape, .flags = SHAPE_OPTIONAL,                                        \
            .is_set = offsetof(struct approval_entries, has[action])                               \
    }
static const struct shape_field approvals_fields[] = {
    RULE("refund", "Money back for an invoice; absent: above 500.00", APPROVAL_REFUND),
    RULE("creditNote", "A correction of an invoice; absent: above 500.00", APPROVAL_CREDIT_NOTE),
    RULE("writeOff", "Money that is given up; absent: always", APPROVAL_WRITE_OFF),
    RULE("contract", "A plan at a price of its own; absent: always", APPROVAL_CONTRACT),
    RULE("catalogue", "What is sold changes; absent: always", APPROVAL_CATALOGUE),
    RULE("erasure", "A customer's personal data goes; absent: always", APPROVAL_ERASURE),
    RULE("purge", "Books that were kept long enough go; absent: always", APPROVAL_PURGE),
    RULE("priceChange", "Holders of a plan are to pay another price; absent: always",
         APPROVAL_PRICE_CHANGE),
};
static const struct shape approvals_shape = SHAPE(
    "CatalogueApprovals", "What needs a second person", struct approval_entries, approvals_fields);

#define NOTICE(json, doc, interval)                                                                \
    {                                                                                              \
        json, doc, SHAPE_I64,                                                                      \
            offsetof(struct price_notice_entry, days) + (interval) * sizeof(int64_t),              \
            .min = PRICE_NOTICE_DAYS_MIN, .max = PRICE_NOTICE_DAYS_MAX, .flags = SHAPE_OPTIONAL,   \
            .is_set = offsetof(struct price_notice_entry, has) + (interval) * sizeof(bool)         \
    }
static const struct shape_field price_notice_fields[] = {
    NOTICE("monthlyDays", "Who pays each month; absent: 30", INTERVAL_MONTH),
    NOTICE("yearlyDays", "Who pays each year; absent: 30", INTERVAL_YEAR),
};
static const struct shape price_notice_shape =
    SHAPE("CataloguePriceNotice", "How long before they pay another price holders are told",
          struct price_notice_entry, price_notice_fields);

static const struct shape_field catalogue_fields[] = {
    {"$schema", "Where editors find this schema; not looked at", SHAPE_STR,
     offsetof(struct catalogue_entry, schema), .min = 1, .max = LIMIT_NAME,
     .flags = SHAPE_OPTIONAL},
    {"currency", "ISO 4217 in lower case; of all prices", SHAPE_CHARS,
     offsetof(struct catalogue_entry, currency), .min = 3, .max = 3,
     .allowed = "abcdefghijklmnopqrstuvwxyz"},
    {"accessibility", "Who answers for the accessibility of the pages, for /accessibility",
     SHAPE_OBJECT, offsetof(struct catalogue_entry, accessibility), .of = &accessibility_shape,
     .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct catalogue_entry, accessibility.said.is_said)},
    {"approvals",
     "What one person asks for and another one must agree to; absent: money above "
     "500.00, and all else",
     SHAPE_OBJECT, offsetof(struct catalogue_entry, approvals), .of = &approvals_shape,
     .flags = SHAPE_OPTIONAL},
    {"consumer",
     "What is done for consumers; absent: consent to renewal is recorded when it is given, and "
     "consumers of the European Economic Area may withdraw for 14 days",
     SHAPE_OBJECT, offsetof(struct catalogue_entry, consumer), .of = &consumer_shape,
     .flags = SHAPE_OPTIONAL},
    {"dunning",
     "What happens after a failed payment; absent: retries on days 3, 7 and 14, access "
     "for 7 days",
     SHAPE_OBJECT, offsetof(struct catalogue_entry, dunning), .of = &dunning_shape,
     .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct catalogue_entry, has_dunning)},
    {"features", "Every feature that a plan may name, in the order in which pages show them",
     SHAPE_LIST, offsetof(struct catalogue_entry, features), .max = CATALOGUE_FEATURES_MAX,
     .item = &feature_item, .item_size = sizeof(struct feature_entry)},
    {"retention", "How long what is kept", SHAPE_OBJECT,
     offsetof(struct catalogue_entry, retention), .of = &retention_entry_shape,
     .flags = SHAPE_OPTIONAL},
    {"priceNotice", "The least notice of another price that holders have; absent: 30 days",
     SHAPE_OBJECT, offsetof(struct catalogue_entry, price_notice), .of = &price_notice_shape,
     .flags = SHAPE_OPTIONAL},
    {"plans", "At least one of each tier", SHAPE_LIST, offsetof(struct catalogue_entry, plans),
     .min = TIER_COUNT, .max = CATALOGUE_PLANS_MAX, .item = &plan_item,
     .item_size = sizeof(struct plan_entry)},
    {"coupons", "Codes that lower a price", SHAPE_LIST, offsetof(struct catalogue_entry, coupons),
     .max = CATALOGUE_COUPONS_MAX, .item = &coupon_item, .item_size = sizeof(struct coupon_entry),
     .flags = SHAPE_OPTIONAL},
};

static const struct shape catalogue_shape =
    SHAPE("Catalogue", "What is sold: tiers, versions of plans, prices, limits, features",
          struct catalogue_entry, catalogue_fields);

void catalogue_schema(struct json_writer *out) {
    shape_schema(&catalogue_shape, NULL, out);
}

/* --- from the file's structs to core's --- */

static struct plan_price to_price(const struct catalogue *catalogue, bool has_price,
                                  int64_t minor) {
    return (struct plan_price){
        .is_set = has_price,
        .amount = money_of(has_price ? minor : 0, catalogue->currency),
    };
}

static struct limit to_limit(const struct limit_entry *entry) {
    bool has_percent = entry->soft_limit_percent != 0;
    return (struct limit){
        .kind = entry->value.kind,
        .amount = quantity_of(entry->value.amount),
        .soft_limit_percent =
            has_percent ? (int32_t)entry->soft_limit_percent : LIMIT_PERCENT_DEFAULT,
    };
}

/* The bits of the plan's features; names that are not declared, or named twice, are errors. */
static struct feature_set to_features(struct cx *cx, const struct catalogue *catalogue,
                                      const struct plan_entry *entry, size_t plan,
                                      struct shape_errors *errors) {
    struct feature_set all = {0};
    const struct str *names = entry->features.items;
    for (size_t i = 0; i < entry->features.count; i++) {
        struct feature_set one = {0};
        bool is_declared = catalogue_feature(catalogue, names[i], &one);
        if (!is_declared || feature_set_has(all, one)) {
            struct str path = arena_printf(cx->arena, "/plans/%zu/features/%zu", plan, i);
            shape_error_add(errors, cx->arena, arena_cstr(cx->arena, path),
                            is_declared ? "each feature once" : "a name that /features declares");
            continue;
        }
        all = feature_set_union(all, one);
    }
    return all;
}

static struct plan to_plan(struct cx *cx, const struct catalogue *catalogue,
                           const struct plan_entry *entry, size_t index,
                           struct shape_errors *errors) {
    struct plan plan = {.tier = (enum tier)entry->tier, .version = (int32_t)entry->version};
    memcpy(plan.name, entry->name, sizeof plan.name);
    memcpy(plan.support, entry->support, sizeof plan.support);
    const struct price_entries *prices = &entry->prices;
    plan.prices[INTERVAL_MONTH] = to_price(catalogue, prices->has_month, prices->month);
    plan.prices[INTERVAL_YEAR] = to_price(catalogue, prices->has_year, prices->year);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        plan.limits[i] = to_limit(&entry->limits.of[i]);
    }
    plan.features = to_features(cx, catalogue, entry, index, errors);
    plan.trial_days = (int32_t)entry->trial_days;
    plan.is_trial_cardless = entry->is_trial_cardless;
    plan.is_candidate = entry->is_candidate;
    return plan;
}

static struct dunning_policy to_policy(struct cx *cx, const struct catalogue_entry *entry,
                                       struct shape_errors *errors) {
    const int64_t *days = entry->dunning.retry_days.items;
    struct dunning_policy policy = {
        .retry_count = (int32_t)entry->dunning.retry_days.count,
        .access_days = (int32_t)entry->dunning.access_days,
    };
    for (int32_t i = 0; i < policy.retry_count; i++) {
        policy.retry_days[i] = (int32_t)days[i];
    }
    if (!entry->has_dunning) {
        return dunning_policy_default;
    }
    if (!dunning_policy_is_valid(&policy)) {
        shape_error_add(errors, cx->arena, "/dunning/retryDays", "each day after the one before");
    }
    return policy;
}

/* Each action as the file says it, or by default. Thresholds are in the catalogue's currency; that
 * it is a known one is core's to check. */
static struct approval_policy to_approvals(struct cx *cx, const struct catalogue_entry *entry,
                                           struct currency currency, struct shape_errors *errors) {
    bool is_known = currency_is_known(currency);
    struct approval_policy policy = approval_policy_default(is_known ? currency : CURRENCY_USD);
    for (size_t i = 0; i < APPROVAL_ACTION_COUNT; i++) {
        const struct approval_entry *said = &entry->approvals.of[i];
        struct approval_rule rule = {
            .need = (enum approval_need)said->need,
            .threshold = said->above,
            .hours = said->has_hours ? (int32_t)said->hours : APPROVAL_HOURS_DEFAULT,
            .permission =
                said->has_permission ? permission_of[said->permission] : PERMISSION_APPROVE,
        };
        bool is_above = rule.need == APPROVAL_ABOVE;
        if (!entry->approvals.has[i]) {
            continue;
        }
        if (is_above == said->has_above && approval_rule_is_valid((enum approval_action)i, rule)) {
            policy.rules[i] = rule;
            continue;
        }
        bool is_amount_wrong = is_above && said->has_above;
        struct str path = arena_printf(cx->arena, "/approvals/%s/%s", approvals_fields[i].name,
                                       is_amount_wrong ? "when" : "above");
        shape_error_add(errors, cx->arena, arena_cstr(cx->arena, path),
                        is_amount_wrong ? "never or always: it is about no amount"
                        : is_above      ? "an amount in minor units"
                                        : "no amount, unless \"when\" is \"above\"");
    }
    return policy;
}

static struct coupon to_coupon(const struct catalogue *catalogue,
                               const struct coupon_entry *entry) {
    struct coupon coupon = {
        .percent_off = (int32_t)entry->percent_off,
        .amount_off = money_of(entry->amount_off, catalogue->currency),
        .duration = (enum coupon_duration)entry->duration,
        .months = (int32_t)entry->months,
        .expires = entry->expires,
        .expires_at = {entry->expires_at},
    };
    memcpy(coupon.code, entry->code, sizeof coupon.code);
    memcpy(coupon.name, entry->name, sizeof coupon.name);
    const int *tiers = entry->tiers.items;
    for (size_t i = 0; i < entry->tiers.count; i++) {
        coupon.tiers |= 1U << tiers[i];
    }
    return coupon;
}

static struct price_notice to_notice(const struct price_notice_entry *entry) {
    struct price_notice notice;
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        notice.days[i] = entry->has[i] ? (int32_t)entry->days[i] : PRICE_NOTICE_DAYS_DEFAULT;
    }
    return notice;
}

static void to_catalogue(struct cx *cx, const struct catalogue_entry *entry,
                         struct catalogue *ret_catalogue, struct shape_errors *errors) {
    check(entry->features.count <= CATALOGUE_FEATURES_MAX);
    check(entry->plans.count <= CATALOGUE_PLANS_MAX);
    *ret_catalogue = (struct catalogue){
        .feature_count = entry->features.count,
        .plan_count = entry->plans.count,
    };
    memcpy(ret_catalogue->currency.code, entry->currency, sizeof entry->currency);
    ret_catalogue->dunning = to_policy(cx, entry, errors);
    ret_catalogue->approvals = to_approvals(cx, entry, ret_catalogue->currency, errors);
    ret_catalogue->consumer = consumer_policy_of(cx, &entry->consumer, errors);
    ret_catalogue->retention = retention_policy_of(cx, &entry->retention, errors);
    ret_catalogue->price_notice = to_notice(&entry->price_notice);
    ret_catalogue->accessibility = accessibility_of(cx, &entry->accessibility, errors);
    const struct feature_entry *features = entry->features.items;
    for (size_t i = 0; i < entry->features.count; i++) {
        memcpy(ret_catalogue->features[i].name, features[i].name, CATALOGUE_NAME_SIZE);
        memcpy(ret_catalogue->features[i].title, features[i].title, CATALOGUE_NAME_SIZE);
    }
    const struct plan_entry *plans = entry->plans.items;
    for (size_t i = 0; i < entry->plans.count; i++) {
        ret_catalogue->plans[i] = to_plan(cx, ret_catalogue, &plans[i], i, errors);
    }
    const struct coupon_entry *coupons = entry->coupons.items;
    ret_catalogue->coupon_count = entry->coupons.count;
    for (size_t i = 0; i < entry->coupons.count; i++) {
        ret_catalogue->coupons[i] = to_coupon(ret_catalogue, &coupons[i]);
    }
}

static void check_catalogue(struct cx *cx, const struct catalogue *catalogue,
                            struct shape_errors *errors) {
    struct catalogue_problems problems;
    if (catalogue_check(catalogue, &problems)) {
        return;
    }
    for (size_t i = 0; i < problems.count; i++) {
        shape_error_add(errors, cx->arena, problems.list[i].path, problems.list[i].expected);
    }
}

/* --- reading --- */

enum { DETAIL_TAIL = 32 }; /* room for "; and 31 more" */

/* The first problem always, the others while they fit. */
static struct err refuse(struct cx *cx, const char *name, const struct shape_errors *errors) {
    struct str text = arena_printf(cx->arena, "%s", name);
    size_t i = 0;
    for (; i < errors->count; i++) {
        const struct shape_error *error = &errors->list[i];
        struct str longer =
            arena_printf(cx->arena, STR_FMT "%s" STR_FMT ": expected " STR_FMT, STR_ARG(text),
                         i == 0 ? ": " : "; ", STR_ARG(error->path), STR_ARG(error->expected));
        if (i > 0 && longer.len > CX_DETAIL_MAX - DETAIL_TAIL) {
            break;
        }
        text = longer;
    }
    if (i < errors->count) {
        return cx_fail(cx, ERR(ERR_FORMAT), STR_FMT "; and %zu more", STR_ARG(text),
                       errors->count - i);
    }
    return cx_fail(cx, ERR(ERR_FORMAT), STR_FMT, STR_ARG(text));
}

struct err catalogue_read(struct cx *cx, const char *name, struct str text,
                          struct catalogue *ret_catalogue) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *json = json_read(text, &problem);
    if (json == NULL) {
        return cx_fail(cx, ERR(ERR_FORMAT), "%s: line %d, column %d: %s", name, problem.line,
                       problem.column, problem.reason);
    }
    struct catalogue_entry entry = {.currency = ""};
    struct shape_errors errors = {.count = 0};
    struct catalogue *catalogue = ARENA_NEW(cx->arena, struct catalogue);
    bool is_decoded = shape_decode(&catalogue_shape, json, cx->arena, &entry, &errors);
    if (is_decoded && catalogue != NULL) {
        to_catalogue(cx, &entry, catalogue, &errors);
        check_catalogue(cx, catalogue, &errors);
    }
    if (arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "%s: no memory to read it", name);
    }
    if (errors.count > 0) {
        return refuse(cx, name, &errors);
    }
    *ret_catalogue = *catalogue;
    return OK;
}

struct err catalogue_load(struct cx *cx, const char *path, struct catalogue *ret_catalogue,
                          struct str *ret_text) {
    struct str text;
    struct err err = env_read_file(cx->env, path, CATALOGUE_FILE_MAX, &text);
    if (err_failed(err)) {
        return cx_fail(cx, err, "%s: cannot be read (%s)", path, err_name(err.code));
    }
    err = catalogue_read(cx, path, text, ret_catalogue);
    if (!err_failed(err) && ret_text != NULL) {
        *ret_text = text;
        return OK;
    }
    env_free(cx->env, (void *)(uintptr_t)text.bytes);
    return err;
}
