/* Guards: no lease ever claims more than was granted, whatever its node reports and in whatever
 * order; what is handed out shrinks as the limit nears, down to none. */
#include "core/lease.h"

#include "base/attr.h"
#include "base/testing.h"

static struct lease_report report_of(int64_t taken, int64_t released, int64_t returned,
                                     int64_t recorded) {
    return (struct lease_report){{taken}, {released}, {returned}, {recorded}};
}

static void reports_are_cumulative(void **state) {
    (void)state;
    static const struct {
        struct lease_report report;
        enum lease_refusal refusal;
        int64_t used, outstanding; /* the moves */
    } steps[] = {
        {{{0}, {0}, {0}, {0}}, LEASE_REFUSAL_NONE, 0, 0},
        {{{30}, {0}, {0}, {0}}, LEASE_REFUSAL_NONE, 30, -30},
        {{{30}, {0}, {0}, {0}}, LEASE_REFUSAL_NONE, 0, 0},  /* repeated */
        {{{10}, {0}, {0}, {0}}, LEASE_REFUSAL_NONE, 0, 0},  /* overtaken */
        {{{40}, {15}, {0}, {7}}, LEASE_REFUSAL_NONE, 2, 5}, /* 10 taken, 15 released, 7 recorded */
        {{{40}, {41}, {0}, {7}}, LEASE_REFUSAL_RELEASED, 0, 0},
        {{{126}, {15}, {0}, {7}}, LEASE_REFUSAL_SPENT, 0, 0}, /* 111 of 100 */
        {{{40}, {15}, {76}, {7}}, LEASE_REFUSAL_SPENT, 0, 0}, /* 25 spent, 76 back */
        {{{40}, {15}, {75}, {7}}, LEASE_REFUSAL_NONE, 0, -75},
        {{{40}, {40}, {75}, {7}}, LEASE_REFUSAL_NONE, -25, 25},
        {{{65}, {40}, {75}, {9}}, LEASE_REFUSAL_NONE, 27, -25},
    };
    struct lease lease = lease_grant((struct lease){0}, quantity_of(100));
    int64_t used = 0;
    int64_t outstanding = 100;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct lease_move move = {{0}, {0}};
        struct lease before = lease;
        assert_int_equal(lease_report(&lease, &steps[i].report, &lease, &move), steps[i].refusal);
        assert_int_equal(move.used.amount, steps[i].used);
        assert_int_equal(move.outstanding.amount, steps[i].outstanding);
        used += move.used.amount;
        outstanding += move.outstanding.amount;
        assert_int_equal(lease_used(&lease).amount, used);
        assert_int_equal(lease_outstanding(&lease).amount, outstanding);
        if (steps[i].refusal != LEASE_REFUSAL_NONE) {
            assert_memory_equal(&lease, &before, sizeof lease);
        }
    }
}

static void what_an_ended_lease_had_left_goes_back_once(void **state) {
    (void)state;
    struct lease_move move;
    struct lease_report last = report_of(30, 0, 0, 0);
    struct lease lease = lease_grant((struct lease){0}, quantity_of(100));
    assert_int_equal(lease_report(&lease, &last, &lease, &move), LEASE_REFUSAL_NONE);
    lease = lease_end(lease, &move);
    assert_int_equal(move.outstanding.amount, -70);
    assert_int_equal(move.used.amount, 0);
    lease = lease_end(lease, &move);
    assert_int_equal(move.outstanding.amount, 0);
    struct lease_report more = report_of(31, 0, 0, 0);
    assert_int_equal(lease_report(&lease, &more, &lease, &move), LEASE_REFUSAL_SPENT);
}

