/* Guards: one account's life becomes the rows that the rule says, on the days it says; and whatever
 * happened to many, opening + what moved + exchange = closing, exactly. */
#include "core/revenue_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/rfc3339.h"
#include "core/plan_book.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define EURO ((struct currency){"eur"})

static struct plan plan_at(enum tier tier, int64_t month, int64_t year) {
    struct plan plan = {.tier = tier, .version = 1};
    plan.prices[INTERVAL_MONTH] = (struct plan_price){true, money_of(month, CURRENCY_USD)};
    plan.prices[INTERVAL_YEAR] = (struct plan_price){true, money_of(year, CURRENCY_USD)};
    return plan;
}

static struct plan free_plan, starter, professional, enterprise, gold, gold_and_silver;

static int make_plans(void **state) {
    (void)state;
    free_plan = plan_at(TIER_FREE, 0, 0);
    starter = plan_at(TIER_STARTER, 2900, 31320);
    professional = plan_at(TIER_PROFESSIONAL, 9900, 106920);
    enterprise = plan_at(TIER_ENTERPRISE, 50000, 540000);
    enterprise.version = PLAN_BOOK_FIRST;
    gold = plan_at(TIER_ENTERPRISE, 0, 200000);
    gold.version = PLAN_BOOK_FIRST + 1;
    gold_and_silver = plan_at(TIER_ENTERPRISE, 0, 200000 + 12 * 6000);
    gold_and_silver.version = PLAN_BOOK_FIRST + 2;
    return 0;
}

static struct instant on(const char *date) {
    struct instant at = {0};
    assert_true(rfc3339_parse(str_from_cstr(date), &at.ms));
    return at;
}

static struct revenue_terms terms_of(const struct plan *plan, const char *date) {
    return (struct revenue_terms){.plan = plan,
                                  .interval = INTERVAL_MONTH,
                                  .status = SUBSCRIPTION_ACTIVE,
                                  .access = ACCESS_FULL,
                                  .at = on(date)};
}

static struct revenue_stand stand_of(const struct revenue_terms *terms) {
    struct revenue_stand stand = revenue_stand_of(terms);
    stand.currency = CURRENCY_USD;
    return stand;
}

static struct revenue_row moves_to(struct revenue_account *account,
                                   const struct revenue_terms *terms) {
    struct revenue_stand stand = stand_of(terms);
    struct revenue_row row;
    assert_true(revenue_follow(account, &stand, terms->at, &row));
    assert_false(revenue_follow(account, &stand, terms->at, &row)); /* once */
    return row;
}

/* In minor units of a month, as all these prices are whole ones. */
static int64_t per_month(struct annual annual) {
    return revenue_monthly(revenue_at(annual, (struct revenue_rate){REVENUE_RATE_PAR}),
                           CURRENCY_USD)
        .minor;
}

static void is_row(const struct revenue_row *row, const char *kind, const char *reason,
                   int64_t month) {
    struct annual moved = {row->after.arr.units - row->before.arr.units};
    assert_string_equal(revenue_kind_name(row->kind), kind);
    assert_string_equal(revenue_reason_name(row->reason), reason);
    assert_int_equal(per_month(moved), month);
}

#define MOVES(account, terms, kind, reason, month)                                                 \
    do {                                                                                           \
        struct revenue_row row_ = moves_to(account, terms);                                        \
        is_row(&row_, kind, reason, month);                                                        \
    } while (0)

static struct revenue_account signed_up(const char *date) {
    struct revenue_account account = {.is_known = false};
    struct revenue_terms terms = terms_of(&free_plan, date);
    MOVES(&account, &terms, "signup", "signed_up", 0);
    return account;
}

/* --- one account --- */

static void v8_a_life_with_two_plans(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-01-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&gold, "2026-01-10T00:00:00Z");
    terms.interval = INTERVAL_YEAR;
    MOVES(&account, &terms, "new", "contract", 16667);
    terms.plan = &gold_and_silver;
    terms.at = on("2026-03-10T00:00:00Z");
    MOVES(&account, &terms, "expansion", "contract", 6000);
    terms.plan = &gold;
    terms.at = on("2026-05-10T00:00:00Z");
    MOVES(&account, &terms, "contraction", "contract", -6000);
    terms.is_ending = true; /* said in June, and over at the end of the year that was paid */
    terms.at = on("2026-06-01T00:00:00Z");
    MOVES(&account, &terms, "standing", "future", 0);
    terms = terms_of(&free_plan, "2027-01-10T00:00:00Z");
    struct revenue_row last = moves_to(&account, &terms);
    is_row(&last, "churn", "canceled", -16667);
    assert_int_equal(last.at.ms, on("2027-01-10T00:00:00Z").ms);
}

