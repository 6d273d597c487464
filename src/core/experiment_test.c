/* Guards: a unit is in the same arm at every look, arms are filled as they are weighted, a plan
 * that contradicts itself is refused with the place, and no state is left by a way that there is
 * not. */
#include "core/experiment_feasible.h"

#include <stdio.h>
#include <string.h>

#include "base/testing.h"

#define EXPERIMENT STR("exp_annual_toggle_v1")
#define SALT STR("salt-2027-01")

/* A8. */
static void test_buckets(void **state) {
    (void)state;
    static const struct {
        const char *unit;
        int bucket;
    } cases[] = {{"acct_000001", 3458},
                 {"acct_000002", 2310},
                 {"acct_000003", 4996},
                 {"acct_000004", 9425},
                 {"anon_9f2c", 5207}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(experiment_bucket(SALT, EXPERIMENT, str_from_cstr(cases[i].unit)),
                         cases[i].bucket);
    }
    assert_int_not_equal(experiment_bucket(STR("another"), EXPERIMENT, STR("acct_000001")), 3458);
}

static void test_arms_own_ranges(void **state) {
    (void)state;
    const struct experiment_arm arms[] = {{.weight = 2500}, {.weight = 7000}, {.weight = 500}};
    assert_int_equal(experiment_arm_of(arms, 3, 0), 0);
    assert_int_equal(experiment_arm_of(arms, 3, 2499), 0);
    assert_int_equal(experiment_arm_of(arms, 3, 2500), 1);
    assert_int_equal(experiment_arm_of(arms, 3, 9499), 1);
    assert_int_equal(experiment_arm_of(arms, 3, 9500), 2);
    assert_int_equal(experiment_arm_of(arms, 3, 9999), 2);
}

/* 20,000 ids in a row are spread as the weights say. */
static void test_spread(void **state) {
    (void)state;
    const struct experiment_arm arms[] = {{.weight = 5000}, {.weight = 3000}, {.weight = 2000}};
    const int64_t weights[] = {5000, 3000, 2000};
    int64_t counts[3] = {0};
    for (int i = 0; i < 20000; i++) {
        char unit[16];
        int length = snprintf(unit, sizeof unit, "acct_%06d", i);
        counts[experiment_arm_of(
            arms, 3, experiment_bucket(SALT, EXPERIMENT, str_of(unit, (size_t)length)))]++;
    }
    assert_false(inference_srm(counts, weights, 3).is_failed);
    assert_true(inference_srm(counts, weights, 3).p > 0.01);
}

static void test_ranges(void **state) {
    (void)state;
    const struct experiment_range low = {0, 5000};
    assert_false(experiment_range_meets(low, (struct experiment_range){5000, 10000}));
    assert_true(experiment_range_meets(low, (struct experiment_range){4999, 10000}));
    assert_true(experiment_range_meets((struct experiment_range){1000, 2000}, low));
}

/* --- the plan --- */

static void a_catalogue(struct catalogue *catalogue) {
    memset(catalogue, 0, sizeof *catalogue);
    catalogue->currency = (struct currency){"usd"};
    for (int t = 0; t < TIER_COUNT; t++) {
        for (int version = 1; version <= 2; version++) {
            struct plan *plan = &catalogue->plans[catalogue->plan_count++];
            plan->tier = (enum tier)t;
            plan->version = version;
            plan->prices[INTERVAL_MONTH].is_set = t != TIER_ENTERPRISE;
        }
    }
}

static struct experiment_plan a_plan(void) {
    return (struct experiment_plan){
        .baseline_ppm = 50000,
        .mde_ppm = 10000,
        .alpha_ppm = 50000,
        .power_ppm = 800000,
        .tau = 10000,
        .window_days = 30,
        .cut = 50000,
        .range = {0, EXPERIMENT_BUCKETS},
        .arm_count = 2,
        .arms = {{.name = STR("control"), .weight = 5000},
                 {
                     .name = STR("lower"),
                     .weight = 5000,
                     .versions = {[TIER_STARTER] = 1},
                 }},
    };
}

static void assert_refused(const struct experiment_plan *plan, const char *path) {
    static struct catalogue catalogue;
    struct experiment_problems problems;
    a_catalogue(&catalogue);
    assert_false(experiment_check(plan, &catalogue, &problems));
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.list[0].path, path);
    assert_true(strlen(problems.list[0].expected) > 10);
}

static void test_plan(void **state) {
    (void)state;
    static struct catalogue catalogue;
    struct experiment_problems problems;
    struct experiment_plan plan = a_plan();
    a_catalogue(&catalogue);
    assert_true(experiment_check(&plan, &catalogue, &problems));
    plan.arm_count = 1;
    assert_refused(&plan, "/arms");
    plan = a_plan();
    plan.arms[1].weight = 4999;
    assert_refused(&plan, "/arms/1/weight");
    plan = a_plan();
    plan.arms[0].weight = 0;
    plan.arms[1].weight = EXPERIMENT_BUCKETS;
    assert_refused(&plan, "/arms/0/weight");
    plan = a_plan();
    plan.arms[1].name = plan.arms[0].name;
    assert_refused(&plan, "/arms/1/name");
    plan = a_plan();
    plan.arms[1].versions[TIER_STARTER] = 3;
    assert_refused(&plan, "/arms/1/versions");
    plan = a_plan();
    plan.arms[1].versions[TIER_FREE] = 1;
    assert_refused(&plan, "/arms/1/versions");
    plan = a_plan();
    plan.arms[1].versions[TIER_ENTERPRISE] = 1;
    assert_refused(&plan, "/arms/1/versions");
}

