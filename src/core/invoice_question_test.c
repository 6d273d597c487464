/* Promise: a question about an invoice goes no way but its own, nothing settled moves again, and
 * nothing is explained that was not answered. */
#include "core/invoice_question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_cell(void **state) {
    (void)state;
    for (int s = 0; s < INVOICE_QUESTION_STATE_COUNT; s++) {
        for (int e = 0; e < INVOICE_QUESTION_EVENT_COUNT; e++) {
            struct invoice_question_step step = invoice_question_step(
                (enum invoice_question_state)s, (enum invoice_question_event)e);
            bool answers = e == INVOICE_QUESTION_ANSWER;
            bool is_legal = answers                         ? s == INVOICE_QUESTION_OPEN
                            : e == INVOICE_QUESTION_EXPLAIN ? s == INVOICE_QUESTION_ANSWERED
                                                            : s != INVOICE_QUESTION_SETTLED;
            int moved = answers ? INVOICE_QUESTION_ANSWERED : INVOICE_QUESTION_SETTLED;
            assert_int_equal(step.is_legal, is_legal);
            assert_int_equal(step.next, is_legal ? moved : s);
        }
    }
}

static void the_words(void **state) {
    (void)state;
    assert_string_equal(invoice_question_kind_name(INVOICE_QUESTION_ASKS), "question");
    assert_string_equal(invoice_question_kind_name(INVOICE_QUESTION_DISPUTES), "dispute");
    assert_string_equal(invoice_question_state_name(INVOICE_QUESTION_OPEN), "open");
    assert_string_equal(invoice_question_state_name(INVOICE_QUESTION_ANSWERED), "answered");
    assert_string_equal(invoice_question_state_name(INVOICE_QUESTION_SETTLED), "settled");
    assert_string_equal(invoice_question_settlement_name(INVOICE_QUESTION_EXPLAINED), "explained");
    assert_string_equal(invoice_question_settlement_name(INVOICE_QUESTION_CORRECTED), "corrected");
    assert_string_equal(invoice_question_settlement_name(INVOICE_QUESTION_WITHDRAWN), "withdrawn");
}

static void each_settlement_has_its_event(void **state) {
    (void)state;
    assert_int_equal(invoice_question_event_of(INVOICE_QUESTION_EXPLAINED),
                     INVOICE_QUESTION_EXPLAIN);
    assert_int_equal(invoice_question_event_of(INVOICE_QUESTION_CORRECTED),
                     INVOICE_QUESTION_CORRECT);
    assert_int_equal(invoice_question_event_of(INVOICE_QUESTION_WITHDRAWN),
                     INVOICE_QUESTION_WITHDRAW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell),
        cmocka_unit_test(the_words),
        cmocka_unit_test(each_settlement_has_its_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
