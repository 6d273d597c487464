/* What the address of /pricing says. Nobody is refused for it: what is not understood is as if it
 * was not there, but for an amount, beside which the page then says so. */
#include "api/pricing.h"

#include "app/usage.h"
#include "base/check.h"
#include "base/int128.h"
#include "base/url.h"

enum { GB = 1000000000, MINUTE = 60, FRACTION = 1000, DIGITS = 3, DIGITS_WHOLE = 16 };

static const struct pricing_unit units[METRIC_COUNT] = {
    [METRIC_MODULES] = {"modules", 1, 0},
    [METRIC_DEPLOYMENTS] = {"deployments", 1, 0},
    [METRIC_API_REQUESTS] = {"api_requests", 1, 0},
    [METRIC_BANDWIDTH] = {"bandwidth_gb", GB, DIGITS},
    [METRIC_BUILD_MINUTES] = {"build_minutes", MINUTE, DIGITS},
    [METRIC_COLLABORATORS] = {"collaborators", 1, 0},
    [METRIC_STORAGE] = {"storage_gb", GB, DIGITS},
};

const struct pricing_unit *pricing_unit(enum metric metric) {
    check((unsigned)metric < METRIC_COUNT);
    return &units[metric];
}

int64_t pricing_unit_max(enum metric metric) {
    return LIMIT_AMOUNT / pricing_unit(metric)->scale;
}

#define USE(modules, deployments, requests, gigabytes, minutes, people, stored)                    \
    {                                                                                              \
        {                                                                                          \
            {modules}, {deployments}, {requests}, {INT64_C(gigabytes) * GB}, {(minutes)*MINUTE},   \
                {people}, {                                                                        \
                INT64_C(stored) * GB                                                               \
            }                                                                                      \
        }                                                                                          \
    }
static const struct expected_use presets[PRICING_PRESETS] = {
    USE(2, 1, 5000, 1, 60, 1, 1),
    USE(15, 6, 80000, 8, 400, 2, 50),
    USE(80, 40, 800000, 90, 1800, 10, 500),
};

const struct expected_use *pricing_preset(int index) {
    check(index >= 0);
    check(index < PRICING_PRESETS);
    return &presets[index];
}

/* --- amounts --- */

/* "1500", "2.5": digits, and as many behind a point as the unit has. */
static bool parse_amount(struct str text, enum metric metric, struct quantity *ret_amount) {
    const struct pricing_unit *unit = pricing_unit(metric);
    struct str rest = text;
    struct str whole = str_cut(&rest, '.');
    bool has_point = whole.len < text.len;
    if (whole.len == 0 || whole.len > DIGITS_WHOLE || !str_only(whole, "0123456789") ||
        rest.len > (size_t)unit->digits || !str_only(rest, "0123456789") ||
        (has_point && rest.len == 0)) {
        return false;
    }
    int64_t thousandths = 0;
    for (size_t i = 0; i < whole.len; i++) {
        thousandths = thousandths * 10 + (whole.bytes[i] - '0');
    }
    i128 amount = (i128)thousandths * unit->scale;
    int64_t place = FRACTION;
    for (size_t i = 0; i < rest.len; i++) {
        place /= 10;
        amount += (i128)(rest.bytes[i] - '0') * place * unit->scale / FRACTION;
    }
    if (amount > LIMIT_AMOUNT) {
        return false;
    }
    *ret_amount = quantity_of((int64_t)amount);
    return true;
}

struct str pricing_typed(struct arena *arena, enum metric metric, struct quantity amount) {
    const struct pricing_unit *unit = pricing_unit(metric);
    long long whole = (long long)(amount.amount / unit->scale);
    int64_t rest = amount.amount % unit->scale * FRACTION / unit->scale;
    return rest == 0 ? arena_printf(arena, "%lld", whole)
                     : arena_printf(arena, "%lld.%03d", whole, (int)rest);
}

struct str pricing_query_of(struct arena *arena, const struct expected_use *use) {
    struct str query = STR("");
    for (int m = 0; m < METRIC_COUNT; m++) {
        struct str typed = pricing_typed(arena, (enum metric)m, use->amounts[m]);
        query = arena_printf(arena, STR_FMT "%s%s=" STR_FMT, STR_ARG(query), m == 0 ? "" : "&",
                             units[m].parameter, STR_ARG(typed));
    }
    return query;
}

/* --- the rest --- */

static void read_pick(struct str value, int *pick) {
    enum tier tier;
    if (tier_parse(value, &tier)) {
        *pick = (int)tier;
    }
}

static void read_amount(struct pricing_view *view, struct str name, struct str value,
                        bool *has_any) {
    for (int m = 0; m < METRIC_COUNT; m++) {
        if (!str_equal(name, str_from_cstr(units[m].parameter))) {
            continue;
        }
        *has_any = true;
        if (value.len > 0 && !parse_amount(value, (enum metric)m, &view->use.amounts[m])) {
            view->bad |= 1U << m;
        }
    }
}

static void read_parameter(struct pricing_view *view, struct str parameter, bool *has_any) {
    struct str value = parameter;
    struct str name = str_cut(&value, '=');
    struct str decoded;
    if (!url_decode(view->arena, value, true, &decoded)) {
        decoded = STR("?");
    }
    value = str_trim(decoded);
    if (str_equal(name, STR("interval"))) {
        view->interval = str_equal(value, STR("year")) ? INTERVAL_YEAR : INTERVAL_MONTH;
    } else if (str_equal(name, STR("first"))) {
        read_pick(value, &view->picks[0]);
    } else if (str_equal(name, STR("second"))) {
        read_pick(value, &view->picks[1]);
    } else if (str_equal(name, STR("differences"))) {
        view->only_differences = str_equal(value, STR("on"));
    } else if (str_equal(name, STR("use"))) {
        view->is_mine = view->has_subscription && str_equal(value, STR("mine"));
    } else {
        read_amount(view, name, value, has_any);
    }
}

bool pricing_read_query(struct pricing_view *view) {
    struct str rest = view->request->http->query;
    bool has_any = false;
    view->picks[0] = TIER_STARTER;
    view->picks[1] = TIER_PROFESSIONAL;
    while (rest.len > 0) {
        read_parameter(view, str_cut(&rest, '&'), &has_any);
    }
    if (view->is_mine) {
        struct tx tx = request_read(view->request);
        view->bad = 0;
        return !reply_if_failed(view->request,
                                usage_lately(view->request->api->app, &tx, view->request->user_id,
                                             PRICING_USE_DAYS, view->use.amounts));
    }
    if (!has_any) {
        view->use = *pricing_preset(PRICING_PRESET_FIRST);
    }
    return true;
}
