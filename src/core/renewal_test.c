/* Guards: whoever is to agree to a renewal reads what renews, at what price, how often, from when
 * on and how it ends, in their language; and any change of it is another text. */
#include "core/renewal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct plan starter = {.tier = TIER_STARTER, .version = 2, .name = "Starter"};
static const struct coupon launch = {.code = "LAUNCH"};

static struct renewal monthly(void) {
    return (struct renewal){
        .plan = &starter,
        .interval = INTERVAL_MONTH,
        .price = {2900, {"usd"}},
        .first_at = {INT64_C(1772366400000)}, /* 2026-03-01T12:00:00Z */
    };
}

static const char *said(enum language language, const struct renewal *renewal,
                        char bytes[RENEWAL_TEXT_SIZE]) {
    struct text text;
    text_init(&text, bytes, RENEWAL_TEXT_SIZE);
    renewal_sentence(&text, language, renewal);
    assert_true(text_fits(&text));
    return bytes;
}

static void it_says_what_renews_and_how_it_ends(void **state) {
    (void)state;
    char bytes[RENEWAL_TEXT_SIZE];
    struct renewal renewal = monthly();
    assert_string_equal(
        said(LANGUAGE_EN, &renewal, bytes),
        "Starter renews every month for $29.00, for the first time on 1 March 2026, until you "
        "cancel. You can cancel online at any time, under “Billing” with “Cancel plan”: the plan "
        "then ends with the period that is paid.");
    renewal.coupon = &launch;
    renewal.is_taxed = true;
    renewal.interval = INTERVAL_YEAR;
    assert_string_equal(
        said(LANGUAGE_DE, &renewal, bytes),
        "Starter verlängert sich jedes Jahr für 29,00\xC2\xA0$ zuzüglich Steuern, abzüglich des "
        "Nachlasses durch den Gutschein LAUNCH, solange er gilt, erstmals am 1. März 2026, bis du "
        "kündigst. Kündigen kannst du jederzeit online, unter „Abrechnung“ mit „Tarif kündigen“: "
        "Der Tarif endet dann mit dem bezahlten Zeitraum.");
}

static void whatever_changes_makes_another_text(void **state) {
    (void)state;
    enum { WAYS = 6 };
    struct renewal ways[WAYS];
    static const struct plan other = {.tier = TIER_PROFESSIONAL, .name = "Professional"};
    for (size_t i = 0; i < WAYS; i++) {
        ways[i] = monthly();
    }
    ways[0].plan = &other;
    ways[1].interval = INTERVAL_YEAR;
    ways[2].price.minor++;
    ways[3].first_at.ms += INT64_C(86400000);
    ways[4].coupon = &launch;
    ways[5].is_taxed = true;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char one[RENEWAL_TEXT_SIZE];
        char two[RENEWAL_TEXT_SIZE];
        struct renewal before = monthly();
        for (size_t i = 0; i < WAYS; i++) {
            assert_string_not_equal(said((enum language)language, &before, one),
                                    said((enum language)language, &ways[i], two));
        }
        struct renewal later = monthly();
        later.first_at.ms += INT64_C(3600000); /* the day counts, not the hour */
        assert_string_equal(said((enum language)language, &before, one),
                            said((enum language)language, &later, two));
    }
}

static void the_longest_of_all_fits(void **state) {
    (void)state;
    struct plan plan = {.tier = TIER_STARTER};
    struct coupon coupon = {.code = ""};
    memset(plan.name, 'W', sizeof plan.name - 1);
    memset(coupon.code, 'W', sizeof coupon.code - 1);
    struct renewal renewal = monthly();
    renewal.plan = &plan;
    renewal.coupon = &coupon;
    renewal.is_taxed = true;
    renewal.interval = INTERVAL_MONTH;
    renewal.price = (struct money){MONEY_MINOR_MAX, {"kwd"}};
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char bytes[RENEWAL_TEXT_SIZE];
        struct text text;
        (void)said((enum language)language, &renewal, bytes);
        text_init(&text, bytes, sizeof bytes);
        renewal_early_start(&text, (enum language)language, &plan, 365);
        assert_true(text_fits(&text));
    }
}

static void an_early_start_says_what_it_costs(void **state) {
    (void)state;
    char bytes[RENEWAL_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    renewal_early_start(&text, LANGUAGE_EN, &starter, 14);
    assert_string_equal(bytes, "I ask for Starter to begin at once, within the 14 days in which I "
                               "may withdraw from the contract. If I withdraw, I pay for the time "
                               "until then.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_renews_and_how_it_ends),
        cmocka_unit_test(whatever_changes_makes_another_text),
        cmocka_unit_test(the_longest_of_all_fits),
        cmocka_unit_test(an_early_start_says_what_it_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
