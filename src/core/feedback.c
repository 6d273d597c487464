/* The words, the steps and the arithmetic of feedback.h. */
#include "core/feedback.h"

#include "base/check.h"
#include "base/int128.h"

static const char *const kind_names[FEEDBACK_KIND_COUNT] = {"cancel", "nps", "text"};
static const char *const cause_names[FEEDBACK_CAUSE_COUNT] = {"upgrade", "cancel", "demand", "own"};
static const char *const reason_names[FEEDBACK_REASON_COUNT] = {
    "customer_service", "low_quality", "missing_features", "other",
    "switched_service", "too_complex", "too_expensive",    "unused",
};
static const char *const status_names[FEEDBACK_STATUS_COUNT] = {"new", "replied", "closed"};
static const char *const asking_names[FEEDBACK_ASKING_COUNT] = {"ask", "not_allowed", "no_occasion",
                                                                "asked_lately"};

const char *feedback_kind_name(enum feedback_kind kind) {
    check((unsigned)kind < FEEDBACK_KIND_COUNT);
    return kind_names[kind];
}

const char *feedback_cause_name(enum feedback_cause cause) {
    check((unsigned)cause < FEEDBACK_CAUSE_COUNT);
    return cause_names[cause];
}

const char *feedback_reason_name(enum feedback_reason reason) {
    check((unsigned)reason < FEEDBACK_REASON_COUNT);
    return reason_names[reason];
}

bool feedback_reason_parse(struct str word, enum feedback_reason *ret_reason) {
    for (int i = 0; i < FEEDBACK_REASON_COUNT; i++) {
        if (str_equal(word, str_from_cstr(reason_names[i]))) {
            *ret_reason = (enum feedback_reason)i;
            return true;
        }
    }
    return false;
}

/* --- where it stands --- */

const char *feedback_status_name(enum feedback_status status) {
    check((unsigned)status < FEEDBACK_STATUS_COUNT);
    return status_names[status];
}

const char *roadmap_name(enum roadmap status) {
    static const char *const names[ROADMAP_COUNT] = {"planned", "building", "shipped", "dropped"};
    check((unsigned)status < ROADMAP_COUNT);
    return names[status];
}

struct feedback_step feedback_step(enum feedback_status status, enum feedback_event event) {
    static const struct feedback_step steps[FEEDBACK_STATUS_COUNT][FEEDBACK_EVENT_COUNT] = {
        [FEEDBACK_NEW] = {[FEEDBACK_REPLY] = {true, FEEDBACK_REPLIED},
                          [FEEDBACK_CLOSE] = {true, FEEDBACK_CLOSED}},
        [FEEDBACK_REPLIED] = {[FEEDBACK_REPLY] = {false, FEEDBACK_REPLIED},
                              [FEEDBACK_CLOSE] = {true, FEEDBACK_CLOSED}},
        [FEEDBACK_CLOSED] = {[FEEDBACK_REPLY] = {false, FEEDBACK_CLOSED},
                             [FEEDBACK_CLOSE] = {false, FEEDBACK_CLOSED}},
    };
    check((unsigned)status < FEEDBACK_STATUS_COUNT);
    check((unsigned)event < FEEDBACK_EVENT_COUNT);
    return steps[status][event];
}

/* --- whom it came from --- */

static const struct {
    const char *name;
    int64_t below; /* whole units */
} bands[FEEDBACK_BAND_COUNT] = {
    [FEEDBACK_PAYS_NOTHING] = {"none", 0},       [FEEDBACK_BELOW_50] = {"1_49", 50},
    [FEEDBACK_BELOW_200] = {"50_199", 200},      [FEEDBACK_BELOW_500] = {"200_499", 500},
    [FEEDBACK_FROM_500] = {"500_up", INT64_MAX},
};

const char *feedback_band_name(enum feedback_band band) {
    check((unsigned)band < FEEDBACK_BAND_COUNT);
    return bands[band].name;
}

enum feedback_band feedback_band_of(struct money monthly) {
    if (monthly.minor <= 0) {
        return FEEDBACK_PAYS_NOTHING;
    }
    int64_t units = monthly.minor;
    for (int digits = currency_exponent(monthly.currency); digits > 0; digits--) {
        units /= 10;
    }
    int band = FEEDBACK_BELOW_50;
    while (band < FEEDBACK_FROM_500 && units >= bands[band].below) {
        band++;
    }
    check(band <= FEEDBACK_FROM_500);
    check(units < bands[band].below);
    return (enum feedback_band)band;
}

