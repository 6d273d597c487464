#include "core/experiment_inference.h"

#include <math.h>

#include "base/check.h"
#include "core/experiment_distribution.h"

/* --- before --- */

double inference_sample_size(double p1, double p2, double alpha, double power) {
    check(p1 >= 0.0 && p1 <= 1.0);
    check(p2 >= 0.0 && p2 <= 1.0);
    check(p1 != p2);
    check(alpha > 0.0 && alpha < 1.0);
    check(power > 0.0 && power < 1.0);
    double mean = (p1 + p2) / 2.0;
    double pooled = sqrt(2.0 * mean * (1.0 - mean));
    double own = sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2));
    double reach = normal_quantile(1.0 - alpha / 2.0) * pooled + normal_quantile(power) * own;
    return reach * reach / ((p2 - p1) * (p2 - p1));
}

/* --- sample ratio --- */

struct srm inference_srm(const int64_t *counts, const int64_t *weights, size_t arms) {
    check(arms >= 2);
    check(arms <= EXPERIMENT_ARMS_MAX);
    double counted = 0.0;
    double weighed = 0.0;
    for (size_t i = 0; i < arms; i++) {
        check(counts[i] >= 0);
        check(weights[i] > 0);
        counted += (double)counts[i];
        weighed += (double)weights[i];
    }
    struct srm srm = {.p = 1.0};
    if (counted <= 0.0) {
        return srm;
    }
    for (size_t i = 0; i < arms; i++) {
        double expected = counted * (double)weights[i] / weighed;
        double off = (double)counts[i] - expected;
        srm.chi_square += off * off / expected;
    }
    check(srm.chi_square >= 0.0);
    srm.p = chi_square_above(srm.chi_square, (int)arms - 1);
    srm.is_failed = srm.p < INFERENCE_SRM_ALPHA;
    return srm;
}

/* --- samples --- */

void sample_add(struct sample *sample, int64_t value, int64_t units) {
    check(units >= 0);
    double x = (double)value;
    sample->units += (double)units;
    sample->sum += x * (double)units;
    sample->sum_of_squares += x * x * (double)units;
}

int64_t inference_winsorise(int64_t value, int64_t cut) {
    return value > cut ? cut : value;
}

double sample_mean(const struct sample *sample) {
    return sample->units > 0.0 ? sample->sum / sample->units : 0.0;
}

/* Of the values themselves. */
static double spread(const struct sample *sample, bool is_share) {
    double mean = sample_mean(sample);
    check(sample->units >= 2.0);
    check(sample->sum_of_squares >= 0.0);
    if (is_share) {
        check(mean >= 0.0 && mean <= 1.0);
        return mean * (1.0 - mean);
    }
    double sum = sample->sum_of_squares - sample->sum * mean;
    return sum > 0.0 ? sum / (sample->units - 1.0) : 0.0;
}

double sample_mean_variance(const struct sample *sample, bool is_share) {
    return sample->units < 2.0 ? 0.0 : spread(sample, is_share) / sample->units;
}

/* --- as if this were the only look --- */

static void compare_shares(const struct sample *control, const struct sample *arm, double alpha,
                           struct comparison *into) {
    double pooled = (control->sum + arm->sum) / (control->units + arm->units);
    double variance = pooled * (1.0 - pooled) * (1.0 / control->units + 1.0 / arm->units);
    check(variance > 0.0);
    into->statistic = into->effect / sqrt(variance);
    into->p_fixed = 2.0 * normal_above(fabs(into->statistic));
    double reach = normal_quantile(1.0 - alpha / 2.0) * sqrt(into->variance);
    into->fixed = (struct interval_of){into->effect - reach, into->effect + reach};
}

/* Welch: the variances need not be equal; degrees of freedom after Satterthwaite. */
static void compare_values(const struct sample *control, const struct sample *arm, double alpha,
                           struct comparison *into) {
    double a = sample_mean_variance(control, false);
    double b = sample_mean_variance(arm, false);
    double df = (a + b) * (a + b) / (a * a / (control->units - 1.0) + b * b / (arm->units - 1.0));
    check(df > 0.0);
    into->statistic = into->effect / sqrt(into->variance);
    into->p_fixed = student_beyond(into->statistic, df);
    double reach = student_bound(alpha, df) * sqrt(into->variance);
    into->fixed = (struct interval_of){into->effect - reach, into->effect + reach};
}

/* --- at any look --- */

double inference_msprt(double effect, double variance, double tau) {
    check(variance > 0.0);
    check(tau > 0.0);
    double square = tau * tau;
    double wide = variance + square;
    return sqrt(variance / wide) * exp(square * effect * effect / (2.0 * variance * wide));
}

double inference_msprt_half_width(double variance, double tau, double alpha) {
    check(variance > 0.0);
    check(tau > 0.0);
    check(alpha > 0.0 && alpha < 1.0);
    double square = tau * tau;
    double wide = variance + square;
    return sqrt(variance * wide / square * (2.0 * log(1.0 / alpha) + log(wide / variance)));
}

double inference_running(double before, double now) {
    return now < before ? now : before;
}

double inference_asymptotic_half_width(double deviation, double units, double horizon,
                                       double alpha) {
    check(units > 0.0);
    check(horizon > 0.0);
    check(alpha > 0.0 && alpha < 1.0);
    check(deviation >= 0.0);
    double log_alpha = -2.0 * log(alpha);
    double square = (log_alpha + log(log_alpha + 1.0)) / horizon;
    double scaled = units * square + 1.0;
    return deviation * sqrt(2.0 * scaled / (units * units * square) * log(sqrt(scaled) / alpha));
}

struct comparison inference_compare(const struct sample *control, const struct sample *arm,
                                    const struct comparing *how) {
    check(how->tau > 0.0);
    check(how->alpha > 0.0 && how->alpha < 1.0);
    struct comparison found = {
        .effect = sample_mean(arm) - sample_mean(control),
        .variance =
            sample_mean_variance(control, how->is_share) + sample_mean_variance(arm, how->is_share),
        .p_fixed = 1.0,
        .p_always = 1.0,
    };
    found.is_known = control->units >= 2.0 && arm->units >= 2.0 && found.variance > 0.0;
    if (!found.is_known) {
        return found;
    }
    if (how->is_share) {
        compare_shares(control, arm, how->alpha, &found);
    } else {
        compare_values(control, arm, how->alpha, &found);
    }
    found.likelihood_ratio = inference_msprt(found.effect, found.variance, how->tau);
    found.p_always = inference_running(1.0, 1.0 / found.likelihood_ratio);
    found.half_width = inference_msprt_half_width(found.variance, how->tau, how->alpha);
    check(found.half_width >= 0.0);
    check(found.p_always >= 0.0 && found.p_always <= 1.0);
    check(found.fixed.low <= found.fixed.high);
    return found;
}

/* --- several arms --- */

void inference_holm(const double *p, size_t count, double *ret_adjusted) {
    check(count <= EXPERIMENT_ARMS_MAX);
    bool is_done[EXPERIMENT_ARMS_MAX] = {false};
    double highest = 0.0;
    for (size_t step = 0; step < count; step++) {
        size_t least = count;
        for (size_t i = 0; i < count; i++) {
            if (!is_done[i] && (least == count || p[i] < p[least])) {
                least = i;
            }
        }
        check(least < count);
        double adjusted = p[least] * (double)(count - step);
        highest = adjusted > highest ? adjusted : highest;
        ret_adjusted[least] = highest > 1.0 ? 1.0 : highest;
        is_done[least] = true;
    }
}