static void what_was_reclaimed_and_spent_still_counts(void **state) {
    (void)state;
    struct lease_move move;
    struct lease lease = lease_grant((struct lease){0}, quantity_of(100));
    struct lease_report known = report_of(30, 0, 0, 0);
    assert_int_equal(lease_report(&lease, &known, &lease, &move), LEASE_REFUSAL_NONE);
    lease = lease_reclaim(lease, &move);
    assert_int_equal(move.outstanding.amount, -70);
    assert_int_equal(lease_room(&lease).amount, 0); /* nothing more before the node has answered */

    struct lease_report spent = report_of(50, 0, 0, 0); /* 20 of the 70, unknown until now */
    assert_int_equal(lease_report(&lease, &spent, &lease, &move), LEASE_REFUSAL_NONE);
    assert_int_equal(move.used.amount, 20);
    assert_int_equal(move.outstanding.amount, 0);

    struct lease_report above = report_of(101, 0, 0, 0);
    assert_int_equal(lease_report(&lease, &above, &lease, &move), LEASE_REFUSAL_SPENT);

    struct lease_report back = report_of(50, 0, 50, 0);
    assert_int_equal(lease_report(&lease, &back, &lease, &move), LEASE_REFUSAL_NONE);
    assert_int_equal(move.used.amount, 0);
    assert_int_equal(move.outstanding.amount, 0);
    lease = lease_grant(lease, quantity_of(5));
    assert_int_equal(lease_outstanding(&lease).amount, 5);
}

static void where_no_limit_holds_no_grant_is_needed(void **state) {
    (void)state;
    struct lease_move move;
    struct lease lease = {.is_open = true};
    struct lease_report spent = report_of(1000, 1, 0, 2);
    assert_int_equal(lease_report(&lease, &spent, &lease, &move), LEASE_REFUSAL_NONE);
    assert_int_equal(move.used.amount, 1001);
    assert_int_equal(move.outstanding.amount, 0);
    assert_int_equal(lease.granted.amount, 999);
}

/* A plan of 100,000 requests, of which one node would like 5,000 more. */
static struct lease_question question_of(void) {
    return (struct lease_question){
        .metric = METRIC_API_REQUESTS,
        .limit = {LIMIT_COUNT, {100000}, 110},
        .allowance = {110000},
        .wanted = {5000},
        .nodes = 1,
        .now = {1000000},
    };
}

static void sizes_follow_what_is_left_and_the_rates(void **state) {
    (void)state;
    static const struct {
        int64_t allowance, wanted, rate, rate_of_all, nodes, outstanding; /* given */
        int64_t grant, reserve, ttl_s;                                    /* expected */
    } rows[] = {
        /* Nobody knows the rate: a 64th, and the reserve of 5,000. */
        {110000, 5000, 0, 0, 1, 0, 1718 + 5000, 5000, 1200},
        {110000, 100, 0, 0, 1, 0, 100 + 5000, 5000, 1200},
        {110000, 0, 0, 0, 1, 0, 0, 5000, 1200},
        /* 10/s: 110,000 / (20 x 10) = 550 s, so 5,500; less what is out. */
        {110000, 90000, 10, 10, 1, 0, 5500 + 5000, 5000, 1100},
        {110000, 90000, 10, 10, 1, 7000, 3500, 5000, 1100},
        {110000, 90000, 10, 10, 1, 10500, 0, 5000, 1100},
        /* Never more than the node wishes for. */
        {110000, 3000, 10, 10, 1, 0, 3000 + 5000, 5000, 1100},
        /* A tenth of a fleet of 100/s: the horizon is 60 s at least. */
        {110000, 90000, 10, 100, 10, 0, 600 + 500, 500, 120},
        /* At most half of what is left, divided by the nodes. */
        {2000, 90000, 100, 200, 2, 0, 1000, 2500, 120},
        /* Slow nodes: at most 600 s. */
        {110000, 90000, 1, 1, 1, 0, 1718 + 5000, 5000, 1200},
        /* At least what is worth a lease, but not below what must be left for others. */
        {110000, 1, 0, 0, 1, 0, 8 + 5000, 5000, 1200},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct lease_question question = question_of();
        question.allowance = quantity_of(rows[i].allowance);
        question.wanted = quantity_of(rows[i].wanted);
        question.rate = quantity_of(rows[i].rate);
        question.rate_of_all = quantity_of(rows[i].rate_of_all);
        question.nodes = rows[i].nodes;
        question.outstanding = quantity_of(rows[i].outstanding);
        struct lease_offer offer = lease_offer(&question);
        assert_int_equal(offer.mode, LEASE_MODE_LEASE);
        assert_int_equal(offer.grant.amount, rows[i].grant);
        assert_int_equal(offer.reserve.amount, rows[i].reserve);
        assert_int_equal(offer.ttl.ms, rows[i].ttl_s * 1000);
        assert_false(offer.is_recalled);
    }
}

