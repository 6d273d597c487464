/* What the figures of an experiment allow to say: how many units are needed, whether the arms were
 * filled as they were weighted, how far apart they are, and how sure that is.
 *
 * Two ways to judge. *Fixed horizon*: one test when the number that was written down beforehand is
 * there; looking earlier raises the false alarms far above alpha. *Sequential*: the mixture
 * sequential probability ratio test (mSPRT; Johari, Koomen, Pekelis, Walsh, "Always valid
 * inference", Operations Research 2022), which holds alpha over all looks together, however often
 * one looks. Its tau is fixed beforehand, too.
 *
 * Effects, variances and intervals are in the units of what was measured: a share for conversions,
 * minor units of money for revenue. */
#ifndef CORE_EXPERIMENT_INFERENCE_H
#define CORE_EXPERIMENT_INFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXPERIMENT_ARMS_MAX = 8 };

/* --- before --- */

/* Units that each of two arms needs to find the shares p1 and p2 apart: the pooled variance under
 * no effect, the two own ones under the effect; not rounded. alpha is two-sided. 0 <= p <= 1, p1 !=
 * p2. (Fleiss, "Statistical methods for rates and proportions", 4.14, without continuity
 * correction.) */
double inference_sample_size(double p1, double p2, double alpha, double power);

/* --- whether the arms were filled as they were weighted --- */

/* Sample ratio mismatch: an error in assigning, exposing or counting, which makes every other
 * figure worthless. */
#define INFERENCE_SRM_ALPHA 0.001

struct srm {
    double chi_square, p;
    bool is_failed; /* p < INFERENCE_SRM_ALPHA */
};
/* Weights are any positive numbers. With nobody counted: 0, p 1. */
struct srm inference_srm(const int64_t *counts, const int64_t *weights, size_t arms);

/* --- how far two arms are apart --- */

/* Sums over the units of an arm. Of a share: x is 0 or 1, so both sums are the count. */
struct sample {
    double units, sum, sum_of_squares;
};
double sample_mean(const struct sample *sample);
/* Of the mean: with n - 1 below for values, p(1 - p) / n for shares. 0 with fewer than two units.
 */
double sample_mean_variance(const struct sample *sample, bool is_share);

struct interval_of {
    double low, high;
};

/* One look at a control and another arm. */
struct comparison {
    double effect;   /* mean of the arm less that of the control */
    double variance; /* of the effect, unpooled (Welch) */
    bool is_known;   /* there is a variance; else nothing below says anything */
    /* as if this were the only look */
    double statistic;         /* z, pooled, of shares; t of values */
    double p_fixed;           /* two-sided */
    struct interval_of fixed; /* of the effect, at 1 - alpha */
    /* at any look */
    double likelihood_ratio; /* L of the mSPRT */
    double p_always;         /* min(1, 1 / L) of this look alone; see inference_running */
    double half_width;       /* of the confidence sequence around the effect */
};
struct comparing {
    bool is_share;
    double alpha, tau;
};
struct comparison inference_compare(const struct sample *control, const struct sample *arm,
                                    const struct comparing *how);

/* L = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2))). */
double inference_msprt(double effect, double variance, double tau);
/* sqrt(V (V + tau^2) / tau^2 (2 ln(1 / alpha) + ln((V + tau^2) / V))). */
double inference_msprt_half_width(double variance, double tau, double alpha);
/* What stays of the p of earlier looks: it never rises. */
double inference_running(double before, double now);

/* Half-width of an asymptotic confidence sequence for a mean of `units` values with standard
 * deviation `deviation`, narrowest when `horizon` are there; the horizon is fixed beforehand, since
 * choosing it anew at each look voids what is promised (Waudby-Smith, Arbour, Sinha, Kennedy,
 * Ramdas, "Time-uniform central limit theory", Annals of Statistics 2024). */
double inference_asymptotic_half_width(double deviation, double units, double horizon,
                                       double alpha);

/* --- several arms --- */

/* Holm's step-down: p as they would have to be for one test alone; each at least what it was, in
 * the same order, at most 1. */
void inference_holm(const double *p, size_t count, double *ret_adjusted);

/* --- values --- */

/* A single large account must not decide: what is above the cut counts as the cut, which is written
 * down beforehand. */
int64_t inference_winsorise(int64_t value, int64_t cut);
/* So many units of one value, after the cut, go into the sample. */
void sample_add(struct sample *sample, int64_t value, int64_t units);

#endif
