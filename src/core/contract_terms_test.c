/* Guards: terms with a contradiction are refused and each is named; prices, ends and reminders fall
 * on the right day, also at the ends of months; what a contract comes to is the sum of what is
 * billed. */
#include "core/contract_terms.h"

#include <string.h>

#include "base/prng.h"
#include "base/rfc3339.h"
#include "base/testing.h"

static struct plan plan_of(enum tier tier, int64_t month, bool is_set) {
    struct plan plan = {.tier = tier, .version = 1, .name = "Plan", .support = "E-mail"};
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        plan.prices[i] = (struct plan_price){is_set, money_of(month, CURRENCY_USD)};
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        plan.limits[i] = (struct limit){LIMIT_COUNT, {10}, LIMIT_PERCENT_DEFAULT};
    }
    return plan;
}

static const struct catalogue *catalogue(void) {
    static struct catalogue c = {.feature_count = 2, .plan_count = 4};
    c.currency = CURRENCY_USD;
    c.features[0] = (struct feature){"sso", "SSO"};
    c.features[1] = (struct feature){"sla", "SLA"};
    c.plans[0] = plan_of(TIER_FREE, 0, true);
    c.plans[1] = plan_of(TIER_STARTER, 2900, true);
    c.plans[2] = plan_of(TIER_PROFESSIONAL, 9900, true);
    c.plans[3] = plan_of(TIER_ENTERPRISE, 0, false);
    return &c;
}

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

static struct money usd(int64_t minor) {
    return money_of(minor, CURRENCY_USD);
}

/* Two years, paid by the month, dearer after six and twelve. */
static struct contract_terms good(void) {
    return (struct contract_terms){
        .tier = TIER_ENTERPRISE,
        .plan_version = 1,
        .interval = INTERVAL_MONTH,
        .amount = usd(50000),
        .ramp_count = 2,
        .ramp = {{6, usd(75000)}, {12, usd(100000)}},
        .term_months = 24,
        .renewal = CONTRACT_RENEWS_AUTOMATICALLY,
        .notice_days = 60,
        .uplift_basis_points = 300,
        .collection = CONTRACT_INVOICE,
        .days_until_due = 30,
    };
}

#define NOW "2026-01-15T12:00:00Z"

static void assert_problems(const struct contract_terms *terms, size_t count, const char *path) {
    struct contract_problems problems;
    assert_int_equal(contract_check(catalogue(), terms, at(NOW), &problems), count == 0);
    assert_int_equal(problems.count, count);
    if (count > 0) {
        assert_string_equal(problems.list[0].path, path);
        assert_true(strlen(problems.list[0].expected) > 0);
    }
}

static void good_terms_pass(void **state) {
    (void)state;
    struct contract_terms terms = good();
    assert_problems(&terms, 0, "");
    terms.interval = INTERVAL_YEAR;
    terms.ramp_count = 1;
    terms.ramp[0].month = 12;
    assert_problems(&terms, 0, "");
    terms.has_start = true;
    terms.starts_at = at(NOW);
    terms.override.has_limit[METRIC_STORAGE] = true;
    terms.override.limits[METRIC_STORAGE] = (struct limit){LIMIT_UNLIMITED, {0}, 110};
    terms.override.added.bits = 3;
    assert_problems(&terms, 0, "");
}

static void each_contradiction_is_named(void **state) {
    (void)state;
#define BAD(path, change)                                                                          \
    {                                                                                              \
        struct contract_terms terms = good();                                                      \
        change;                                                                                    \
        assert_problems(&terms, 1, path);                                                          \
    }
    BAD("/plan", terms.tier = TIER_PROFESSIONAL)
    BAD("/plan", terms.plan_version = 2)
    BAD("/plan", terms.tier = (enum tier)TIER_COUNT)
    BAD("/amount", terms.amount.minor = 0)
    BAD("/amount", terms.amount.minor = -1)
    BAD("/amount", terms.amount.minor = MONEY_MINOR_MAX + 1)
    BAD("/amount", terms.amount.currency = ((struct currency){"eur"}))
    BAD("/ramp/0/month", terms.ramp[0].month = 0)
    BAD("/ramp/1/month", terms.ramp[1].month = 6)
    BAD("/ramp/1/month", terms.ramp[1].month = 24)
    BAD("/ramp/1/amount", terms.ramp[1].amount.minor = 0)
    BAD("/ramp/0/amount", terms.ramp[0].amount.currency = ((struct currency){"eur"}))
    BAD("/ramp/0/month", (terms.interval = INTERVAL_YEAR))
    BAD("/termMonths", (terms.term_months = 121, terms.ramp_count = 0))
    BAD("/termMonths", (terms.term_months = 0, terms.ramp_count = 0))
    BAD("/termMonths",
        (terms.term_months = 18, terms.interval = INTERVAL_YEAR, terms.ramp_count = 0))
    BAD("/startsAt", (terms.has_start = true, terms.starts_at = at("2026-01-15T11:59:59Z")))
    BAD("/noticeDays", terms.notice_days = -1)
    BAD("/noticeDays", terms.notice_days = 181)
    BAD("/upliftBasisPoints", terms.uplift_basis_points = 5001)
    BAD("/upliftBasisPoints", terms.renewal = CONTRACT_RENEWS_NOT)
    BAD("/daysUntilDue", terms.days_until_due = 91)
    BAD("/daysUntilDue", terms.collection = CONTRACT_CHARGE)
    BAD("/features", terms.override.added.bits = 4)
    BAD("/limits/storage",
        (terms.override.has_limit[METRIC_STORAGE] = true,
         terms.override.limits[METRIC_STORAGE] = (struct limit){LIMIT_CONTRACT, {0}, 110}))
    BAD("/limits/collaborators",
        (terms.override.has_limit[METRIC_COLLABORATORS] = true,
         terms.override.limits[METRIC_COLLABORATORS] = (struct limit){LIMIT_COUNT, {0}, 110}))
    BAD("/limits/modules",
        (terms.override.has_limit[METRIC_MODULES] = true,
         terms.override.limits[METRIC_MODULES] = (struct limit){LIMIT_UNLIMITED, {1}, 110}))
    BAD("/limits/modules",
        (terms.override.has_limit[METRIC_MODULES] = true,
         terms.override.limits[METRIC_MODULES] = (struct limit){LIMIT_COUNT, {1}, 99}))
#undef BAD
}