static void test_plan_beside_arms(void **state) {
    (void)state;
    struct experiment_plan plan = a_plan();
    plan.arms[1].versions[TIER_STARTER] = 0;
    assert_refused(&plan, "/arms/1/versions"); /* the same as the control */
    plan = a_plan();
    plan.range.to = 5000;
    assert_refused(&plan, "/range");
    plan.layer = STR("prices");
    plan.range.from = 5000;
    assert_refused(&plan, "/range");
    plan = a_plan();
    plan.mde_ppm = 960000;
    assert_refused(&plan, "/mdePpm");
    plan = a_plan();
    plan.metric = EXPERIMENT_REVENUE;
    plan.cut = 0;
    assert_refused(&plan, "/cut");
}

/* 1,200 a month are 276 a week: 16,316 units take 60 of them; half as many again 2,942, which
 * are 11. */
static void test_feasibility(void **state) {
    (void)state;
    struct experiment_plan plan = a_plan();
    struct experiment_feasibility found = experiment_feasible(&plan, 1200);
    assert_int_equal(found.units_each, 8158);
    assert_int_equal(found.units_all, 16316);
    assert_int_equal(found.weeks, 60);
    assert_int_equal(found.mde_relative_ppm, 200000);
    assert_false(found.is_feasible);
    assert_int_equal(found.days, 414); /* 16316 / (1200 x 12 / 365.25) = 413.8 */
    assert_int_equal(found.advice, EXPERIMENT_ADVICE_PRESENTATION);
    plan.mde_ppm = found.mde_feasible_ppm; /* that fits, and a little less does not */
    assert_true(experiment_feasible(&plan, 1200).is_feasible);
    plan.mde_ppm -= 1;
    assert_false(experiment_feasible(&plan, 1200).is_feasible);
    plan.mde_ppm = 25000;
    found = experiment_feasible(&plan, 1200);
    assert_int_equal(found.units_all, 2942);
    assert_int_equal(found.weeks, 11);
    assert_true(found.is_feasible);
    assert_int_equal(found.advice, EXPERIMENT_ADVICE_RUN);
    assert_int_equal(experiment_feasible(&plan, 0).weeks, 0);
    assert_int_equal(experiment_feasible(&plan, 0).mde_feasible_ppm, 0);
    assert_int_equal(experiment_feasible(&plan, 0).advice, EXPERIMENT_ADVICE_TRAFFIC);
    assert_false(experiment_feasible(&plan, 0).is_feasible);
    plan.range.to = 5000; /* half of them */
    assert_int_equal(experiment_feasible(&plan, 1200).weeks, 22);
    plan = a_plan();
    plan.arms[0].weight = 9000;
    plan.arms[1].weight = 1000;
    assert_int_equal(experiment_feasible(&plan, 1200).units_all, 81580);
}

/* --- states --- */

static void test_states(void **state) {
    (void)state;
    static const char *const expected[EXPERIMENT_STATE_COUNT] = {
        "registered - - - - -",  "- running - - ended -", "- - paused - ended -",
        "- - - running ended -", "- - - - - decided",     "- - - - - -",
    };
    for (int from = 0; from < EXPERIMENT_STATE_COUNT; from++) {
        char row[128] = "";
        size_t length = 0;
        for (int event = 0; event < EXPERIMENT_EVENT_COUNT; event++) {
            struct experiment_step step =
                experiment_step((enum experiment_state)from, (enum experiment_event)event);
            length +=
                (size_t)snprintf(row + length, sizeof row - length, "%s%s", event == 0 ? "" : " ",
                                 step.is_legal ? experiment_state_name(step.next) : "-");
            assert_true(step.is_legal || step.next == (enum experiment_state)from);
            assert_true(strlen(experiment_event_name((enum experiment_event)event)) > 2);
        }
        assert_string_equal(row, expected[from]);
    }
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(experiment_metric_name(EXPERIMENT_REVENUE), "revenue");
    assert_string_equal(experiment_method_name(EXPERIMENT_FIXED), "fixed");
    assert_string_equal(experiment_guardrail_name(EXPERIMENT_CANCELLATIONS), "cancellations");
    assert_string_equal(experiment_guardrail_name(EXPERIMENT_CONTACTS), "contacts");
    assert_string_equal(experiment_advice_name(EXPERIMENT_ADVICE_RUN), "run");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),     cmocka_unit_test(test_arms_own_ranges),
        cmocka_unit_test(test_spread),      cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_plan),        cmocka_unit_test(test_plan_beside_arms),
        cmocka_unit_test(test_feasibility), cmocka_unit_test(test_states),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