static void v12_an_end_that_is_scheduled_lowers_what_is_committed(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-02-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-02-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 2900);
    terms.is_ending = true;
    terms.at = on("2026-03-10T00:00:00Z");
    MOVES(&account, &terms, "standing", "future", 0);
    assert_int_equal(per_month(account.stand.arr), 2900);
    assert_int_equal(per_month(account.stand.committed), 0);
    struct revenue_account stays = account;
    terms.is_ending = false;
    terms.at = on("2026-03-20T00:00:00Z");
    MOVES(&stays, &terms, "standing", "future", 0);
    assert_int_equal(per_month(stays.stand.committed), 2900);
    terms = terms_of(&free_plan, "2026-04-01T00:00:00Z");
    struct revenue_row row = moves_to(&account, &terms);
    is_row(&row, "churn", "canceled", -2900);
    assert_true(row.is_of_opening);
    assert_int_equal(row.lost, 1);
}

static void a_smaller_plan_that_is_to_come_is_what_is_committed(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-02-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&professional, "2026-02-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 9900);
    terms.pending = &starter;
    terms.pending_interval = INTERVAL_MONTH;
    MOVES(&account, &terms, "standing", "future", 0);
    assert_int_equal(per_month(account.stand.committed), 2900);
    terms.pending = &enterprise; /* what is larger is not committed before it is there */
    MOVES(&account, &terms, "standing", "future", 0);
    assert_int_equal(per_month(account.stand.committed), 9900);
}

static struct coupon coupon_of_kind(int32_t percent, enum coupon_duration duration,
                                    int32_t months) {
    return (struct coupon){
        .code = "C", .percent_off = percent, .duration = duration, .months = months};
}