static void problems_stop_at_their_number(void **state) {
    (void)state;
    struct contract_problems problems;
    struct contract_terms terms = good();
    terms.amount.minor = 0;
    terms.ramp_count = CONTRACT_RAMP_MAX;
    memset(terms.ramp, 0, sizeof terms.ramp);
    for (int i = 0; i < METRIC_COUNT; i++) {
        terms.override.has_limit[i] = true;
    }
    assert_false(contract_check(catalogue(), &terms, at(NOW), &problems));
    assert_int_equal(problems.count, CONTRACT_PROBLEMS_MAX);
}

static void a_ramp_begins_on_its_day(void **state) {
    (void)state;
    static const struct {
        const char *start, *at;
        int64_t amount;
    } cases[] = {
        {"2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", 50000},
        {"2026-01-31T10:00:00Z", "2026-07-31T09:59:59.999Z", 50000},
        {"2026-01-31T10:00:00Z", "2026-07-31T10:00:00Z", 75000},
        {"2026-01-31T10:00:00Z", "2027-01-31T09:59:59Z", 75000},
        {"2026-01-31T10:00:00Z", "2027-01-31T10:00:00Z", 100000},
        {"2025-08-31T00:00:00Z", "2026-02-27T23:59:59Z", 50000}, /* 31 August + 6 */
        {"2025-08-31T00:00:00Z", "2026-02-28T00:00:00Z", 75000},
        {"2028-02-29T00:00:00Z", "2029-02-27T23:59:59Z", 75000},
        {"2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", 100000},
        {"2026-01-31T10:00:00Z", "2100-01-01T00:00:00Z", 100000},
    };
    struct contract_terms terms = good();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct money amount = contract_amount_at(&terms, at(cases[i].start), at(cases[i].at));
        assert_true(amount.minor == cases[i].amount);
    }
}

static void the_next_step_is_told(void **state) {
    (void)state;
    struct contract_terms terms = good();
    struct instant start = at("2025-08-31T00:00:00Z");
    struct instant next;
    struct money amount;
    assert_true(contract_next_ramp(&terms, start, start, &next, &amount));
    assert_true(next.ms == at("2026-02-28T00:00:00Z").ms && amount.minor == 75000);
    assert_true(contract_next_ramp(&terms, start, next, &next, &amount));
    assert_true(next.ms == at("2026-08-31T00:00:00Z").ms && amount.minor == 100000);
    assert_false(contract_next_ramp(&terms, start, next, &next, &amount));
}

static void ends_and_reminders_fall_on_their_days(void **state) {
    (void)state;
    struct contract_terms terms = good();
    struct instant start = at("2024-02-29T08:00:00Z");
    assert_true(contract_ends_at(&terms, start).ms == at("2026-02-28T08:00:00Z").ms);
    assert_true(contract_notice_at(&terms, start).ms == at("2025-12-30T08:00:00Z").ms);
    terms.term_months = 1;
    assert_true(contract_notice_at(&terms, start).ms == start.ms); /* not before it begins */
    terms.notice_days = 0;
    assert_true(contract_notice_at(&terms, start).ms == at("2024-03-29T08:00:00Z").ms);
}

