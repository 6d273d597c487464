/* Guards: every figure that an experiment is judged by is the one of the field's formulas, to the
 * digits that are written down; and an experiment that is looked at every day calls no more effects
 * where there is none than it promises, while an ordinary test does. */
#include "core/experiment_inference.h"

#include <math.h>

#include "base/testing.h"
#include "core/experiment_distribution.h"
#include "core/experiment_fixture.h"

/* To a share of the expected value. */
static void assert_near(double is, double expected, double within, const char *what) {
    if (!(fabs(is - expected) <= within * fabs(expected))) {
        fail_msg("%s is %.12g, not %.12g", what, is, expected);
    }
}

/* Tables of the field, and densities added up by Simpson's rule. */
static void test_distributions(void **state) {
    (void)state;
    assert_near(normal_quantile(0.975), 1.959963984540054, 1e-14, "z at 0.975");
    assert_near(normal_quantile(0.8), 0.8416212335729143, 1e-14, "z at 0.8");
    assert_near(normal_quantile(0.001), -3.090232306167813, 1e-13, "z at 0.001");
    assert_near(normal_above(6.0), 9.865876450376981e-10, 1e-12, "P(Z > 6)");
    assert_near(chi_square_above(5.991464547107979, 2), 0.05, 1e-12, "chi-square, 2 df");
    assert_near(chi_square_above(14.067140449340169, 7), 0.05, 1e-12, "chi-square, 7 df");
    assert_near(chi_square_above(0.01, 3), 0.99973483494134, 1e-12, "chi-square, 3 df, near 0");
    assert_near(chi_square_above(0.0, 3), 1.0, 0.0, "chi-square of 0");
    assert_near(student_beyond(2.0, 10.0), 0.07338803477074, 1e-11, "t = 2, 10 df");
    assert_near(student_beyond(12.706204736174698, 1.0), 0.05, 1e-12, "t, 1 df");
    assert_near(student_bound(0.05, 10.0), 2.2281388519649385, 1e-10, "bound, 10 df");
    assert_near(student_bound(0.05, 1e9), 1.959963984540054, 1e-12, "bound, 1e9 df");
    assert_near(student_bound(0.05, 1e6), 1.959966356810, 1e-9, "bound, 1e6 df");
}

/* A1, A3: two arms at 50:50. */
static void test_srm(void **state) {
    (void)state;
    static const struct {
        int64_t counts[2];
        double chi_square, p, within;
        bool is_failed;
    } cases[] = {
        {{5300, 4700}, 36.0, 1.973e-9, 3e-4, true},
        {{5050, 4950}, 1.0, 0.3173, 2e-4, false},
        {{5100, 4900}, 4.0, 0.04550, 1e-4, false},
        {{5000, 5000}, 0.0, 1.0, 0.0, false},
        {{0, 0}, 0.0, 1.0, 0.0, false},
    };
    const int64_t weights[] = {5000, 5000};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct srm srm = inference_srm(cases[i].counts, weights, 2);
        assert_near(srm.chi_square, cases[i].chi_square, 1e-12, "chi-square");
        assert_near(srm.p, cases[i].p, cases[i].within, "p");
        assert_int_equal(srm.is_failed, cases[i].is_failed);
    }
}

/* With weights and arms of their own: 120 of (100, 20) expected as (80, 40): 5 + 10. */
static void test_srm_weighted(void **state) {
    (void)state;
    struct srm srm = inference_srm((const int64_t[]){100, 20}, (const int64_t[]){6667, 3333}, 2);
    assert_near(srm.chi_square, 14.9970, 1e-3, "two to one");
    assert_true(srm.is_failed);
    srm = inference_srm((const int64_t[]){334, 333, 333}, (const int64_t[]){3334, 3333, 3333}, 3);
    assert_false(srm.is_failed);
    assert_true(srm.p > 0.999);
}

/* A5: 500 of 10,000 beside 570 of 10,000. */
static void test_shares(void **state) {
    (void)state;
    const struct sample control = {10000.0, 500.0, 500.0};
    const struct sample arm = {10000.0, 570.0, 570.0};
    const struct comparing how = {.is_share = true, .alpha = 0.05, .tau = 0.01};
    struct comparison found = inference_compare(&control, &arm, &how);
    assert_true(found.is_known);
    assert_near(found.effect, 0.007, 1e-12, "effect");
    assert_near(found.statistic, 2.19961, 1e-6, "z");
    assert_near(found.p_fixed, 0.027835, 2e-5, "p");
    assert_near(found.fixed.low, 0.000763, 1e-3, "from");
    assert_near(found.fixed.high, 0.013237, 1e-4, "to");
    assert_near(found.likelihood_ratio, 2.72905, 1e-5, "L");
    assert_near(found.p_always, 0.36643, 1e-4, "p at any look");
    assert_near(found.half_width, 0.0096653, 1e-5, "half-width");
    assert_true(found.likelihood_ratio < 1.0 / how.alpha); /* so that it goes on */
}

/* The p at any look is rejected exactly when the interval at any look leaves out 0. */
static void test_sequence_agrees(void **state) {
    (void)state;
    const struct comparing how = {.is_share = true, .alpha = 0.05, .tau = 0.01};
    for (int more = 0; more <= 400; more++) {
        const struct sample control = {10000.0, 500.0, 500.0};
        const struct sample arm = {10000.0, 500.0 + more, 500.0 + more};
        struct comparison found = inference_compare(&control, &arm, &how);
        assert_int_equal(found.p_always <= how.alpha, fabs(found.effect) >= found.half_width);
    }
}