static void v14_coupons(void **state) {
    (void)state;
    const struct coupon once = coupon_of_kind(50, COUPON_ONCE, 0);
    const struct coupon always = coupon_of_kind(20, COUPON_FOREVER, 0);
    const struct coupon quarter = coupon_of_kind(50, COUPON_REPEATING, 3);
    struct revenue_terms terms = terms_of(&starter, "2026-01-15T00:00:00Z");
    terms.coupon_since = terms.at;
    terms.coupon = &once;
    assert_int_equal(per_month(revenue_stand_of(&terms).arr), 2900);
    terms.coupon = &quarter;
    struct revenue_account account = signed_up("2026-01-15T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 1450);
    assert_int_equal(per_month(account.stand.list), 2900);
    assert_int_equal(revenue_coupon_ends(&quarter, terms.coupon_since).ms,
                     on("2026-04-15T00:00:00Z").ms);
    terms.at = on("2026-04-14T23:59:59.999Z");
    struct revenue_stand same = stand_of(&terms);
    struct revenue_row row;
    assert_false(revenue_follow(&account, &same, terms.at, &row));
    terms.at = on("2026-04-15T00:00:00Z");
    MOVES(&account, &terms, "expansion", "discount_expired", 1450);
    terms.plan = &professional;
    terms.coupon = &always;
    assert_int_equal(per_month(revenue_stand_of(&terms).arr), 7920);
    assert_int_equal(revenue_coupon_ends(&always, terms.at).ms, INSTANT_MAX_MS);
    assert_int_equal(revenue_coupon_ends(NULL, terms.at).ms, INSTANT_MAX_MS);
    const struct coupon all = coupon_of_kind(100, COUPON_FOREVER, 0);
    terms = terms_of(&starter, "2026-05-01T00:00:00Z");
    terms.coupon = &all;
    MOVES(&account, &terms, "churn", "discount", -2900);
}

static void v15_a_trial_brings_nothing_until_it_is_paid(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-01-25T00:00:00Z");
    struct revenue_terms terms = terms_of(&professional, "2026-01-25T00:00:00Z");
    terms.status = SUBSCRIPTION_TRIALING;
    MOVES(&account, &terms, "standing", "upgrade", 0);
    assert_int_equal(per_month(account.stand.arr), 0);
    terms.status = SUBSCRIPTION_ACTIVE;
    terms.at = on("2026-02-08T00:00:00Z");
    struct revenue_row row = moves_to(&account, &terms);
    is_row(&row, "new", "trial_converted", 9900);
    assert_int_equal(row.cohort.number, revenue_month_of(revenue_day_of(terms.at)).number);
    assert_false(row.is_of_opening);
    assert_int_equal(row.signed_up.number, revenue_day_of(on("2026-01-25T00:00:00Z")).number);
}

static void v17_and_v18_up_and_away(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-04-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 2900);
    terms = terms_of(&professional, "2026-04-16T00:00:00Z");
    struct revenue_row up = moves_to(&account, &terms);
    is_row(&up, "expansion", "upgrade", 7000);
    struct revenue_entry entries[REVENUE_ENTRIES];
    assert_int_equal(revenue_entries(&up, entries), 2);
    assert_int_equal(entries[0].tier, TIER_PROFESSIONAL);
    assert_int_equal(per_month((struct annual){entries[0].measures.amount}), 7000);
    assert_int_equal(per_month((struct annual){entries[0].measures.holding}), 9900);
    assert_int_equal(entries[1].tier, TIER_STARTER);
    assert_int_equal(per_month((struct annual){entries[1].measures.holding}), -2900);
    assert_int_equal(entries[0].measures.paying + entries[1].measures.paying, 0);
    terms = terms_of(&starter, "2026-05-01T00:00:00Z");
    MOVES(&account, &terms, "contraction", "downgrade", -7000);
    terms.interval = INTERVAL_YEAR;
    MOVES(&account, &terms, "contraction", "interval", -290);
    struct plan dearer = starter;
    dearer.version = 2;
    dearer.prices[INTERVAL_YEAR].amount.minor = 34800;
    terms.plan = &dearer;
    MOVES(&account, &terms, "expansion", "price_change", 290);
    terms = terms_of(&free_plan, "2026-06-01T00:00:00Z");
    terms.exit = REVENUE_EXIT_TO_FREE;
    struct revenue_row away = moves_to(&account, &terms);
    is_row(&away, "churn", "to_free", -2900);
    assert_int_equal(revenue_entries(&away, entries), 2);
    assert_int_equal(entries[0].tier, TIER_STARTER);
    assert_int_equal(entries[0].measures.lost, 1);
    assert_int_equal(entries[0].measures.accounts, -1);
    assert_int_equal(entries[1].tier, TIER_FREE);
    assert_int_equal(entries[1].measures.accounts, 1);
    assert_int_equal(entries[1].measures.count, 0);
}

static void v18_an_add_on_that_goes_is_a_contraction(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct plan both = professional;
    both.version = PLAN_BOOK_FIRST + 7;
    both.prices[INTERVAL_MONTH].amount.minor = 9900 + 2900;
    struct plan one = professional;
    one.version = PLAN_BOOK_FIRST + 8;
    struct revenue_terms terms = terms_of(&both, "2026-04-01T00:00:00Z");
    MOVES(&account, &terms, "new", "contract", 12800);
    terms.plan = &one;
    MOVES(&account, &terms, "contraction", "contract", -2900);
    terms = terms_of(&free_plan, "2026-06-01T00:00:00Z");
    terms.exit = REVENUE_EXIT_TO_FREE;
    MOVES(&account, &terms, "churn", "to_free", -9900);
}

static void v19_usage_is_no_recurring_revenue(void **state) {
    (void)state;
    struct plan metered = starter;
    metered.limits[METRIC_API_REQUESTS].amount.amount = 100000;
    const struct revenue_terms terms = terms_of(&metered, "2026-04-01T00:00:00Z");
    assert_int_equal(per_month(revenue_stand_of(&terms).arr), 2900);
}

