#include "core/revenue_book.h"

#include "base/check.h"

/* --- rates --- */

int64_t revenue_quote_at(const struct revenue_rates *rates, struct currency currency,
                         struct instant at) {
    int64_t number = 0;
    for (size_t i = 0; i < rates->count; i++) {
        const struct revenue_quote *quote = &rates->quotes[i];
        bool is_in_force = !instant_is_before(at, quote->at);
        if (is_in_force && currency_equal(quote->currency, currency)) {
            check(quote->number > number); /* in order */
            check(quote->rate.micros > 0);
            number = quote->number;
        }
    }
    return number;
}

struct revenue_rate revenue_rate_of(const struct revenue_rates *rates, struct currency currency,
                                    int64_t number) {
    if (currency_equal(currency, rates->reporting)) {
        return (struct revenue_rate){REVENUE_RATE_PAR};
    }
    for (size_t i = 0; i < rates->count; i++) {
        const struct revenue_quote *quote = &rates->quotes[i];
        if (quote->number == number && currency_equal(quote->currency, currency)) {
            check(quote->rate.micros <= REVENUE_RATE_MAX);
            return quote->rate;
        }
    }
    return (struct revenue_rate){0};
}

/* --- filling --- */

static int64_t period_of(const struct revenue_book *book, struct instant at) {
    struct revenue_day day = revenue_day_of(at);
    return book->is_by_day ? day.number : revenue_month_of(day).number;
}

/* The last moment that belongs to the book's period `at`. */
static struct instant end_of(const struct revenue_book *book, size_t at) {
    int32_t next = (int32_t)(book->first + (int64_t)at + 1);
    struct revenue_day day = book->is_by_day ? (struct revenue_day){next}
                                             : revenue_month_first((struct revenue_month){next});
    return (struct instant){revenue_day_start(day).ms - 1};
}

static struct currency currency_of(const struct revenue_sum *sum) {
    struct currency currency = {""};
    bool is_known = currency_parse(sum->currency, &currency);
    check(is_known); /* the store has it from a row */
    return currency;
}

static void add(struct revenue_total *to, int64_t units, struct revenue_rate rate) {
    *to = revenue_plus(*to, revenue_at((struct annual){units}, rate));
}

static void add_moved(struct revenue_period *period, const struct revenue_sum *sum,
                      struct revenue_rate rate) {
    check((unsigned)sum->kind < REVENUE_KIND_COUNT);
    period->counts[sum->kind] += sum->measures.count;
    add(&period->transfers, sum->measures.holding - sum->measures.amount, rate);
    if (sum->kind >= REVENUE_MOVEMENTS) {
        check(sum->measures.amount == 0);
        return;
    }
    bool is_gain = sum->kind < REVENUE_CONTRACTION;
    int64_t amount = is_gain ? sum->measures.amount : -sum->measures.amount;
    add(&period->moved[sum->kind], amount, rate);
    if (sum->is_of_opening) {
        add(&period->moved_of_opening[sum->kind], amount, rate);
    }
    period->lost += sum->measures.lost;
    if (sum->reason == REVENUE_INVOLUNTARY || sum->reason == REVENUE_RECOVERED) {
        period->lost_involuntary += sum->measures.lost;
    }
}

/* What stood in the currency when a quote came: rows of before are of lower numbers. */
static int64_t held_before(const struct revenue_sum *sums, size_t count,
                           const struct revenue_quote *quote) {
    int64_t held = 0;
    for (size_t i = 0; i < count; i++) {
        if (sums[i].rate_number < quote->number &&
            currency_equal(currency_of(&sums[i]), quote->currency)) {
            held += sums[i].measures.holding;
        }
    }
    return held;
}

/* What the currency was worth until the quote came. */
static struct revenue_rate rate_before(const struct revenue_rates *rates,
                                       const struct revenue_quote *quote) {
    struct revenue_rate before = {0};
    for (size_t i = 0; i < rates->count && rates->quotes[i].number < quote->number; i++) {
        if (currency_equal(rates->quotes[i].currency, quote->currency)) {
            before = rates->quotes[i].rate;
        }
    }
    return before;
}

static void add_fx(struct revenue_book *book, const struct revenue_rates *rates,
                   const struct revenue_sum *sums, size_t count) {
    for (size_t i = 0; i < rates->count; i++) {
        const struct revenue_quote *quote = &rates->quotes[i];
        int64_t at = period_of(book, quote->at) - book->first;
        if (at < 0 || at >= (int64_t)book->count ||
            currency_equal(quote->currency, rates->reporting)) {
            continue;
        }
        const struct revenue_rate difference = {quote->rate.micros -
                                                rate_before(rates, quote).micros};
        add(&book->periods[at].fx, held_before(sums, count, quote), difference);
    }
}

/* What stands in one currency, period by period. */
struct standing_sum {
    struct currency currency;
    struct revenue_measures measures;
};

