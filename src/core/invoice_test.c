/* Guards: what may be done to an invoice, cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/invoice.h"

/* A row a status, a column an event; "-" is refused. */
static const char *const expected[INVOICE_STATUS_COUNT][INVOICE_EVENT_COUNT] = {
    /* finalize  pay     void    give up */
    {"open", "-", "-", "-"},                /* draft */
    {"-", "paid", "void", "uncollectible"}, /* open */
    {"-", "-", "-", "-"},                   /* paid */
    {"-", "-", "-", "-"},                   /* void */
    {"-", "paid", "void", "-"},             /* uncollectible */
};

static void every_cell_is_as_stripe_has_it(void **state) {
    (void)state;
    for (int s = 0; s < INVOICE_STATUS_COUNT; s++) {
        for (int e = 0; e < INVOICE_EVENT_COUNT; e++) {
            struct invoice_step step = invoice_step((enum invoice_status)s, (enum invoice_event)e);
            const char *next = step.is_legal ? invoice_status_name(step.next) : "-";
            assert_string_equal(next, expected[s][e]);
            assert_true(step.is_legal || step.next == (enum invoice_status)s);
        }
    }
}

static void statuses_have_stripes_names(void **state) {
    (void)state;
    enum invoice_status status;
    for (int s = 0; s < INVOICE_STATUS_COUNT; s++) {
        const char *name = invoice_status_name((enum invoice_status)s);
        assert_true(invoice_status_parse(str_from_cstr(name), &status));
        assert_int_equal(status, s);
        assert_int_equal(invoice_is_owed(status), status == INVOICE_OPEN);
    }
    assert_false(invoice_status_parse(STR("voided"), &status));
    assert_string_equal(invoice_event_name(INVOICE_GIVE_UP), "mark_uncollectible");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_stripe_has_it),
        cmocka_unit_test(statuses_have_stripes_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
