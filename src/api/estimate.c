/* GET /api/billing/plans/estimate: what an expected use comes to with each plan (core/estimate.h).
 * The calculator of /pricing shows the same function's answer (pricing_estimate.c). */
#include "api/experiment_viewer.h"
#include "api/resources.h"

#include "core/estimate.h"

/* --- what is asked --- */

#define AMOUNT_OF(metric, name, doc)                                                               \
    {                                                                                              \
        name, doc, SHAPE_I64, .offset = (metric) * sizeof(struct quantity), .min = 0,              \
                              .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL                         \
    }
static const struct shape_field query_fields[] = {
    AMOUNT_OF(METRIC_MODULES, "modules", "WebAssembly modules at a time; 0 when not given"),
    AMOUNT_OF(METRIC_DEPLOYMENTS, "deployments", "Deployments at a time"),
    AMOUNT_OF(METRIC_API_REQUESTS, "api_requests", "Requests a month"),
    AMOUNT_OF(METRIC_BANDWIDTH, "bandwidth", "Bytes a month, in and out"),
    AMOUNT_OF(METRIC_BUILD_MINUTES, "build_minutes", "Seconds a month"),
    AMOUNT_OF(METRIC_COLLABORATORS, "collaborators", "People"),
    AMOUNT_OF(METRIC_STORAGE, "storage", "Bytes"),
};
static_assert(ARRAY_LEN(query_fields) == METRIC_COUNT, "every metric may be expected");
const struct shape estimate_query_shape =
    SHAPE("ExpectedUse", "What is expected of each metric", struct expected_use, query_fields);

/* --- as shown --- */

struct line_out {
    int metric, fit;
    int64_t amount, percent;
    struct limit limit;
};

struct plan_estimate_out {
    int tier;
    int64_t version, saving_percent, pay_off;
    struct str name;
    bool is_enough, is_priced, pays_off, is_cheapest_month, is_cheapest_year;
    struct price_comparison price;
    struct shape_list lines;
};

struct estimate_out {
    struct page page;
    struct str currency;
    struct {
        int metric, next;
        int64_t percent;
        bool has_next;
    } tightest;
    bool has_tightest;
};

static const char *const fit_names[] = {"within", "exceeded", "unbounded", "by_contract", NULL};

#define AT(member) offsetof(struct line_out, member)
static const struct shape_field line_fields[] = {
    {"metric", "Which", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"amount", "What is expected, in the metric's unit", SHAPE_I64, .offset = AT(amount)},
    {"limit", "What the plan allows; null: it is counted, and never held", SHAPE_CUSTOM,
     .offset = AT(limit), .custom = &limit_amount},
    {"percent", "Of the limit, rounded down, at most 9999; 0 where there is none", SHAPE_I64,
     .offset = AT(percent)},
    {"fit", "Whether that is enough", SHAPE_ENUM, .offset = AT(fit), .names = fit_names},
};
#undef AT
static const struct shape line_shape =
    SHAPE("EstimateLine", "One metric against a plan's limit", struct line_out, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &line_shape};

#define AT(member) offsetof(struct plan_estimate_out, member)
#define PRICE(name, doc, member)                                                                   \
    {                                                                                              \
        name, doc, SHAPE_OBJECT, .offset = AT(price.member), .of = &money_shape,                   \
                                 .flags = SHAPE_NULLABLE, .is_set = AT(is_priced)                  \
    }
static const struct shape_field plan_fields[] = {
    {"tier", "Which plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"version", "Of the plan, as it is sold", SHAPE_I64, .offset = AT(version), .min = 1,
     .max = CATALOGUE_VERSION_MAX},
    {"name", "For people", SHAPE_STR, .offset = AT(name), .max = CATALOGUE_NAME_SIZE},
    {"enough", "No limit is below what is expected", SHAPE_BOOL, .offset = AT(is_enough)},
    {"cheapestByMonth", "Of those that are enough, paid each month", SHAPE_BOOL,
     .offset = AT(is_cheapest_month)},
    {"cheapestByYear", "Of those that are enough, paid each year", SHAPE_BOOL,
     .offset = AT(is_cheapest_year)},
    PRICE("month", "A month; null, as are all below, when it is sold by contract", month),
    PRICE("twelveMonths", "Twelve months, paid one by one", twelve_months),
    PRICE("year", "A year, paid at once", year),
    PRICE("yearByMonth", "A twelfth of that", year_by_month),
    PRICE("saving", "What the year costs less than twelve months", saving),
    {"savingPercent", "Of twelve months, rounded down", SHAPE_I64, .offset = AT(saving_percent),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_priced)},
    {"monthsToPayOff", "From so many months on the year costs less; null when it never does",
     SHAPE_I64, .offset = AT(pay_off), .flags = SHAPE_NULLABLE, .is_set = AT(pays_off)},
    {"lines", "By metric", SHAPE_LIST, .offset = AT(lines), .max = METRIC_COUNT, .item = &line_item,
     .item_size = sizeof(struct line_out)},
};
#undef PRICE
#undef AT
static const struct shape plan_shape =
    SHAPE("PlanEstimate", "What is expected, with one plan", struct plan_estimate_out, plan_fields);