static void stand_at(struct revenue_book *book, const struct revenue_rates *rates, size_t at,
                     const struct standing_sum *sum) {
    const struct instant end = end_of(book, at);
    struct revenue_rate rate =
        revenue_rate_of(rates, sum->currency, revenue_quote_at(rates, sum->currency, end));
    struct revenue_stock *stock = &book->periods[at].closing;
    add(&stock->arr, sum->measures.holding, rate);
    add(&stock->list, sum->measures.list, rate);
    add(&stock->committed, sum->measures.committed, rate);
    add(&stock->at_risk, sum->measures.at_risk, rate);
    stock->paying += sum->measures.paying;
    stock->accounts += sum->measures.accounts;
    book->has_unknown_rates |= rate.micros == 0 && sum->measures.holding != 0;
}

static void add_measures(struct revenue_measures *to, const struct revenue_measures *from) {
    to->holding += from->holding;
    to->list += from->list;
    to->committed += from->committed;
    to->at_risk += from->at_risk;
    to->paying += from->paying;
    to->accounts += from->accounts;
}

/* The opening of the first period, at the rates of the moment before it. */
static void open_first(struct revenue_book *book, const struct revenue_rates *rates,
                       const struct standing_sum *sum) {
    struct revenue_day day =
        book->is_by_day ? (struct revenue_day){(int32_t)book->first}
                        : revenue_month_first((struct revenue_month){(int32_t)book->first});
    const struct instant before = {revenue_day_start(day).ms - 1};
    struct revenue_rate rate =
        revenue_rate_of(rates, sum->currency, revenue_quote_at(rates, sum->currency, before));
    add(&book->periods[0].opening, sum->measures.holding, rate);
    book->periods[0].opening_paying += sum->measures.paying;
}

static void add_currency(struct revenue_book *book, const struct revenue_rates *rates,
                         const struct revenue_sum *sums, size_t count, struct currency currency) {
    struct standing_sum sum = {.currency = currency};
    /* One pass a period would cost periods x sums; differences are laid down first. */
    struct revenue_measures steps[REVENUE_PERIODS_MAX] = {{0}};
    for (size_t i = 0; i < count; i++) {
        int64_t at = sums[i].period - book->first;
        if (at >= (int64_t)book->count || !currency_equal(currency_of(&sums[i]), currency)) {
            continue;
        }
        add_measures(at < 0 ? &sum.measures : &steps[at], &sums[i].measures);
    }
    open_first(book, rates, &sum);
    for (size_t at = 0; at < book->count; at++) {
        add_measures(&sum.measures, &steps[at]);
        stand_at(book, rates, at, &sum);
    }
}

static size_t currencies_of(const struct revenue_sum *sums, size_t count,
                            struct currency ret_list[REVENUE_CURRENCIES_MAX]) {
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        struct currency currency = currency_of(&sums[i]);
        size_t at = 0;
        while (at < used && !currency_equal(ret_list[at], currency)) {
            at++;
        }
        if (at == used && used < REVENUE_CURRENCIES_MAX) {
            ret_list[used++] = currency;
        }
    }
    return used;
}

void revenue_book_fill(struct revenue_book *book, const struct revenue_rates *rates,
                       const struct revenue_sum *sums, size_t count) {
    struct currency currencies[REVENUE_CURRENCIES_MAX];
    check(book->count > 0);
    check(book->count <= REVENUE_PERIODS_MAX);
    check(book->periods != NULL);
    for (size_t i = 0; i < count; i++) {
        int64_t at = sums[i].period - book->first;
        if (at >= 0 && at < (int64_t)book->count) {
            struct revenue_rate rate =
                revenue_rate_of(rates, currency_of(&sums[i]), sums[i].rate_number);
            add_moved(&book->periods[at], &sums[i], rate);
        }
    }
    size_t used = currencies_of(sums, count, currencies);
    check(used <= REVENUE_CURRENCIES_MAX);
    for (size_t i = 0; i < used; i++) {
        add_currency(book, rates, sums, count, currencies[i]);
    }
    add_fx(book, rates, sums, count);
    for (size_t at = 1; at < book->count; at++) {
        book->periods[at].opening = book->periods[at - 1].closing.arr;
        book->periods[at].opening_paying = book->periods[at - 1].closing.paying;
    }
}

/* --- of a period --- */

static struct revenue_moves moves(struct revenue_total opening,
                                  const struct revenue_total of[REVENUE_MOVEMENTS]) {
    struct revenue_moves all = {.opening = opening};
    for (int kind = 0; kind < REVENUE_MOVEMENTS; kind++) {
        all.of[kind] = of[kind];
    }
    return all;
}

struct revenue_moves revenue_moves_of(const struct revenue_period *period) {
    return moves(period->opening, period->moved);
}

struct revenue_moves revenue_moves_of_opening(const struct revenue_period *period) {
    return moves(period->opening, period->moved_of_opening);
}
