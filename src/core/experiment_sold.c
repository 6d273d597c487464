#include "core/experiment_sold.h"

#include "base/check.h"
#include "base/int128.h"

void experiment_sold_add(struct experiment_sold *sold, enum tier tier, enum interval interval,
                         int64_t monthly, int64_t units) {
    check((unsigned)tier < TIER_COUNT);
    check((unsigned)interval < INTERVAL_COUNT);
    check(units >= 0 && units <= EXPERIMENT_UNITS_MAX);
    check(monthly > 0 && monthly <= MONEY_MINOR_MAX);
    sold->paying += units;
    sold->yearly += interval == INTERVAL_YEAR ? units : 0;
    sold->tiers[tier] += units;
    i128 monthly_all = (i128)monthly * units;
    check(monthly_all <= INT64_MAX - sold->monthly);
    sold->monthly += (int64_t)monthly_all;
    check(sold->yearly <= sold->paying);
}

static int64_t share(int64_t part, int64_t whole) {
    check(part >= 0 && part <= whole);
    return whole > 0 ? part * EXPERIMENT_PPM / whole : 0;
}

int64_t experiment_sold_conversion(const struct experiment_sold *sold) {
    return share(sold->paying, sold->units);
}

int64_t experiment_sold_annual(const struct experiment_sold *sold) {
    return share(sold->yearly, sold->paying);
}

int64_t experiment_sold_mix(const struct experiment_sold *sold, enum tier tier) {
    check((unsigned)tier < TIER_COUNT);
    return share(sold->tiers[tier], sold->paying);
}

int64_t experiment_sold_price(const struct experiment_sold *sold) {
    check(sold->monthly >= 0);
    if (sold->paying == 0) {
        return 0;
    }
    int64_t whole = sold->monthly / sold->paying;
    int64_t twice = 2 * (sold->monthly % sold->paying);
    bool is_up = twice > sold->paying || (twice == sold->paying && whole % 2 != 0);
    return is_up ? whole + 1 : whole;
}