/* --- the Net Promoter Score --- */

enum { TENTHS = 1000, Z_MILLI = 1960 }; /* 1.960: 95 % of a normal distribution */

/* The quotient rounded half away from zero; `b` is positive. */
static int64_t divide_half_away(i128 a, i128 b) {
    check(b > 0);
    i128 twice = a < 0 ? -2 * a : 2 * a;
    i128 quotient = (twice + b) / (2 * b);
    return (int64_t)(a < 0 ? -quotient : quotient);
}

static int64_t divide_down(i128 a, i128 b) {
    check(b > 0);
    i128 quotient = a / b;
    return (int64_t)(quotient * b > a ? quotient - 1 : quotient);
}

/* The least root whose square is not below. */
static int64_t root_up(i128 square) {
    int64_t low = 0;
    int64_t high = (int64_t)4 * TENTHS; /* half a width is at most 1.96 x 1000 */
    check(square >= 0);
    check(square <= (i128)high * high);
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if ((i128)middle * middle >= square) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    check((i128)low * low >= square);
    check(low == 0 || (i128)(low - 1) * (low - 1) < square);
    return low;
}

static int clamp(int64_t tenths) {
    return tenths < -TENTHS ? -TENTHS : tenths > TENTHS ? TENTHS : (int)tenths;
}

struct nps nps_of(const struct nps_counts *counts) {
    i128 promoters = counts->promoters;
    i128 detractors = counts->detractors;
    i128 answers = promoters + counts->passives + detractors;
    check(promoters >= 0);
    check(detractors >= 0);
    check(counts->passives >= 0);
    check(answers <= FEEDBACK_COUNT_MAX);
    struct nps nps = {.answers = (int64_t)answers, .is_known = answers >= FEEDBACK_FEW};
    if (!nps.is_known) {
        return nps;
    }
    nps.score = (int)divide_half_away(TENTHS * (promoters - detractors), answers);
    /* In quarters of an answer, three answers more: half of the three are passive. */
    i128 all = 4 * answers + 12;
    i128 net = 4 * (promoters - detractors);
    i128 either = 4 * (promoters + detractors) + 6;
    /* The variance of one answer is (either x all - net^2) / all^2; of the mean, by all / 4 less.
     */
    i128 variance = (either * all - net * net) * 4;
    i128 cube = all * all * all;
    i128 scaled = variance * Z_MILLI * Z_MILLI; /* (1.96 x 1000 tenths)^2: the thousands cancel */
    int64_t margin = root_up((scaled + cube - 1) / cube);
    nps.low = clamp(divide_down(TENTHS * net, all) - margin);
    nps.high = clamp(-divide_down(-TENTHS * net, all) + margin);
    check(nps.low <= nps.high);
    check(nps.score >= -TENTHS);
    check(nps.score <= TENTHS);
    return nps;
}

/* --- asking --- */

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

const char *feedback_asking_name(enum feedback_asking asking) {
    check((unsigned)asking < FEEDBACK_ASKING_COUNT);
    return asking_names[asking];
}

struct instant feedback_rest_ends(struct instant asked_at) {
    return (struct instant){asked_at.ms + FEEDBACK_REST_DAYS * DAY_MS};
}

static bool is_over(const struct feedback_facts *facts) {
    int64_t days = facts->cause == FEEDBACK_OF_DEMAND ? FEEDBACK_DEMAND_DAYS : FEEDBACK_OPEN_DAYS;
    return facts->now.ms >= facts->occasion_at.ms + days * DAY_MS;
}

enum feedback_asking feedback_may_ask(const struct feedback_facts *facts) {
    if (!facts->is_allowed) {
        return FEEDBACK_NOT_ALLOWED;
    }
    if (!facts->has_occasion || is_over(facts)) {
        return FEEDBACK_NO_OCCASION;
    }
    bool rests = facts->has_last && facts->now.ms < feedback_rest_ends(facts->last_at).ms;
    return rests && !facts->is_asked ? FEEDBACK_ASKED_LATELY : FEEDBACK_ASK;
}
