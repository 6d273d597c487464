/* Guards: a withdrawal states which contract, of whom and where the receipt goes; and what stays
 * owed is the share of the time that has passed, never more than was paid. */
#include "core/withdrawal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct plan starter = {.tier = TIER_STARTER, .version = 1, .name = "Starter"};

static void the_statement_says_which_and_whose(void **state) {
    (void)state;
    char bytes[WITHDRAWAL_TEXT_SIZE];
    struct text text;
    const struct withdrawal_facts facts = {
        .plan = &starter,
        .interval = INTERVAL_MONTH,
        .subscription_id = STR("subs_1"),
        .bought_at = {INT64_C(1772366400000)}, /* 2026-03-01T12:00:00Z */
        .name = STR("Ada Fern"),
        .email = STR("ada@example.com"),
    };
    text_init(&text, bytes, sizeof bytes);
    withdrawal_statement(&text, LANGUAGE_EN, &facts);
    assert_string_equal(bytes,
                        "I withdraw from my contract for the plan Starter (monthly), which I "
                        "concluded on 1 March 2026. Subscription: subs_1. Name: Ada Fern. "
                        "Confirmation to: ada@example.com");
    text_init(&text, bytes, sizeof bytes);
    withdrawal_statement(&text, LANGUAGE_DE, &facts);
    assert_string_equal(bytes,
                        "Ich widerrufe meinen Vertrag über den Tarif Starter (monatlich), den "
                        "ich geschlossen habe am 1. März 2026. Abonnement: subs_1. Name: Ada "
                        "Fern. Bestätigung an: ada@example.com");
}

static void the_longest_fits(void **state) {
    (void)state;
    char bytes[WITHDRAWAL_TEXT_SIZE];
    char name[WITHDRAWAL_NAME_MAX];
    char email[320];
    struct plan plan = {.tier = TIER_STARTER};
    struct text text;
    memset(plan.name, 'W', sizeof plan.name - 1);
    memset(name, 'W', sizeof name);
    memset(email, 'W', sizeof email);
    const struct withdrawal_facts facts = {&plan,
                                           INTERVAL_YEAR,
                                           STR("subs_01234567890123456789012345"),
                                           {0},
                                           str_of(name, sizeof name),
                                           str_of(email, sizeof email)};
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        text_init(&text, bytes, sizeof bytes);
        withdrawal_statement(&text, (enum language)language, &facts);
        assert_true(text_fits(&text));
    }
}

static void what_is_kept_is_the_share_of_the_time(void **state) {
    (void)state;
    static const struct {
        int64_t total, start, end, at, kept;
    } rows[] = {
        {3000, 0, 30, 0, 0},
        {3000, 0, 30, 1, 100},
        {3000, 0, 30, 30, 3000},
        {3000, 0, 30, 99, 3000},
        {3000, 10, 40, 5, 0},
        {2900, 0, 31, 1, 93},
        {-2900, 0, 31, 1, -93},
        {500, 7, 7, 1, 500},
        {MONEY_MINOR_MAX, 0, 2, 1, MONEY_MINOR_MAX / 2},
        {0, 0, 30, 15, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct withdrawal_line line = {rows[i].total, {{rows[i].start}, {rows[i].end}}};
        assert_int_equal(withdrawal_kept(&line, (struct instant){rows[i].at}), rows[i].kept);
    }
}

static void more_time_never_costs_less(void **state) {
    (void)state;
    struct withdrawal_line line = {10692, {{1000}, {1000 + INT64_C(31536000000)}}};
    int64_t before = 0;
    for (int64_t at = 0; at <= INT64_C(31536002000); at += INT64_C(86400000)) {
        int64_t kept = withdrawal_kept(&line, (struct instant){at});
        assert_true(kept >= before && kept <= line.total);
        before = kept;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statement_says_which_and_whose),
        cmocka_unit_test(the_longest_fits),
        cmocka_unit_test(what_is_kept_is_the_share_of_the_time),
        cmocka_unit_test(more_time_never_costs_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
