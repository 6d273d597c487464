/* Promise: a correction moves nothing but the difference in tax, whatever was paid and however. */
#include "core/correction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

static const enum invoice_status statuses[] = {INVOICE_DRAFT, INVOICE_OPEN, INVOICE_PAID,
                                               INVOICE_VOID, INVOICE_UNCOLLECTIBLE};

/* What the customer owes before, less what they owe after and what went back, is the difference. */
static void keeps_the_books(const struct correction_case *of) {
    struct correction_sums sums = {.refunded = -1};
    if (!correction_settle(of, &sums)) {
        assert_int_equal(sums.refunded, -1);
        return;
    }
    int64_t before = (of->status == INVOICE_OPEN ? of->due : 0) + of->balance;
    int64_t after = sums.due + sums.balance - sums.refunded;
    assert_int_equal(after - before, of->new_total - of->total);
    assert_true(sums.refunded == 0 || of->new_total < of->total);
    assert_true(sums.refunded <= of->paid);
    assert_int_equal(sums.refunded + sums.credited,
                     of->status == INVOICE_PAID ? of->total : of->total - of->due);
}

static void every_small_case(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        for (int total = -1; total <= 4; total++) {
            for (int due = 0; due <= 5; due++) {
                for (int paid = 0; paid <= due; paid++) {
                    for (int rest = 0; rest < 5 * 9; rest++) {
                        const struct correction_case of = {statuses[i], total,    due,
                                                           paid,        rest % 5, rest / 5 - 4};
                        keeps_the_books(&of);
                    }
                }
            }
        }
    }
}

static void settles_as_told(void **state) {
    (void)state;
    static const struct {
        struct correction_case of;
        struct correction_sums sums;
    } rows[] = {
        /* the same total, paid by card: by way of the balance */
        {{INVOICE_PAID, 2900, 2900, 2900, 2900, 0}, {0, 2900, 0, 0}},
        /* no tax any more: it goes back to the card */
        {{INVOICE_PAID, 3451, 3451, 3451, 2900, 0}, {551, 2900, 0, 0}},
        /* more tax: the difference is due */
        {{INVOICE_PAID, 2900, 2900, 2900, 3451, 0}, {0, 2900, 551, 0}},
        /* paid by the balance: nothing was paid that could go back */
        {{INVOICE_PAID, 3451, 0, 0, 2900, 0}, {0, 3451, 0, -551}},
        {{INVOICE_PAID, 3451, 51, 51, 2900, 0}, {51, 3400, 0, -500}},
        /* open: what is owed is owed by the new one */
        {{INVOICE_OPEN, 2900, 2900, 0, 2900, 0}, {0, 0, 2900, 0}},
        {{INVOICE_OPEN, 2900, 1900, 0, 2900, 0}, {0, 1000, 1900, 0}},
        /* what was on the balance besides is used as well, or asked for */
        {{INVOICE_PAID, 2900, 2900, 2900, 2900, -300}, {0, 2900, 0, -300}},
        {{INVOICE_PAID, 2900, 2900, 2900, 2900, 300}, {0, 2900, 300, 0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct correction_sums sums;
        assert_true(correction_settle(&rows[i].of, &sums));
        assert_int_equal(sums.refunded, rows[i].sums.refunded);
        assert_int_equal(sums.credited, rows[i].sums.credited);
        assert_int_equal(sums.due, rows[i].sums.due);
        assert_int_equal(sums.balance, rows[i].sums.balance);
    }
}

static void refuses_what_cannot_be_said(void **state) {
    (void)state;
    static const struct correction_case rows[] = {
        {INVOICE_DRAFT, 2900, 2900, 0, 2900, 0},
        {INVOICE_VOID, 2900, 2900, 0, 2900, 0},
        {INVOICE_UNCOLLECTIBLE, 2900, 2900, 0, 2900, 0},
        {INVOICE_OPEN, 2900, 2900, 1, 2900, 0},
        {INVOICE_OPEN, 2900, 3000, 0, 2900, 0},
        {INVOICE_OPEN, 2900, 0, 0, 2900, 0},
        {INVOICE_PAID, 0, 0, 0, 0, 0},
        {INVOICE_PAID, -5, 0, 0, 0, 0},
        {INVOICE_PAID, 2900, 2900, 2900, -1, 0},
        {INVOICE_PAID, INT64_MAX, 1, 1, 1, 0},
        {INVOICE_PAID, 2900, 2900, 2900, INT64_MAX, 0},
        {INVOICE_PAID, 2900, 1, 1, 1, INT64_MIN},
        {INVOICE_PAID, 2900, -1, 0, 2900, 0},
        {INVOICE_PAID, 2900, 2900, -1, 2900, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct correction_sums sums;
        assert_false(correction_settle(&rows[i], &sums));
    }
}

static void names_every_status(void **state) {
    (void)state;
    assert_string_equal(correction_status_name(CORRECTION_QUOTED), "quoted");
    assert_string_equal(correction_status_name(CORRECTION_WORKING), "working");
    assert_string_equal(correction_status_name(CORRECTION_DONE), "done");
    assert_string_equal(correction_status_name(CORRECTION_STOPPED), "stopped");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_case),
        cmocka_unit_test(settles_as_told),
        cmocka_unit_test(refuses_what_cannot_be_said),
        cmocka_unit_test(names_every_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
