#include "app/contract_plan.h"

#include "app/audit.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/json.h"
#include "store/setting.h"

/* --- as text: what differs from the plan that it builds on --- */

static struct str limits_text(struct cx *cx, const struct entitlement_override *override) {
    struct jcs_member members[METRIC_COUNT];
    size_t count = 0;
    for (int i = 0; i < METRIC_COUNT; i++) {
        struct limit limit = override->limits[i];
        if (override->has_limit[i]) {
            struct str text = AUDIT_FACTS(cx, AUDIT_WHOLE("kind", (int)limit.kind),
                                          AUDIT_WHOLE("amount", limit.amount.amount),
                                          AUDIT_WHOLE("softPercent", limit.soft_limit_percent));
            members[count++] = (struct jcs_member){
                .name = metric_name((enum metric)i), .kind = JCS_RAW, .text = text};
        }
    }
    return audit_facts(cx, members, count);
}

/* Names with blanks between: bits change their meaning with the catalogue. */
static struct str features_text(struct cx *cx, const struct catalogue *catalogue,
                                struct feature_set features) {
    struct str text = STR("");
    for (size_t i = 0; i < catalogue->feature_count; i++) {
        if ((features.bits >> i & 1) != 0) {
            text = arena_printf(cx->arena, STR_FMT "%s%s", STR_ARG(text), text.len > 0 ? " " : "",
                                catalogue->features[i].name);
        }
    }
    return text;
}

static struct str text_of(struct cx *cx, const struct catalogue *catalogue,
                          const struct contract_terms *terms, struct money price) {
    return AUDIT_FACTS(cx, AUDIT_WHOLE("builds_on", terms->plan_version),
                       AUDIT_TEXT("interval", str_from_cstr(interval_name(terms->interval))),
                       AUDIT_WHOLE("amount", price.minor),
                       AUDIT_TEXT("currency", str_from_cstr(price.currency.code)),
                       AUDIT_TEXT("features", features_text(cx, catalogue, terms->override.added)),
                       ((struct jcs_member){.name = "limits",
                                            .kind = JCS_RAW,
                                            .text = limits_text(cx, &terms->override)}));
}

static bool read_limits(json_t *limits, struct entitlement_override *override) {
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(limits, name, value) {
        enum metric metric;
        if (!metric_parse(str_from_cstr(name), &metric)) {
            return false;
        }
        int64_t kind = json_i64(value, "kind", -1);
        override->has_limit[metric] = true;
        override->limits[metric] = (struct limit){
            .kind = (enum limit_kind)kind,
            .amount = {json_i64(value, "amount", -1)},
            .soft_limit_percent = (int32_t)json_i64(value, "softPercent", -1),
        };
        if (kind < 0 || kind > LIMIT_TRACKED) {
            return false;
        }
    }
    return true;
}

static bool read_features(const struct catalogue *catalogue, struct str names,
                          struct feature_set *ret_features) {
    for (struct str rest = names; rest.len > 0;) {
        struct feature_set one;
        if (!catalogue_feature(catalogue, str_cut(&rest, ' '), &one)) {
            return false;
        }
        *ret_features = feature_set_union(*ret_features, one);
    }
    return true;
}

/* False when the catalogue does not have what it builds on. */
static bool read_text(const struct catalogue *catalogue, const struct plan_version_row *row,
                      struct contract_terms *ret_terms) {
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(row->content, &problem);
    struct contract_terms terms = {.tier = (enum tier)row->tier};
    struct currency currency;
    bool is_read = json_is_object(object) &&
                   interval_parse(json_text(object, "interval"), &terms.interval) &&
                   currency_parse(json_text(object, "currency"), &currency) &&
                   read_limits(json_object_get(object, "limits"), &terms.override) &&
                   read_features(catalogue, json_text(object, "features"), &terms.override.added);
    if (!is_read) {
        return false;
    }
    terms.plan_version = (int32_t)json_i64(object, "builds_on", 0);
    terms.amount = money_of(json_i64(object, "amount", -1), currency);
    *ret_terms = terms;
    return money_is_valid(terms.amount) && terms.amount.minor > 0 &&
           catalogue_plan_version(catalogue, terms.tier, terms.plan_version) != NULL;
}

/* --- kept --- */

/* A copy that lives as long as the book. */
static struct err put(struct app *app, struct plan plan, int32_t version) {
    struct plan *kept = env_alloc(app->env, sizeof *kept);
    if (kept == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *kept = plan;
    kept->version = version;
    plan_book_put(app->plan_book, kept);
    return OK;
}

struct err contract_plan_add(struct app *app, struct tx *tx, const struct contract_terms *terms,
                             size_t step, int32_t *ret_version) {
    struct plan plan = contract_plan(app->catalogue, terms, step);
    struct str content =
        text_of(tx->cx, app->catalogue, terms, plan.prices[terms->interval].amount);
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    check(app->plan_book != NULL);
    sha256(content, hash);
    str_hex(hash, sizeof hash, hex);
    struct plan_version_row row = {
        .tier = (int)terms->tier,
        .version = CATALOGUE_VERSION_MAX,
        .content_hash = str_of(hex, sizeof hex),
        .content = content,
        .created_at = cx_now_ms(tx->cx),
    };
    struct plan_version_row same;
    bool is_there = false;
    TRY(plan_version_same(tx, &row, &same, &is_there));
    if (is_there) {
        *ret_version = (int32_t)same.version;
        return OK;
    }
    if (!plan_book_reserve(app->plan_book, ret_version)) {
        return cx_fail(tx->cx, ERR(ERR_TOO_LARGE), "There are %d plans of contracts already.",
                       PLAN_BOOK_MAX);
    }
    row.version = *ret_version;
    TRY(plan_version_insert(tx, &row));
    return put(app, plan, *ret_version);
}

enum { PAGE = 500 };

struct err contract_plans_load(struct app *app, struct tx *tx) {
    int64_t after = CATALOGUE_VERSION_MAX;
    struct row_list list = {.count = PAGE};
    while (app->plan_book != NULL && list.count == PAGE) {
        TRY(plan_version_list_after(tx, TIER_ENTERPRISE, after, PAGE, &list));
        const struct plan_version_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct contract_terms terms;
            after = rows[i].version;
            if (!read_text(app->catalogue, &rows[i], &terms)) {
                return cx_fail(tx->cx, ERR(ERR_CONFLICT),
                               "Version %lld of plan %s, which a contract sells, builds on a plan "
                               "or a feature that the catalogue no longer has.",
                               (long long)after, tier_name((enum tier)rows[i].tier));
            }
            TRY(put(app, contract_plan(app->catalogue, &terms, 0), (int32_t)after));
        }
    }
    return OK;
}

void contract_plans_destroy(struct app *app) {
    for (uint32_t i = 0; app->plan_book != NULL && i < app->plan_book->next; i++) {
        env_free(app->env, plan_book_take(app->plan_book, i));
    }
}