static void who_owes_is_at_risk_then_gone_then_recovered(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-04-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 2900);
    terms.status = SUBSCRIPTION_PAST_DUE;
    MOVES(&account, &terms, "standing", "risk", 0);
    assert_int_equal(per_month(revenue_risk(&account.stand)), 2900);
    terms.access = ACCESS_RESTRICTED;
    MOVES(&account, &terms, "churn", "involuntary", -2900);
    terms.status = SUBSCRIPTION_ACTIVE;
    terms.access = ACCESS_FULL;
    MOVES(&account, &terms, "reactivation", "recovered", 2900);
    terms.status = SUBSCRIPTION_PAUSED;
    terms.access = ACCESS_RESTRICTED;
    MOVES(&account, &terms, "churn", "paused", -2900);
    terms.status = SUBSCRIPTION_ACTIVE;
    terms.access = ACCESS_FULL;
    MOVES(&account, &terms, "reactivation", "resumed", 2900);
    terms.status = SUBSCRIPTION_UNPAID;
    MOVES(&account, &terms, "churn", "involuntary", -2900);
    struct revenue_terms over = terms_of(&free_plan, "2026-05-01T00:00:00Z");
    over.exit = REVENUE_EXIT_UNPAID;
    MOVES(&account, &over, "standing", "downgrade", 0); /* it brought nothing any more */
    terms = terms_of(&starter, "2026-06-01T00:00:00Z");
    MOVES(&account, &terms, "reactivation", "purchase", 2900);
}

static void one_that_came_back_within_the_month_was_not_lost(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-03-01T00:00:00Z");
    struct revenue_terms pays = terms_of(&starter, "2026-03-01T00:00:00Z");
    struct revenue_terms rests = terms_of(&free_plan, "2026-04-05T00:00:00Z");
    MOVES(&account, &pays, "new", "purchase", 2900);
    struct revenue_row row = moves_to(&account, &rests);
    assert_int_equal(row.lost, 1);
    pays.at = on("2026-04-20T00:00:00Z");
    row = moves_to(&account, &pays);
    assert_int_equal(row.lost, -1);
    assert_true(row.is_of_opening);
    rests.at = on("2026-05-02T00:00:00Z");
    row = moves_to(&account, &rests);
    assert_int_equal(row.lost, 1);
    pays.at = on("2026-06-02T00:00:00Z");
    row = moves_to(&account, &pays);
    assert_int_equal(row.lost, 0);
    rests.at = on("2026-06-03T00:00:00Z"); /* it was not there at the opening */
    row = moves_to(&account, &rests);
    assert_int_equal(row.lost, 0);
}

static void a_row_that_was_wrong_is_taken_back_by_another(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-04-01T00:00:00Z");
    struct revenue_row wrong = moves_to(&account, &terms);
    struct revenue_row back = revenue_reversed(&account, &wrong, on("2026-04-02T00:00:00Z"));
    is_row(&back, "churn", "correction", -2900);
    assert_int_equal(account.stand.arr.units, 0);
    struct revenue_row first;
    struct revenue_account begun = {.is_known = false};
    struct revenue_stand stand = stand_of(&terms);
    assert_true(revenue_follow(&begun, &stand, terms.at, &first));
    back = revenue_reversed(&begun, &first, on("2026-04-02T00:00:00Z"));
    is_row(&back, "churn", "correction", -2900);
    assert_int_equal(begun.stand.place, REVENUE_FREE);
}

static void who_is_erased_leaves_and_takes_nothing_along(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_stand gone = {.place = REVENUE_GONE, .currency = CURRENCY_USD};
    struct revenue_row row;
    assert_true(revenue_follow(&account, &gone, on("2026-05-01T00:00:00Z"), &row));
    is_row(&row, "left", "erased", 0);
    struct revenue_entry entries[REVENUE_ENTRIES];
    assert_int_equal(revenue_entries(&row, entries), 1);
    assert_int_equal(entries[0].measures.accounts, -1);
    account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-04-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 2900);
    assert_true(revenue_follow(&account, &gone, on("2026-05-01T00:00:00Z"), &row));
    is_row(&row, "churn", "erased", -2900);
}

static void another_currency_is_an_end_and_a_beginning(void **state) {
    (void)state;
    struct revenue_account account = signed_up("2026-04-01T00:00:00Z");
    struct revenue_terms terms = terms_of(&starter, "2026-04-01T00:00:00Z");
    MOVES(&account, &terms, "new", "purchase", 2900);
    struct revenue_stand euros = stand_of(&terms);
    struct revenue_row row;
    euros.currency = EURO;
    assert_true(revenue_follow(&account, &euros, terms.at, &row));
    is_row(&row, "churn", "currency", -2900);
}

