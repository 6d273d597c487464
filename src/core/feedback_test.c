/* Guards: the Net Promoter Score and its interval are those of the definition for every small
 * answer, few answers tell nothing, bands meet without gaps, feedback goes no way but its own, and
 * nobody is asked who did not agree, or who was asked within 90 days. */
#include "core/feedback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/int128.h"

static struct nps of(int64_t promoters, int64_t passives, int64_t detractors) {
    return nps_of(&(struct nps_counts){promoters, passives, detractors});
}

static void the_score_is_promoters_less_detractors(void **state) {
    (void)state;
    assert_int_equal(of(5, 0, 0).score, 1000);
    assert_int_equal(of(0, 0, 5).score, -1000);
    assert_int_equal(of(0, 7, 0).score, 0);
    assert_int_equal(of(3, 2, 1).score, 333); /* 33.33 */
    assert_int_equal(of(1, 2, 3).score, -333);
    assert_int_equal(of(50, 30, 20).score, 300);
    assert_int_equal(of(9, 6, 1).score, 500);
    assert_int_equal(of(1, 15, 0).score, 63); /* 6.25: half away from zero */
    assert_int_equal(of(0, 15, 1).score, -63);
}

static void few_answers_tell_nothing(void **state) {
    (void)state;
    for (int64_t p = 0; p < FEEDBACK_FEW; p++) {
        for (int64_t d = 0; p + d < FEEDBACK_FEW; d++) {
            for (int64_t n = 0; p + d + n < FEEDBACK_FEW; n++) {
                struct nps nps = of(p, n, d);
                assert_false(nps.is_known);
                assert_int_equal(nps.answers, p + n + d);
                assert_int_equal(nps.score, 0);
                assert_int_equal(nps.low, 0);
                assert_int_equal(nps.high, 0);
            }
        }
    }
    assert_true(of(5, 0, 0).is_known);
}

/* By hand, to a tenth: 50 promote, 20 detract of 100: the middle is 300 / 1.03 = 291.26; the
 * variance of one is (50.75 + 20.75) / 103 - 0.29126^2 = 0.60934, half the width 1960 x
 * sqrt(0.60934 / 103) = 150.76. */
static void the_interval_is_the_adjusted_one(void **state) {
    (void)state;
    struct nps nps = of(50, 30, 20);
    assert_int_equal(nps.low, 140);
    assert_int_equal(nps.high, 443);
    /* Five of five promote: the middle is 625, one's variance 6.5 / 8 - 0.625^2 = 0.421875, half
     * the width 1960 x sqrt(0.421875 / 8) = 450.09. */
    nps = of(5, 0, 0);
    assert_int_equal(nps.low, 174);
    assert_int_equal(nps.high, 1000);
}

/* The least margin whose square reaches the variance, by a walk instead of a search. */
static int64_t margin_of(int64_t p, int64_t n, int64_t d) {
    i128 all = 4 * (p + n + d) + 12;
    i128 net = (4 * p + 3) - (4 * d + 3);
    i128 either = (4 * p + 3) + (4 * d + 3);
    int64_t margin = 0;
    while ((i128)margin * margin * all * all * all < 4 * (either * all - net * net) * 1960 * 1960) {
        margin++;
    }
    return margin;
}

static void every_small_answer_has_its_interval(void **state) {
    (void)state;
    for (int64_t p = 0; p <= 24; p++) {
        for (int64_t n = 0; n <= 24; n++) {
            for (int64_t d = 0; d <= 24; d++) {
                struct nps nps = of(p, n, d);
                struct nps mirror = of(d, n, p);
                if (!nps.is_known) {
                    continue;
                }
                int64_t width = 2 * margin_of(p, n, d);
                assert_true(nps.low >= -1000 && nps.high <= 1000 && nps.low < nps.high);
                assert_true(nps.score >= nps.low && nps.score <= nps.high);
                assert_true(nps.high - nps.low <= width + 1);
                assert_true(nps.high == 1000 || nps.low == -1000 || nps.high - nps.low >= width);
                assert_int_equal(mirror.score, -nps.score);
                assert_int_equal(mirror.low, -nps.high);
                assert_int_equal(mirror.high, -nps.low);
            }
        }
    }
}

static void more_answers_narrow_it(void **state) {
    (void)state;
    int before = 2001;
    for (int64_t times = 1; times <= 10000000; times *= 10) {
        struct nps nps = of(50 * times, 30 * times, 20 * times);
        assert_int_equal(nps.score, 300);
        assert_true(nps.high - nps.low <= before);
        before = nps.high - nps.low;
    }
    assert_true(before <= 3); /* both ends are rounded outwards */
}