static const struct shape_field plan_item = {.kind = SHAPE_OBJECT, .of = &plan_shape};

#define AT(member) offsetof(struct estimate_out, member)
static const struct shape_field tightest_fields[] = {
    {"metric", "Which is nearest to its limit", SHAPE_ENUM,
     .offset = AT(tightest.metric) - AT(tightest), .names = metric_names},
    {"percent", "Of that limit, rounded down", SHAPE_I64,
     .offset = AT(tightest.percent) - AT(tightest)},
    {"next", "The plan that has more of it; null when none has", SHAPE_ENUM,
     .offset = AT(tightest.next) - AT(tightest), .names = tier_names, .flags = SHAPE_NULLABLE,
     .is_set = AT(tightest.has_next) - AT(tightest)},
};
static const struct shape tightest_shape = {"EstimateTightest", "What binds first",
                                            sizeof(((struct estimate_out *)NULL)->tightest),
                                            tightest_fields, ARRAY_LEN(tightest_fields)};
static const struct shape_field estimate_fields[] = {
    {"currency", "Of all prices", SHAPE_STR, .offset = AT(currency), .max = 3},
    {"tightest", "In the plan that is cheapest by month; null when nothing is near a limit",
     SHAPE_OBJECT, .offset = AT(tightest), .of = &tightest_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_tightest)},
    {"data", "All plans, from the smallest", SHAPE_LIST, .offset = AT(page.data), .max = TIER_COUNT,
     .item = &plan_item, .item_size = sizeof(struct plan_estimate_out)},
};
#undef AT
const struct shape estimate_shape =
    SHAPE("Estimate", "What an expected use comes to with each plan", struct estimate_out,
          estimate_fields);

static struct plan_estimate_out plan_out_of(const struct estimate_plan *of) {
    return (struct plan_estimate_out){
        .tier = (int)of->plan->tier,
        .version = of->plan->version,
        .name = str_from_cstr(of->plan->name),
        .is_enough = of->is_enough,
        .is_cheapest_month = of->is_cheapest[INTERVAL_MONTH],
        .is_cheapest_year = of->is_cheapest[INTERVAL_YEAR],
        .is_priced = of->is_priced,
        .price = of->price,
        .saving_percent = of->price.saving_percent,
        .pays_off = of->is_priced && of->price.months_to_pay_off > 0,
        .pay_off = of->price.months_to_pay_off,
    };
}

void estimate_get(struct api_request *request) {
    const struct expected_use *use = request->query;
    const struct expected_use nothing = {0};
    struct experiment_offer offer;
    struct estimate estimate;
    struct plan_estimate_out plans[TIER_COUNT];
    struct line_out lines[TIER_COUNT][METRIC_COUNT];
    use = use == NULL ? &nothing : use;
    if (!find_session(request) || !experiment_offer_of(request, &offer)) {
        return;
    }
    const struct catalogue *catalogue = offer.catalogue;
    estimate_of(catalogue, use, &estimate);
    for (int t = 0; t < TIER_COUNT; t++) {
        const struct estimate_plan *of = &estimate.plans[t];
        for (int m = 0; m < METRIC_COUNT; m++) {
            lines[t][m] = (struct line_out){m, (int)of->fits[m], use->amounts[m].amount,
                                            of->percents[m], of->plan->limits[m]};
        }
        plans[t] = plan_out_of(of);
        plans[t].lines = (struct shape_list){lines[t], METRIC_COUNT};
    }
    struct estimate_out out = {
        .page = {.data = {plans, TIER_COUNT}},
        .currency = str_from_cstr(catalogue->currency.code),
        .has_tightest = estimate.has_tightest,
    };
    if (estimate.has_tightest) {
        out.tightest.metric = (int)estimate.tightest;
        out.tightest.percent = estimate.plans[estimate.cheapest].percents[estimate.tightest];
        out.tightest.has_next = estimate.has_next;
        out.tightest.next = (int)estimate.next;
    }
    reply_value(request, 200, &estimate_shape, &out);
}