/* --- many --- */

enum { HISTORIES = 1000, ACCOUNTS = 6, STEPS = 40, QUOTES = 6 };

struct history {
    struct prng prng;
    struct instant now;
    struct revenue_quote quotes[QUOTES];
    struct revenue_rates rates;
    struct revenue_account accounts[ACCOUNTS];
    struct revenue_sum sums[ACCOUNTS * STEPS * REVENUE_ENTRIES];
    size_t count;
};

static void change_rate(struct history *history) {
    if (history->rates.count < QUOTES) {
        history->quotes[history->rates.count] = (struct revenue_quote){
            .number = (int64_t)history->rates.count + 1,
            .currency = EURO,
            .at = history->now,
            .rate = {(int64_t)prng_below(&history->prng, 2000000) + 1},
        };
        history->rates.count++;
    }
}

static struct revenue_stand any_stand(struct history *history, size_t who) {
    static struct plan *const plans[] = {&free_plan, &starter, &professional, &enterprise};
    static const enum subscription_status statuses[] = {SUBSCRIPTION_ACTIVE, SUBSCRIPTION_ACTIVE,
                                                        SUBSCRIPTION_PAST_DUE,
                                                        SUBSCRIPTION_TRIALING, SUBSCRIPTION_PAUSED};
    struct prng *prng = &history->prng;
    const struct coupon coupon = coupon_of_kind((int32_t)prng_below(prng, 100) + 1,
                                                (enum coupon_duration)prng_below(prng, 3), 2);
    struct revenue_terms terms = {
        .plan = plans[prng_below(prng, COUNT(plans))],
        .interval = (enum interval)prng_below(prng, 2),
        .status = statuses[prng_below(prng, COUNT(statuses))],
        .access = prng_below(prng, 6) == 0 ? ACCESS_RESTRICTED : ACCESS_FULL,
        .is_ending = prng_below(prng, 5) == 0,
        .coupon = prng_below(prng, 3) == 0 ? &coupon : NULL,
        .coupon_since = history->now,
        .at = history->now,
    };
    struct revenue_stand stand = revenue_stand_of(&terms);
    stand.currency = who % 2 == 0 ? CURRENCY_USD : EURO;
    stand.country[0] = 'D';
    stand.country[1] = prng_below(prng, 9) == 0 ? 'K' : 'E';
    return stand;
}

static void note(struct history *history, const struct revenue_row *row) {
    struct revenue_entry entries[REVENUE_ENTRIES];
    int count = revenue_entries(row, entries);
    for (int i = 0; i < count; i++) {
        struct revenue_day day = revenue_day_of(row->at);
        history->sums[history->count++] = (struct revenue_sum){
            .period = revenue_month_of(day).number,
            .kind = (int)row->kind,
            .reason = (int)row->reason,
            .is_of_opening = row->is_of_opening,
            .tier = (int)entries[i].tier,
            .interval = (int)entries[i].interval,
            .currency = currency_equal(entries[i].currency, EURO) ? STR("eur") : STR("usd"),
            .rate_number = revenue_quote_at(&history->rates, entries[i].currency, row->at),
            .measures = entries[i].measures,
        };
    }
}

static void live(struct history *history, uint64_t seed) {
    *history = (struct history){.prng = {seed}, .now = on("2026-01-03T00:00:00Z")};
    history->rates = (struct revenue_rates){CURRENCY_USD, history->quotes, 0};
    for (int step = 0; step < STEPS; step++) {
        size_t who = (size_t)prng_below(&history->prng, ACCOUNTS);
        struct revenue_row row;
        struct revenue_stand stand = any_stand(history, who);
        if (revenue_follow(&history->accounts[who], &stand, history->now, &row)) {
            note(history, &row);
        }
        if (prng_below(&history->prng, 8) == 0) {
            change_rate(history);
        }
        history->now.ms += (int64_t)prng_below(&history->prng, 12) * 24 * 60 * 60 * 1000;
    }
}

