#include "core/consumer.h"

#include <assert.h>

#include "base/check.h"

/* Where Directive 2011/83/EU holds, to which Directive (EU) 2023/2673 adds the function. */
static const char area[][3] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI",
                               "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
                               "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"};

struct consumer_policy consumer_policy_default(void) {
    struct consumer_policy policy = {
        .withdrawal_days = WITHDRAWAL_DAYS_DEFAULT,
        .withdrawal_tiers = ~0U,
        .country_count = sizeof area / sizeof area[0],
    };
    static_assert(sizeof area / sizeof area[0] <= CONSUMER_COUNTRIES_MAX, "they fit");
    for (size_t i = 0; i < policy.country_count; i++) {
        policy.countries[i].code[0] = area[i][0];
        policy.countries[i].code[1] = area[i][1];
    }
    return policy;
}

static bool is_listed(const struct consumer_policy *policy, struct str country) {
    check(policy->country_count <= CONSUMER_COUNTRIES_MAX);
    for (size_t i = 0; i < policy->country_count; i++) {
        if (str_equal(country, str_from_cstr(policy->countries[i].code))) {
            return true;
        }
    }
    return false;
}

bool consumer_may_withdraw(const struct consumer_policy *policy,
                           const struct consumer_facts *facts) {
    check((unsigned)facts->tier < 32); /* a bit of the mask */
    bool is_sold_so = (policy->withdrawal_tiers >> facts->tier & 1U) != 0;
    return is_sold_so && !facts->has_tax_id && is_listed(policy, facts->country);
}

struct instant consumer_withdrawal_end(const struct consumer_policy *policy,
                                       struct instant bought) {
    check(policy->withdrawal_days > 0);
    return instant_add(bought, duration_days(policy->withdrawal_days + 1));
}