static void a_renewal_is_dearer_by_what_was_agreed(void **state) {
    (void)state;
    struct contract_terms terms = good();
    struct contract_terms next;
    struct contract_problems problems;
    struct instant start = at("2026-01-31T10:00:00Z");
    assert_true(contract_renewed(&terms, start, &next));
    assert_true(next.amount.minor == 103000); /* the last price and 3 % */
    assert_int_equal(next.ramp_count, 0);
    assert_true(next.has_start && next.starts_at.ms == at("2028-01-31T10:00:00Z").ms);
    assert_true(contract_check(catalogue(), &next, at(NOW), &problems));
    terms.ramp_count = 0;
    terms.amount = usd(333);
    terms.uplift_basis_points = 150; /* 4.995 cents more */
    assert_true(contract_renewed(&terms, start, &next));
    assert_true(next.amount.minor == 338);
    terms.uplift_basis_points = 0;
    assert_true(contract_renewed(&terms, start, &next));
    assert_true(next.amount.minor == 333);
    terms.amount = usd(MONEY_MINOR_MAX);
    terms.uplift_basis_points = 1;
    assert_false(contract_renewed(&terms, start, &next));
}

/* Of 2,000 contracts: the total is the sum of the price of each interval. */
static void a_total_is_the_sum_of_what_is_billed(void **state) {
    (void)state;
    struct prng prng = prng_split(20261129, 0);
    for (int round = 0; round < 2000; round++) {
        struct contract_terms terms = good();
        struct contract_problems problems;
        struct money total;
        struct instant start = {INT64_C(1704067200000) +
                                (int64_t)prng_below(&prng, 1000) * 86400000};
        int months = prng_below(&prng, 2) == 0 ? 1 : 12;
        terms.interval = months == 1 ? INTERVAL_MONTH : INTERVAL_YEAR;
        terms.term_months = months * (1 + (int32_t)prng_below(&prng, 10));
        terms.amount = usd(1 + (int64_t)prng_below(&prng, 1000000));
        terms.ramp_count = 0;
        for (int month = months; month < terms.term_months && terms.ramp_count < CONTRACT_RAMP_MAX;
             month += months) {
            if (prng_below(&prng, 3) == 0) {
                terms.ramp[terms.ramp_count++] =
                    (struct contract_ramp){month, usd(1 + (int64_t)prng_below(&prng, 1000000))};
            }
        }
        assert_true(contract_check(catalogue(), &terms, at("2020-01-01T00:00:00Z"), &problems));
        int64_t sum = 0;
        struct instant end = contract_ends_at(&terms, start);
        for (int n = 0;; n++) {
            struct period period = period_at(start, terms.interval, (struct period_number){n});
            if (!instant_is_before(period.start, end)) {
                break;
            }
            sum += contract_amount_at(&terms, start, period.start).minor;
        }
        assert_true(contract_total(&terms, &total));
        assert_true(total.minor == sum);
    }
    struct contract_terms huge = good();
    struct money total;
    huge.ramp_count = 0;
    huge.amount = usd(MONEY_MINOR_MAX);
    assert_false(contract_total(&huge, &total));
}

static void what_is_sold_is_the_plan_with_what_was_agreed(void **state) {
    (void)state;
    struct contract_terms terms = good();
    terms.override.has_limit[METRIC_STORAGE] = true;
    terms.override.limits[METRIC_STORAGE] = (struct limit){LIMIT_COUNT, {5000}, 150};
    terms.override.added.bits = 2;
    struct plan plan = contract_plan(catalogue(), &terms, 0);
    assert_int_equal(plan.tier, TIER_ENTERPRISE);
    assert_true(plan.prices[INTERVAL_MONTH].is_set && !plan.prices[INTERVAL_YEAR].is_set);
    assert_true(plan.prices[INTERVAL_MONTH].amount.minor == 50000);
    assert_true(plan.limits[METRIC_STORAGE].amount.amount == 5000);
    assert_true(plan.limits[METRIC_MODULES].amount.amount == 10);
    assert_true(plan.features.bits == 2);
    assert_int_equal(plan.trial_days, 0);
    assert_true(contract_plan(catalogue(), &terms, 2).prices[INTERVAL_MONTH].amount.minor ==
                100000);
}

static void words_are_stripes(void **state) {
    (void)state;
    assert_string_equal(contract_collection_name(CONTRACT_INVOICE), "send_invoice");
    assert_string_equal(contract_collection_name(CONTRACT_CHARGE), "charge_automatically");
    assert_string_equal(contract_renewal_name(CONTRACT_RENEWS_AUTOMATICALLY), "auto");
    assert_string_equal(contract_renewal_name(CONTRACT_RENEWS_NOT), "none");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_terms_pass),
        cmocka_unit_test(each_contradiction_is_named),
        cmocka_unit_test(problems_stop_at_their_number),
        cmocka_unit_test(a_ramp_begins_on_its_day),
        cmocka_unit_test(the_next_step_is_told),
        cmocka_unit_test(ends_and_reminders_fall_on_their_days),
        cmocka_unit_test(a_renewal_is_dearer_by_what_was_agreed),
        cmocka_unit_test(a_total_is_the_sum_of_what_is_billed),
        cmocka_unit_test(what_is_sold_is_the_plan_with_what_was_agreed),
        cmocka_unit_test(words_are_stripes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