/* What stands in the end, of the accounts themselves. */
static struct revenue_total standing(const struct history *history) {
    struct revenue_total total = {0};
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const struct revenue_stand *stand = &history->accounts[i].stand;
        struct currency currency = i % 2 == 0 ? CURRENCY_USD : EURO;
        int64_t number = revenue_quote_at(&history->rates, currency, INSTANT_MAX);
        total = revenue_plus(
            total, revenue_at(stand->arr, revenue_rate_of(&history->rates, currency, number)));
    }
    return total;
}

static int64_t paying(const struct history *history) {
    int64_t count = 0;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        count += history->accounts[i].stand.arr.units > 0 ? 1 : 0;
    }
    return count;
}

enum { MONTHS = 24 };
static const int32_t january = 56 * REVENUE_MONTHS_OF_YEAR; /* of 2026 */

static void check_book(const struct history *history, struct revenue_book *book) {
    for (size_t i = 0; i < book->count; i++) {
        const struct revenue_period *period = &book->periods[i];
        struct revenue_moves moves = revenue_moves_of(period);
        struct revenue_total sum = revenue_plus(period->opening, revenue_net_new(&moves));
        sum = revenue_plus(revenue_plus(sum, period->transfers), period->fx);
        assert_true(sum.value == period->closing.arr.value);
        assert_true(period->transfers.value == 0 || book->count == 0);
        assert_true(period->lost >= 0 && period->lost <= period->opening_paying);
        assert_true(period->lost_involuntary <= period->lost + period->counts[REVENUE_CHURN]);
        struct revenue_moves same = revenue_moves_of_opening(period);
        struct revenue_figure nrr = revenue_nrr(&same);
        assert_true(nrr.known == REVENUE_NO_BASE || nrr.value >= 0 || period->fx.value != 0);
    }
    const struct revenue_stock *end = &book->periods[book->count - 1].closing;
    assert_true(end->arr.value == standing(history).value);
    assert_int_equal(end->paying, paying(history));
    assert_true(end->committed.value <= end->arr.value && end->list.value >= end->arr.value);
}

static void v23_opening_and_all_that_moved_is_the_closing(void **state) {
    (void)state;
    static struct history history;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        live(&history, seed);
        struct revenue_period periods[MONTHS] = {{.opening = {0}}};
        struct revenue_book book = {.first = january, .count = MONTHS, .periods = periods};
        revenue_book_fill(&book, &history.rates, history.sums, history.count);
        check_book(&history, &book);
        struct revenue_period later[MONTHS] = {{.opening = {0}}};
        struct revenue_book half = {.first = january + 5, .count = MONTHS - 5, .periods = later};
        revenue_book_fill(&half, &history.rates, history.sums, history.count);
        check_book(&history, &half);
        assert_true(later[0].opening.value == periods[5].opening.value);
        assert_int_equal(later[0].opening_paying, periods[5].opening_paying);
    }
}

/* Each plan alone: what went over to another plan is a line of its own. */
static void plans_by_themselves_add_up_to_all(void **state) {
    (void)state;
    static struct history history;
    for (uint64_t seed = 1; seed <= HISTORIES / 10; seed++) {
        static struct revenue_sum some[COUNT(history.sums)];
        struct revenue_total all = {0};
        live(&history, seed);
        for (int tier = 0; tier < TIER_COUNT; tier++) {
            size_t count = 0;
            for (size_t i = 0; i < history.count; i++) {
                if (history.sums[i].tier == tier) {
                    some[count++] = history.sums[i];
                }
            }
            struct revenue_period periods[MONTHS] = {{.opening = {0}}};
            struct revenue_book book = {.first = january, .count = MONTHS, .periods = periods};
            revenue_book_fill(&book, &history.rates, some, count);
            for (size_t i = 0; i < MONTHS; i++) {
                struct revenue_moves moves = revenue_moves_of(&periods[i]);
                struct revenue_total sum =
                    revenue_plus(periods[i].opening, revenue_net_new(&moves));
                sum = revenue_plus(revenue_plus(sum, periods[i].transfers), periods[i].fx);
                assert_true(sum.value == periods[i].closing.arr.value);
            }
            all = revenue_plus(all, periods[MONTHS - 1].closing.arr);
        }
        assert_true(all.value == standing(&history).value);
    }
}