static void near_the_limit_the_server_decides_alone(void **state) {
    (void)state;
    struct lease_question question = question_of();
    question.nodes = 5;
    question.outstanding = quantity_of(3);
    question.allowance = quantity_of(2 * 5 * 8);
    assert_int_equal(lease_offer(&question).mode, LEASE_MODE_LEASE);
    question.allowance = quantity_of(2 * 5 * 8 - 1);
    struct lease_offer offer = lease_offer(&question);
    assert_int_equal(offer.mode, LEASE_MODE_ASK);
    assert_true(offer.is_recalled);
    assert_int_equal(offer.grant.amount, 0);
    assert_int_equal(offer.reserve.amount, 0);
    question.outstanding = quantity_of(0);
    assert_false(lease_offer(&question).is_recalled);

    question = question_of();
    question.nodes = 214; /* 64 x 214 x 8 <= 110,000 */
    assert_int_equal(lease_offer(&question).mode, LEASE_MODE_LEASE);
    question.nodes = 215;
    assert_int_equal(lease_offer(&question).mode, LEASE_MODE_ASK);

    question = question_of();
    question.is_recalled = true;
    assert_int_equal(lease_offer(&question).mode, LEASE_MODE_ASK);
}

static void gauges_ask_and_what_has_no_limit_is_open(void **state) {
    (void)state;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        struct lease_question question = question_of();
        question.metric = (enum metric)i;
        question.limit = (struct limit){LIMIT_UNLIMITED, {0}, 110};
        question.allowance = quantity_of(0);
        struct lease_offer offer = lease_offer(&question);
        bool is_gauge = metric_kind(question.metric) == METRIC_GAUGE;
        assert_int_equal(offer.mode, is_gauge ? LEASE_MODE_ASK : LEASE_MODE_OPEN);
        assert_int_equal(offer.grant.amount, 0);
        assert_true(is_gauge || lease_least(question.metric).amount > 0);
    }
}

static void a_grace_ends_leases_and_the_band_in_use_has_no_reserve(void **state) {
    (void)state;
    struct lease_question question = question_of();
    question.used = quantity_of(100001);
    question.allowance = quantity_of(9999);
    question.has_grace = true;
    question.grace_ends_at = (struct instant){question.now.ms + 90000};
    struct lease_offer offer = lease_offer(&question);
    assert_int_equal(offer.reserve.amount, 0);
    assert_int_equal(offer.ttl.ms, 90000);
    question.grace_ends_at = question.now;
    assert_int_equal(lease_offer(&question).ttl.ms, 0);

    question = question_of();
    question.metric = METRIC_BUILD_MINUTES; /* a job that runs is not begun without a server */
    assert_int_equal(lease_offer(&question).reserve.amount, 0);
}

static void the_server_waits_longer_than_a_slow_clock(void **state) {
    (void)state;
    struct instant ends = lease_ends_at((struct instant){5000}, duration_seconds(1200));
    assert_int_equal(ends.ms, 5000 + 1200000 + 12000 + 1000);
    assert_int_equal(lease_ends_at((struct instant){0}, duration_seconds(0)).ms, 1000);
}

static void everything_has_its_name(void **state) {
    (void)state;
    assert_string_equal(lease_mode_name(LEASE_MODE_ASK), "ask");
    assert_string_equal(lease_refusal_name(LEASE_REFUSAL_SPENT), "spent_above_grant");
    assert_string_equal(lease_refusal_name(LEASE_REFUSAL_RELEASED), "released_above_taken");
    assert_string_equal(lease_state_name(LEASE_STATE_ENDED), "ended");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_cumulative),
        cmocka_unit_test(what_an_ended_lease_had_left_goes_back_once),
        cmocka_unit_test(what_was_reclaimed_and_spent_still_counts),
        cmocka_unit_test(where_no_limit_holds_no_grant_is_needed),
        cmocka_unit_test(sizes_follow_what_is_left_and_the_rates),
        cmocka_unit_test(near_the_limit_the_server_decides_alone),
        cmocka_unit_test(gauges_ask_and_what_has_no_limit_is_open),
        cmocka_unit_test(a_grace_ends_leases_and_the_band_in_use_has_no_reserve),
        cmocka_unit_test(the_server_waits_longer_than_a_slow_clock),
        cmocka_unit_test(everything_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
