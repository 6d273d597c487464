#include "core/experiment_distribution.h"

#include <math.h>
#include <stdbool.h>

#include "base/check.h"

enum { TERMS_MAX = 10000, HALVINGS = 200 };
static const double tiny = 1e-300;  /* in the place of a zero that would be divided by */
static const double many = 1e6;     /* degrees of freedom */
static const double enough = 1e-16; /* what a further term must still change */

double normal_above(double z) {
    return erfc(z / sqrt(2.0)) / 2.0;
}

/* Halves an interval that holds the answer; the upper tail is used, which is exact where it is
 * small. */
double normal_quantile(double p) {
    check(p > 0.0 && p < 1.0);
    double tail = p < 0.5 ? p : 1.0 - p;
    double low = 0.0;
    double high = 40.0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2.0;
        bool is_below = normal_above(middle) > tail;
        low = is_below ? middle : low;
        high = is_below ? high : middle;
    }
    check(low <= high);
    return p < 0.5 ? -low : low;
}

/* lgamma() leaves the sign in a variable of the process. */
static double log_gamma(double x) {
    int sign = 0;
    check(x > 0.0);
    return lgamma_r(x, &sign);
}

/* --- chi-square --- */

static double gamma_series(double a, double x) {
    check(a > 0.0);
    check(x > 0.0);
    double term = 1.0 / a;
    double sum = term;
    for (int n = 1; n < TERMS_MAX && term > sum * enough; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(a * log(x) - x - log_gamma(a));
}

/* By Lentz's method: numerators and denominators of the convergents as ratios. */
static double gamma_fraction(double a, double x) {
    check(a > 0.0);
    check(x >= a + 1.0); /* where it converges fast */
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double value = d;
    double change = 0.0;
    for (int n = 1; n < TERMS_MAX && fabs(change - 1.0) > enough; n++) {
        double numerator = n * (a - n);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = b + numerator / c;
        c = fabs(c) < tiny ? tiny : c;
        change = c * d;
        value *= change;
    }
    return value * exp(a * log(x) - x - log_gamma(a));
}

double chi_square_above(double x, int df) {
    check(df >= 1);
    double a = df / 2.0;
    double half = x / 2.0;
    if (half <= 0.0) {
        return 1.0;
    }
    return half < a + 1.0 ? 1.0 - gamma_series(a, half) : gamma_fraction(a, half);
}

/* --- Student --- */

static double beta_step(double a, double b, double x, int n) {
    int m = n / 2;
    return n % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
                      : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0));
}

static double beta_fraction(double a, double b, double x) {
    check(a > 0.0);
    check(b > 0.0);
    check(x > 0.0 && x < 1.0);
    double c = 1.0 / tiny;
    double d = 1.0;
    double value = d;
    double change = 0.0;
    for (int n = 1; n < TERMS_MAX && fabs(change - 1.0) > enough; n++) {
        double numerator = beta_step(a, b, x, n);
        d = 1.0 + numerator * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + numerator / c;
        c = fabs(c) < tiny ? tiny : c;
        change = c * d;
        value *= change;
    }
    return value;
}

/* I(a, b) at x; the fraction converges fast on the nearer side of the mean. */
static double beta_below(double a, double b, double x) {
    if (x <= 0.0 || x >= 1.0) {
        return x <= 0.0 ? 0.0 : 1.0;
    }
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(a, b, x) / a
                                         : 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

double student_beyond(double t, double df) {
    check(df > 0.0);
    if (df > many) {
        return 2.0 * normal_above(fabs(t)); /* the same, and log_gamma() has fewer digits there */
    }
    return beta_below(df / 2.0, 0.5, df / (df + t * t));
}

double student_bound(double p, double df) {
    check(p > 0.0 && p < 1.0);
    check(df > 0.0);
    double low = 0.0;
    double high = 1.0;
    while (student_beyond(high, df) > p && high < 1e15) {
        high *= 2.0;
    }
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2.0;
        bool is_below = student_beyond(middle, df) > p;
        low = is_below ? middle : low;
        high = is_below ? high : middle;
    }
    return low;
}