static void v11_a_rate_that_changes_is_no_movement(void **state) {
    (void)state;
    const struct revenue_quote quotes[] = {
        {1, EURO, on("2026-01-01T00:00:00Z"), {1100000}},
        {2, EURO, on("2026-02-15T00:00:00Z"), {1200000}},
        {3, CURRENCY_USD, on("2026-02-15T00:00:00Z"), {5000000}}, /* the reporting one: at par */
    };
    const struct revenue_rates rates = {CURRENCY_USD, quotes, COUNT(quotes)};
    const struct revenue_sum sum = {
        .period = january,
        .kind = REVENUE_NEW,
        .currency = STR("eur"),
        .rate_number = 1,
        .measures = {.count = 1, .amount = 648000, .holding = 648000, .paying = 1}, /* 90 a month */
    };
    struct revenue_period months[2] = {{.opening = {0}}};
    struct revenue_book book = {.first = january, .count = 2, .periods = months};
    revenue_book_fill(&book, &rates, &sum, 1);
    assert_int_equal(revenue_monthly(months[1].opening, CURRENCY_USD).minor, 9900);
    assert_int_equal(revenue_monthly(months[1].closing.arr, CURRENCY_USD).minor, 10800);
    assert_int_equal(revenue_monthly(months[1].fx, CURRENCY_USD).minor, 900);
    struct revenue_moves moves = revenue_moves_of(&months[1]);
    assert_true(revenue_net_new(&moves).value == 0);
    assert_false(book.has_unknown_rates);
    struct revenue_period days[45] = {{.opening = {0}}};
    struct revenue_book daily = {.first = revenue_day_of(on("2026-02-01T00:00:00Z")).number,
                                 .is_by_day = true,
                                 .count = COUNT(days),
                                 .periods = days};
    struct revenue_sum before = sum;
    before.period = daily.first - 1;
    revenue_book_fill(&daily, &rates, &before, 1);
    assert_int_equal(revenue_monthly(days[13].closing.arr, CURRENCY_USD).minor, 9900);
    assert_int_equal(revenue_monthly(days[14].fx, CURRENCY_USD).minor, 900);
    assert_int_equal(revenue_monthly(days[14].closing.arr, CURRENCY_USD).minor, 10800);
}

static void without_a_rate_it_is_said_that_something_is_missing(void **state) {
    (void)state;
    const struct revenue_rates rates = {CURRENCY_USD, NULL, 0};
    const struct revenue_sum sum = {.period = january,
                                    .kind = REVENUE_NEW,
                                    .currency = STR("eur"),
                                    .measures = {.count = 1, .amount = 6, .holding = 6}};
    struct revenue_period months[1] = {{.opening = {0}}};
    struct revenue_book book = {.first = january, .count = 1, .periods = months};
    revenue_book_fill(&book, &rates, &sum, 1);
    assert_true(book.has_unknown_rates);
    assert_true(months[0].closing.arr.value == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v8_a_life_with_two_plans),
        cmocka_unit_test(v12_an_end_that_is_scheduled_lowers_what_is_committed),
        cmocka_unit_test(a_smaller_plan_that_is_to_come_is_what_is_committed),
        cmocka_unit_test(v14_coupons),
        cmocka_unit_test(v15_a_trial_brings_nothing_until_it_is_paid),
        cmocka_unit_test(v17_and_v18_up_and_away),
        cmocka_unit_test(v18_an_add_on_that_goes_is_a_contraction),
        cmocka_unit_test(v19_usage_is_no_recurring_revenue),
        cmocka_unit_test(who_owes_is_at_risk_then_gone_then_recovered),
        cmocka_unit_test(one_that_came_back_within_the_month_was_not_lost),
        cmocka_unit_test(a_row_that_was_wrong_is_taken_back_by_another),
        cmocka_unit_test(who_is_erased_leaves_and_takes_nothing_along),
        cmocka_unit_test(another_currency_is_an_end_and_a_beginning),
        cmocka_unit_test(v11_a_rate_that_changes_is_no_movement),
        cmocka_unit_test(v23_opening_and_all_that_moved_is_the_closing),
        cmocka_unit_test(plans_by_themselves_add_up_to_all),
        cmocka_unit_test(without_a_rate_it_is_said_that_something_is_missing),
    };
    return cmocka_run_group_tests(tests, make_plans, NULL);
}
