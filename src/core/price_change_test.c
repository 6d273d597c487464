/* Guards: nobody is moved who should not be, none before their notice is over and a renewal comes,
 * whatever the length of the months; what is over stays so. */
#include "core/price_change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rfc3339.h"

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

static struct price_change change_of(const char *from, int32_t days) {
    return (struct price_change){
        .tier = TIER_STARTER,
        .from = {1, 2},
        .from_count = 2,
        .to = 4,
        .effective_from = at(from),
        .notice = {{days, days}},
    };
}

static void a_notice_is_within_the_policy(void **state) {
    (void)state;
    const struct price_notice policy = {{30, 60}};
    const struct {
        struct price_notice notice;
        bool is_valid;
    } rows[] = {{{{30, 60}}, true},   {{{31, 365}}, true},  {{{29, 60}}, false},
                {{{30, 59}}, false},  {{{0, 60}}, false},   {{{-1, 60}}, false},
                {{{366, 60}}, false}, {{{30, 366}}, false}, {{{365, 365}}, true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(price_notice_is_valid(rows[i].notice, policy), rows[i].is_valid);
    }
}

static void a_date_leaves_the_notice_to_the_millisecond(void **state) {
    (void)state;
    struct price_change change = change_of("2026-03-31T12:00:00Z", 30);
    struct instant last = at("2026-03-01T12:00:00Z");
    assert_true(price_change_has_notice(&change, last));
    assert_false(price_change_has_notice(&change, (struct instant){last.ms + 1}));
    assert_true(price_change_has_notice(&change, (struct instant){last.ms - 1}));
}

static struct price_holder holder_of(int64_t version) {
    return (struct price_holder){
        .tier = TIER_STARTER,
        .version = version,
        .status = SUBSCRIPTION_ACTIVE,
        .has_full_access = true,
    };
}

static void who_moves(void **state) {
    (void)state;
    const struct price_change change = change_of("2026-03-31T12:00:00Z", 30);
    const enum price_verdict by_version[] = {PRICE_OTHER, PRICE_MOVES,   PRICE_MOVES,
                                             PRICE_OTHER, PRICE_ALREADY, PRICE_ALREADY};
    for (int64_t version = 1; version < (int64_t)ARRAY_LEN(by_version); version++) {
        struct price_holder holder = holder_of(version);
        assert_int_equal(price_change_judge(&change, &holder), by_version[version]);
    }
    struct price_holder other = holder_of(1);
    other.tier = TIER_PROFESSIONAL;
    assert_int_equal(price_change_judge(&change, &other), PRICE_OTHER);
}

/* Every status with every combination of what keeps somebody where they are. */
static void the_first_reason_is_given(void **state) {
    (void)state;
    const struct price_change change = change_of("2026-03-31T12:00:00Z", 30);
    for (int status = 0; status < SUBSCRIPTION_STATUS_COUNT; status++) {
        for (unsigned bits = 0; bits < 32; bits++) {
            struct price_holder holder = holder_of(2);
            holder.status = (enum subscription_status)status;
            holder.is_private = (bits & 1) != 0;
            holder.has_pending = (bits & 2) != 0;
            holder.ends = (bits & 4) != 0;
            holder.has_full_access = (bits & 8) == 0;
            holder.is_parked = (bits & 16) != 0;
            enum price_verdict expected = PRICE_MOVES;
            expected = holder.is_parked ? PRICE_PARKED : expected;
            expected = !holder.has_full_access ? PRICE_RESTRICTED : expected;
            expected = status != SUBSCRIPTION_ACTIVE ? PRICE_NOT_ACTIVE : expected;
            expected = status == SUBSCRIPTION_TRIALING ? PRICE_TRIALING : expected;
            expected = holder.ends ? PRICE_ENDING : expected;
            expected = holder.has_pending ? PRICE_CHANGING : expected;
            expected = holder.is_private ? PRICE_CONTRACT : expected;
            assert_int_equal(price_change_judge(&change, &holder), expected);
        }
    }
}

static void every_reason_has_a_word_and_may_pass_or_not(void **state) {
    (void)state;
    const struct {
        const char *word;
        bool passes;
    } rows[PRICE_VERDICT_COUNT] = {
        [PRICE_MOVES] = {"moves", false},          [PRICE_ALREADY] = {"already", false},
        [PRICE_OTHER] = {"other", false},          [PRICE_CONTRACT] = {"contract", false},
        [PRICE_ENDING] = {"ending", true},         [PRICE_CHANGING] = {"changing", true},
        [PRICE_TRIALING] = {"trialing", false},    [PRICE_NOT_ACTIVE] = {"not_active", true},
        [PRICE_RESTRICTED] = {"restricted", true}, [PRICE_PARKED] = {"parked", true},
    };
    for (int i = 0; i < PRICE_VERDICT_COUNT; i++) {
        assert_string_equal(price_verdict_name((enum price_verdict)i), rows[i].word);
        assert_int_equal(price_verdict_may_pass((enum price_verdict)i), rows[i].passes);
    }
}

static void not_before_the_date_nor_the_end_of_the_notice(void **state) {
    (void)state;
    struct price_change change = change_of("2026-06-01T00:00:00Z", 30);
    change.notice.days[INTERVAL_YEAR] = 90;
    const struct {
        const char *told;
        enum interval interval;
        const char *expected;
    } rows[] = {
        {"2026-04-01T00:00:00Z", INTERVAL_MONTH, "2026-06-01T00:00:00Z"},
        {"2026-05-02T00:00:00Z", INTERVAL_MONTH, "2026-06-01T00:00:00Z"},
        {"2026-05-02T00:00:01Z", INTERVAL_MONTH, "2026-06-01T00:00:01Z"},
        {"2026-05-20T00:00:00Z", INTERVAL_MONTH, "2026-06-19T00:00:00Z"},
        {"2026-03-03T00:00:00Z", INTERVAL_YEAR, "2026-06-01T00:00:00Z"},
        {"2026-04-01T00:00:00Z", INTERVAL_YEAR, "2026-06-30T00:00:00Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct instant first = price_move_not_before(&change, rows[i].interval, at(rows[i].told));
        assert_true(instant_equal(first, at(rows[i].expected)));
    }
}

static void the_first_renewal_from_then_on(void **state) {
    (void)state;
    const struct {
        const char *start, *end;
        enum interval interval;
        const char *not_before, *expected;
    } rows[] = {
        /* within the period: its end, also at that very instant */
        {"2026-01-15T08:00:00Z", "2026-02-15T08:00:00Z", INTERVAL_MONTH, "2026-01-20T00:00:00Z",
         "2026-02-15T08:00:00Z"},
        {"2026-01-15T08:00:00Z", "2026-02-15T08:00:00Z", INTERVAL_MONTH, "2026-02-15T08:00:00Z",
         "2026-02-15T08:00:00Z"},
        /* a moment later: the next */
        {"2026-01-15T08:00:00Z", "2026-02-15T08:00:00Z", INTERVAL_MONTH, "2026-02-15T08:00:01Z",
         "2026-03-15T08:00:00Z"},
        /* ends of months: 31 January, 28 February, 31 March, 30 April */
        {"2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", INTERVAL_MONTH, "2026-03-01T00:00:00Z",
         "2026-03-31T00:00:00Z"},
        {"2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", INTERVAL_MONTH, "2026-04-01T00:00:00Z",
         "2026-04-30T00:00:00Z"},
        /* a period that begins clamped: the anchor is its end's day */
        {"2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z", INTERVAL_MONTH, "2026-04-01T00:00:00Z",
         "2026-04-30T00:00:00Z"},
        {"2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z", INTERVAL_MONTH, "2026-05-01T00:00:00Z",
         "2026-05-31T00:00:00Z"},
        /* a year, and the 29 February */
        {"2026-05-01T00:00:00Z", "2027-05-01T00:00:00Z", INTERVAL_YEAR, "2026-06-01T00:00:00Z",
         "2027-05-01T00:00:00Z"},
        {"2026-05-01T00:00:00Z", "2027-05-01T00:00:00Z", INTERVAL_YEAR, "2027-05-02T00:00:00Z",
         "2028-05-01T00:00:00Z"},
        {"2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", INTERVAL_YEAR, "2027-06-01T00:00:00Z",
         "2028-02-29T00:00:00Z"},
        {"2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z", INTERVAL_YEAR, "2028-03-01T00:00:00Z",
         "2029-02-28T00:00:00Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct period billed = {at(rows[i].start), at(rows[i].end)};
        struct instant renewal =
            price_move_renewal(billed, rows[i].interval, at(rows[i].not_before));
        assert_true(instant_equal(renewal, at(rows[i].expected)));
    }
}

/* Whatever day of a year somebody began, and is told on: a renewal of theirs, after the notice. */
static void every_day_of_two_years(void **state) {
    (void)state;
    struct price_change change = change_of("2027-01-01T00:00:00Z", 30);
    struct instant first = at("2026-01-01T10:00:00Z");
    for (int begun = 0; begun < 366; begun++) {
        struct instant anchor = instant_add(first, duration_days(begun));
        for (int told = 0; told < 730; told += 7) {
            struct instant now = instant_add(anchor, duration_days(told));
            struct period billed = period_containing(anchor, INTERVAL_MONTH, now);
            struct instant from = price_move_not_before(&change, INTERVAL_MONTH, now);
            struct instant renewal = price_move_renewal(billed, INTERVAL_MONTH, from);
            struct period after = period_containing(anchor, INTERVAL_MONTH, renewal);
            assert_true(instant_equal(after.start, renewal));
            assert_false(instant_is_before(renewal, from));
            struct instant before = {renewal.ms - 1};
            struct period earlier = period_containing(anchor, INTERVAL_MONTH, before);
            assert_true(instant_is_before(earlier.start, from) ||
                        instant_equal(renewal, billed.end));
            assert_true(instant_is_before(price_move_tell_at(renewal), renewal));
        }
    }
}

static void a_month_is_rounded_once(void **state) {
    (void)state;
    const struct {
        int64_t month, year, expected;
    } rows[] = {
        {500, 0, 500},
        {0, 12, 1},
        {0, 6, 1},
        {0, 5, 0},
        {0, -6, -1},
        {0, -5, 0},
        {100, 7, 101},
        {100, -7, 99},
        {-100, -12, -101},
        {0, 0, 0},
        {MONEY_MINOR_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX + (MONEY_MINOR_MAX + 6) / 12},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const int64_t sums[INTERVAL_COUNT] = {
            [INTERVAL_MONTH] = rows[i].month, [INTERVAL_YEAR] = rows[i].year};
        assert_int_equal(price_monthly(sums), rows[i].expected);
    }
}

/* L leave, N notify, B bounce, S schedule, R release, A arrive, D drop, W withdraw, P supersede. */
static const char *const expected[PRICE_MOVE_STATUS_COUNT][PRICE_MOVE_EVENT_COUNT] = {
    [PRICE_MOVE_PLANNED] = {"left", "notified", "-", "-", "-", "-", "-", "withdrawn", "-"},
    [PRICE_MOVE_LEFT] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
    [PRICE_MOVE_NOTIFIED] = {"-", "notified", "undelivered", "scheduled", "-", "moved", "dropped",
                             "withdrawn", "superseded"},
    [PRICE_MOVE_UNDELIVERED] = {"-", "notified", "-", "-", "-", "moved", "dropped", "withdrawn",
                                "superseded"},
    [PRICE_MOVE_SCHEDULED] = {"-", "-", "-", "-", "notified", "moved", "dropped", "withdrawn",
                              "superseded"},
    [PRICE_MOVE_MOVED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
    [PRICE_MOVE_DROPPED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
    [PRICE_MOVE_WITHDRAWN] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
    [PRICE_MOVE_SUPERSEDED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
};

static void every_cell_is_as_written(void **state) {
    (void)state;
    for (int s = 0; s < PRICE_MOVE_STATUS_COUNT; s++) {
        enum price_move_status status = (enum price_move_status)s;
        for (int e = 0; e < PRICE_MOVE_EVENT_COUNT; e++) {
            struct price_move_step step = price_move_step(status, (enum price_move_event)e);
            assert_string_equal(step.is_legal ? price_move_status_name(step.next) : "-",
                                expected[s][e]);
            assert_true(step.is_legal || step.next == status);
        }
        bool is_open = status == PRICE_MOVE_NOTIFIED || status == PRICE_MOVE_UNDELIVERED ||
                       status == PRICE_MOVE_SCHEDULED;
        assert_int_equal(price_move_is_open(status), is_open);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_is_within_the_policy),
        cmocka_unit_test(a_date_leaves_the_notice_to_the_millisecond),
        cmocka_unit_test(who_moves),
        cmocka_unit_test(the_first_reason_is_given),
        cmocka_unit_test(every_reason_has_a_word_and_may_pass_or_not),
        cmocka_unit_test(not_before_the_date_nor_the_end_of_the_notice),
        cmocka_unit_test(the_first_renewal_from_then_on),
        cmocka_unit_test(every_day_of_two_years),
        cmocka_unit_test(a_month_is_rounded_once),
        cmocka_unit_test(every_cell_is_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
