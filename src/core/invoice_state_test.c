/* Guards: every invoice stands in exactly one state, whatever is so of it, and who looks for a
 * state finds those that are in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/invoice_state.h"

static bool fits(int wanted, int is) {
    return wanted < 0 || wanted == is;
}

static void all_facts_lead_to_one_state(void **state) {
    (void)state;
    for (int status = 0; status < INVOICE_STATUS_COUNT; status++) {
        for (int bits = 0; bits < 8; bits++) {
            const struct invoice_facts facts = {(enum invoice_status)status, bits & 1,
                                                (bits & 2) != 0, (bits & 4) != 0};
            int found = 0;
            for (int s = 0; s < INVOICE_STATE_COUNT; s++) {
                struct invoice_state_wants wants = invoice_state_wants((enum invoice_state)s);
                bool is = fits(wants.status, status) && fits(wants.late, facts.is_late) &&
                          fits(wants.given_back, facts.is_given_back) &&
                          fits(wants.corrected, facts.is_corrected);
                found += is;
                assert_int_equal(is, invoice_state_of(facts) == (enum invoice_state)s);
            }
            assert_int_equal(found, 1);
        }
    }
}

static void words_are_these(void **state) {
    (void)state;
    static const struct {
        struct invoice_facts facts;
        const char *word;
    } rows[] = {
        {{INVOICE_DRAFT, false, false, false}, "draft"},
        {{INVOICE_OPEN, false, false, false}, "due"},
        {{INVOICE_OPEN, true, false, false}, "past_due"},
        {{INVOICE_PAID, false, false, false}, "paid"},
        {{INVOICE_PAID, false, true, false}, "refunded"},
        {{INVOICE_PAID, false, true, true}, "corrected"},
        {{INVOICE_VOID, true, false, false}, "void"},
        {{INVOICE_UNCOLLECTIBLE, true, false, false}, "written_off"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(invoice_state_name(invoice_state_of(rows[i].facts)), rows[i].word);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_facts_lead_to_one_state),
        cmocka_unit_test(words_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
