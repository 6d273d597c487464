/* Prices; see price.h. */
#include "core/price.h"

#include "base/check.h"
#include "base/int128.h"

enum { MONTHS_OF_YEAR = 12 };

bool price_of(const struct plan *plan, enum interval interval, struct money *ret_price) {
    check((unsigned)interval < INTERVAL_COUNT);
    const struct plan_price *price = &plan->prices[interval];
    if (!price->is_set) {
        return false;
    }
    check(money_is_valid(price->amount));
    check(!money_is_negative(price->amount));
    *ret_price = price->amount;
    return true;
}

bool price_is_free(const struct plan *plan) {
    struct money month;
    struct money year;
    return price_of(plan, INTERVAL_MONTH, &month) && price_of(plan, INTERVAL_YEAR, &year) &&
           money_is_zero(month) && money_is_zero(year);
}

bool price_is_contract(const struct plan *plan) {
    struct money price;
    return !price_of(plan, INTERVAL_MONTH, &price) && !price_of(plan, INTERVAL_YEAR, &price);
}

bool price_yearly_saving(const struct plan *plan, struct money *ret_saving) {
    struct money month;
    struct money year;
    struct money twelve;
    if (!price_of(plan, INTERVAL_MONTH, &month) || !price_of(plan, INTERVAL_YEAR, &year) ||
        !money_multiply_ratio(month, (struct ratio){MONTHS_OF_YEAR, 1}, ROUND_TOWARD_ZERO,
                              &twelve)) {
        return false;
    }
    struct money saving;
    check(currency_equal(month.currency, year.currency)); /* catalogue_check */
    bool is_in_range = money_subtract(twelve, year, &saving);
    check(is_in_range); /* neither is negative */
    *ret_saving = money_is_negative(saving) ? money_zero(year.currency) : saving;
    check(!money_is_negative(*ret_saving));
    return true;
}

/* The least n for which n months cost more than the year. */
static int months_above(struct money month, struct money year) {
    int months = 0;
    for (int n = 1; n <= MONTHS_OF_YEAR && months == 0; n++) {
        struct money paid;
        bool is_in_range =
            money_multiply_ratio(month, (struct ratio){n, 1}, ROUND_TOWARD_ZERO, &paid);
        months = !is_in_range || money_compare(paid, year) > 0 ? n : 0;
    }
    return months;
}

bool price_compare(const struct plan *plan, struct price_comparison *ret_comparison) {
    struct price_comparison all = {.saving_percent = 0};
    if (!price_of(plan, INTERVAL_MONTH, &all.month) || !price_of(plan, INTERVAL_YEAR, &all.year) ||
        !money_multiply_ratio(all.month, (struct ratio){MONTHS_OF_YEAR, 1}, ROUND_TOWARD_ZERO,
                              &all.twelve_months) ||
        !price_yearly_saving(plan, &all.saving)) {
        return false;
    }
    bool fits = money_multiply_ratio(all.year, (struct ratio){1, MONTHS_OF_YEAR},
                                     ROUND_HALF_AWAY_FROM_ZERO, &all.year_by_month);
    check(fits); /* a part of what is in range */
    if (!money_is_zero(all.twelve_months)) {
        all.saving_percent = (int)((i128)all.saving.minor * 100 / all.twelve_months.minor);
    }
    all.months_to_pay_off = months_above(all.month, all.year);
    check(all.saving_percent >= 0);
    check(all.saving_percent <= 100);
    *ret_comparison = all;
    return true;
}