static void bands_meet(void **state) {
    (void)state;
    static const struct {
        int64_t minor;
        enum feedback_band usd, jpy;
    } cases[] = {
        {-1, FEEDBACK_PAYS_NOTHING, FEEDBACK_PAYS_NOTHING},
        {0, FEEDBACK_PAYS_NOTHING, FEEDBACK_PAYS_NOTHING},
        {1, FEEDBACK_BELOW_50, FEEDBACK_BELOW_50},
        {49, FEEDBACK_BELOW_50, FEEDBACK_BELOW_50},
        {50, FEEDBACK_BELOW_50, FEEDBACK_BELOW_200},
        {499, FEEDBACK_BELOW_50, FEEDBACK_BELOW_500},
        {500, FEEDBACK_BELOW_50, FEEDBACK_FROM_500},
        {4999, FEEDBACK_BELOW_50, FEEDBACK_FROM_500},
        {5000, FEEDBACK_BELOW_200, FEEDBACK_FROM_500},
        {19999, FEEDBACK_BELOW_200, FEEDBACK_FROM_500},
        {20000, FEEDBACK_BELOW_500, FEEDBACK_FROM_500},
        {49999, FEEDBACK_BELOW_500, FEEDBACK_FROM_500},
        {50000, FEEDBACK_FROM_500, FEEDBACK_FROM_500},
        {MONEY_MINOR_MAX, FEEDBACK_FROM_500, FEEDBACK_FROM_500},
    };
    struct currency jpy;
    assert_true(currency_parse(STR("jpy"), &jpy));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(feedback_band_of(money_of(cases[i].minor, CURRENCY_USD)), cases[i].usd);
        assert_int_equal(feedback_band_of(money_of(cases[i].minor, jpy)), cases[i].jpy);
    }
}

static void it_goes_from_new_to_replied_to_closed(void **state) {
    (void)state;
    for (int status = 0; status < FEEDBACK_STATUS_COUNT; status++) {
        for (int event = 0; event < FEEDBACK_EVENT_COUNT; event++) {
            struct feedback_step step =
                feedback_step((enum feedback_status)status, (enum feedback_event)event);
            assert_true(step.is_legal ? (int)step.next > status : (int)step.next == status);
        }
        assert_int_equal(feedback_step((enum feedback_status)status, FEEDBACK_CLOSE).is_legal,
                         status != FEEDBACK_CLOSED);
        assert_int_equal(feedback_step((enum feedback_status)status, FEEDBACK_REPLY).is_legal,
                         status == FEEDBACK_NEW);
    }
}

static void words_come_back(void **state) {
    (void)state;
    for (int i = 0; i < FEEDBACK_REASON_COUNT; i++) {
        enum feedback_reason reason = FEEDBACK_REASON_COUNT;
        struct str word = str_from_cstr(feedback_reason_name((enum feedback_reason)i));
        assert_true(feedback_reason_parse(word, &reason));
        assert_int_equal(reason, i);
    }
    enum feedback_reason untouched = FEEDBACK_UNUSED;
    assert_false(feedback_reason_parse(STR("Too_expensive"), &untouched));
    assert_false(feedback_reason_parse(STR(""), &untouched));
    assert_int_equal(untouched, FEEDBACK_UNUSED);
}

#define DAY (INT64_C(24) * 60 * 60 * 1000)
#define NOW ((struct instant){INT64_C(20000) * DAY})

/* All that may be, at the edges: allowed or not; an occasion or none, of each cause, on its last
 * millisecond or over; put before or not; the last question just within its rest, or just beyond.
 */
static void nobody_is_asked_twice_in_ninety_days(void **state) {
    (void)state;
    int asked = 0;
    for (int bits = 0; bits < 64; bits++) {
        for (int cause = 0; cause < FEEDBACK_OF_OWN; cause++) {
            bool is_over = (bits & 1) != 0;
            bool rests = (bits & 2) != 0;
            int64_t days = cause == FEEDBACK_OF_DEMAND ? 30 : 14;
            struct feedback_facts facts = {
                .now = NOW,
                .is_allowed = (bits & 4) != 0,
                .has_occasion = (bits & 8) != 0,
                .is_asked = (bits & 16) != 0,
                .has_last = (bits & 32) != 0,
                .cause = (enum feedback_cause)cause,
                .occasion_at = {NOW.ms - days * DAY + (is_over ? 0 : 1)},
                .last_at = {NOW.ms - 90 * DAY + (rests ? 1 : 0)},
            };
            enum feedback_asking expected = !facts.is_allowed                ? FEEDBACK_NOT_ALLOWED
                                            : !facts.has_occasion || is_over ? FEEDBACK_NO_OCCASION
                                            : !facts.is_asked && facts.has_last && rests
                                                ? FEEDBACK_ASKED_LATELY
                                                : FEEDBACK_ASK;
            assert_int_equal(feedback_may_ask(&facts), expected);
            asked += expected == FEEDBACK_ASK;
        }
    }
    assert_true(asked > 0);
    assert_int_equal(feedback_rest_ends(NOW).ms, NOW.ms + 90 * DAY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_score_is_promoters_less_detractors),
        cmocka_unit_test(few_answers_tell_nothing),
        cmocka_unit_test(the_interval_is_the_adjusted_one),
        cmocka_unit_test(every_small_answer_has_its_interval),
        cmocka_unit_test(more_answers_narrow_it),
        cmocka_unit_test(bands_meet),
        cmocka_unit_test(it_goes_from_new_to_replied_to_closed),
        cmocka_unit_test(words_come_back),
        cmocka_unit_test(nobody_is_asked_twice_in_ninety_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