/* A7, and the other two rows of what is feasible. */
static void test_sample_size(void **state) {
    (void)state;
    assert_near(inference_sample_size(0.05, 0.06, 0.05, 0.8), 8157.73, 1e-6, "5 to 6 %");
    assert_int_equal((int64_t)ceil(inference_sample_size(0.05, 0.06, 0.05, 0.8)), 8158);
    assert_int_equal((int64_t)ceil(inference_sample_size(0.05, 0.055, 0.05, 0.8)), 31234);
    assert_int_equal((int64_t)ceil(inference_sample_size(0.05, 0.065, 0.05, 0.8)), 3780);
    assert_int_equal((int64_t)ceil(inference_sample_size(0.05, 0.075, 0.05, 0.8)), 1471);
}

/* t of 1.4069271 with 7.0468745 degrees of freedom, and its p by Simpson's rule. */
static void test_welch(void **state) {
    (void)state;
    static const int64_t a[] = {275, 210, 190, 236, 170, 179};
    static const int64_t b[] = {271, 220, 208, 234, 234, 235, 258, 220};
    struct sample control = {.units = 0.0};
    struct sample arm = {.units = 0.0};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        sample_add(&control, a[i], 1);
    }
    for (size_t i = 0; i < sizeof b / sizeof *b; i++) {
        sample_add(&arm, b[i], 1);
    }
    const struct comparing how = {.is_share = false, .alpha = 0.05, .tau = 20.0};
    struct comparison found = inference_compare(&control, &arm, &how);
    assert_near(found.effect, 25.0, 1e-12, "effect");
    assert_near(found.variance, 315.7452380952381, 1e-12, "variance");
    assert_near(found.statistic, 1.4069271288584284, 1e-12, "t");
    assert_near(found.p_fixed, 0.20198867735343884, 1e-10, "p");
    assert_near(found.fixed.low + found.fixed.high, 50.0, 1e-12, "around the effect");
    assert_near(student_beyond((found.fixed.high - 25.0) / sqrt(found.variance), 7.046874533683051),
                0.05, 1e-10, "what is left out");
}

static void test_too_few(void **state) {
    (void)state;
    const struct comparing how = {.is_share = true, .alpha = 0.05, .tau = 0.01};
    const struct sample nobody = {.units = 0.0};
    const struct sample none = {100.0, 0.0, 0.0};
    assert_false(inference_compare(&nobody, &nobody, &how).is_known);
    assert_false(inference_compare(&none, &none, &how).is_known); /* no variance */
    assert_near(inference_compare(&none, &nobody, &how).p_always, 1.0, 0.0, "p of nothing");
}

static void test_holm(void **state) {
    (void)state;
    double adjusted[4];
    inference_holm((const double[]){0.01, 0.04, 0.03, 0.005}, 4, adjusted);
    assert_near(adjusted[3], 0.02, 1e-12, "the least, four times");
    assert_near(adjusted[0], 0.03, 1e-12, "the next, three times");
    assert_near(adjusted[2], 0.06, 1e-12, "then twice");
    assert_near(adjusted[1], 0.06, 1e-12, "never below the one before");
    inference_holm((const double[]){0.6, 0.7}, 2, adjusted);
    assert_near(adjusted[0], 1.0, 0.0, "at most 1");
}

static void test_winsorise(void **state) {
    (void)state;
    assert_int_equal(inference_winsorise(9900, 9900), 9900);
    assert_int_equal(inference_winsorise(9901, 9900), 9900);
    assert_int_equal(inference_winsorise(0, 9900), 0);
}

static void test_running(void **state) {
    (void)state;
    double p = 1.0;
    p = inference_running(p, 0.4);
    p = inference_running(p, 0.9);
    assert_near(p, 0.4, 0.0, "p that fell");
}

/* 400 of the 2,000 runs of `dev bench experiments`, so that the bounds are some deviations wide. */
static void test_false_alarms(void **state) {
    (void)state;
    struct simulated_experiments of = {.seed = 20270101,
                                       .runs = 400,
                                       .looks = 40,
                                       .units = 20000,
                                       .share = 0.05,
                                       .alpha = 0.05,
                                       .tau = 0.01};
    struct simulated_calls calls = simulate_experiments(&of);
    assert_in_range(calls.msprt, 0, of.runs * 5 / 100);
    assert_in_range(calls.sequence, 0, of.runs * 5 / 100);
    assert_in_range(calls.z_any, of.runs * 24 / 100, of.runs * 36 / 100);
    assert_in_range(calls.z_last, of.runs * 2 / 100, of.runs * 8 / 100);
}

/* The effect that was written down beforehand: one point more. */
static void test_power(void **state) {
    (void)state;
    struct simulated_experiments of = {.seed = 20270102,
                                       .runs = 400,
                                       .looks = 40,
                                       .units = 20000,
                                       .share = 0.05,
                                       .effect = 0.01,
                                       .alpha = 0.05,
                                       .tau = 0.01};
    struct simulated_calls calls = simulate_experiments(&of);
    assert_in_range(calls.msprt, of.runs * 89 / 100, of.runs * 97 / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_srm),
        cmocka_unit_test(test_srm_weighted),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_sequence_agrees),
        cmocka_unit_test(test_sample_size),
        cmocka_unit_test(test_welch),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_holm),
        cmocka_unit_test(test_winsorise),
        cmocka_unit_test(test_running),
        cmocka_unit_test(test_false_alarms),
        cmocka_unit_test(test_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
