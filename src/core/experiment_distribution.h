/* The distributions that tests of experiments need, to the precision of the machine's numbers.
 *
 * Core has no floating point but in experiments: what is decided here is how sure one may be, never
 * what somebody owes. Everything is computed from libm's erfc, lgamma, log and exp. */
#ifndef CORE_EXPERIMENT_DISTRIBUTION_H
#define CORE_EXPERIMENT_DISTRIBUTION_H

/* P(Z > z) of the standard normal distribution. */
double normal_above(double z);
/* The z below which the share p of the standard normal distribution lies; 0 < p < 1. */
double normal_quantile(double p);

/* P(X > x) of the chi-square distribution with `df` >= 1 degrees of freedom: the incomplete gamma
 * function Q(df / 2, x / 2), by its series below df / 2 + 1 and its continued fraction above
 * (Abramowitz and Stegun, 6.5.29 and 6.5.31). 1 for x <= 0. */
double chi_square_above(double x, int df);

/* P(|T| > |t|) of Student's distribution with `df` > 0 degrees of freedom, which need not be whole:
 * the incomplete beta function I(df / 2, 1 / 2) at df / (df + t^2) (26.7.1, 26.5.8). */
double student_beyond(double t, double df);
/* The t beyond which, on both sides together, the share p lies; 0 < p < 1. */
double student_bound(double p, double df);

#endif
