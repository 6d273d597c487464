/* Guards: what may happen to a contract, cell by cell; nobody accepts what one person alone has
 * agreed to. */
#include "core/contract.h"

#include "base/testing.h"

/* A row a status, a column an event; "-" is refused. */
static const char *const expected[CONTRACT_STATUS_COUNT][CONTRACT_EVENT_COUNT] = {
    /* write, submit, approve, refuse, accept, decline, withdraw, expire, begin, fail, supersede,
     * renew, end */
    [CONTRACT_REQUESTED] = {"draft", "-", "-", "-", "-", "declined", "withdrawn", "-", "-", "-",
                            "-", "-", "-"},
    [CONTRACT_DRAFT] = {"draft", "pending", "-", "-", "-", "-", "withdrawn", "-", "-", "-", "-",
                        "-", "-"},
    [CONTRACT_PENDING] = {"-", "-", "offered", "draft", "-", "-", "withdrawn", "-", "-", "-", "-",
                          "-", "-"},
    [CONTRACT_OFFERED] = {"draft", "-", "-", "-", "accepted", "declined", "withdrawn", "expired",
                          "-", "-", "-", "-", "-"},
    [CONTRACT_ACCEPTED] = {"-", "-", "-", "-", "-", "-", "withdrawn", "-", "active", "offered", "-",
                           "-", "ended"},
    [CONTRACT_ACTIVE] = {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "superseded", "renewed",
                         "ended"},
};

static void every_cell_is_as_agreed(void **state) {
    (void)state;
    for (int s = 0; s < CONTRACT_STATUS_COUNT; s++) {
        for (int e = 0; e < CONTRACT_EVENT_COUNT; e++) {
            struct contract_step step =
                contract_step((enum contract_status)s, (enum contract_event)e);
            const char *wanted = expected[s][e] == NULL ? "-" : expected[s][e];
            assert_string_equal(step.is_legal ? contract_status_name(step.next) : "-", wanted);
            assert_true(step.is_legal || step.next == (enum contract_status)s);
            assert_false(contract_is_over((enum contract_status)s) && step.is_legal);
        }
    }
}

/* Every way from a request to an acceptance leads over a second person's yes. */
static void nothing_is_accepted_without_a_second_person(void **state) {
    bool is_reached[CONTRACT_STATUS_COUNT] = {[CONTRACT_REQUESTED] = true};
    (void)state;
    for (int round = 0; round < CONTRACT_STATUS_COUNT; round++) {
        for (int s = 0; s < CONTRACT_STATUS_COUNT; s++) {
            for (int e = 0; is_reached[s] && e < CONTRACT_EVENT_COUNT; e++) {
                if (e != CONTRACT_APPROVE) {
                    is_reached[contract_step((enum contract_status)s, (enum contract_event)e)
                                   .next] = true;
                }
            }
        }
    }
    assert_false(is_reached[CONTRACT_OFFERED]);
    assert_false(is_reached[CONTRACT_ACCEPTED]);
    assert_false(is_reached[CONTRACT_ACTIVE]);
}

static void names_are_read_back(void **state) {
    enum contract_status status;
    (void)state;
    for (int s = 0; s < CONTRACT_STATUS_COUNT; s++) {
        const char *name = contract_status_name((enum contract_status)s);
        assert_true(contract_status_parse(str_from_cstr(name), &status));
        assert_int_equal(status, s);
    }
    assert_false(contract_status_parse(STR("signed"), &status));
    assert_string_equal(contract_event_name(CONTRACT_SUPERSEDE), "supersede");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_agreed),
        cmocka_unit_test(nothing_is_accepted_without_a_second_person),
        cmocka_unit_test(names_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
