/* Proration; see proration.h. */
#include "core/proration.h"

#include "base/attr.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "core/text.h"

static_assert(PRORATION_TEXT_SIZE >=
                  CATALOGUE_NAME_SIZE + sizeof "Remaining time on  after dd Mon yyyy",
              "the longest name fits its line");

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char *const interval_words[INTERVAL_COUNT] = {
    [INTERVAL_MONTH] = "one month",
    [INTERVAL_YEAR] = "one year",
};

/* "15 Jun 2026", as Stripe writes it. */
static void text_date(struct text *text, struct instant instant) {
    struct civil civil = civil_from_ms(instant.ms);
    check(civil.month >= 1);
    check(civil.month <= (int)ARRAY_LEN(month_names));
    text_number(text, civil.day, 2);
    text_str(text, STR(" "));
    text_str(text, str_from_cstr(month_names[civil.month - 1]));
    text_str(text, STR(" "));
    text_number(text, civil.year, 4);
}

/* "<before> <name> <after> <date>" */
static void describe(struct proration_line *line, struct str before, struct str name,
                     struct str after) {
    struct text text;
    text_init(&text, line->description, sizeof line->description);
    text_str(&text, before);
    text_str(&text, name);
    text_str(&text, after);
    text_date(&text, line->period.start);
    check(text_fits(&text));
}

/* The price's share for what is left of the whole period, to the second. */
static struct money share_of(struct money price, struct period whole, struct instant from) {
    int64_t end = instant_unix_seconds(whole.end);
    struct ratio left = {
        .numerator = end - instant_unix_seconds(from),
        .denominator = end - instant_unix_seconds(whole.start),
    };
    check(left.denominator > 0);
    check(left.numerator >= 0);
    check(left.numerator <= left.denominator);
    struct money share;
    bool is_in_range = money_multiply_ratio(price, left, ROUND_HALF_AWAY_FROM_ZERO, &share);
    check(is_in_range); /* a share is not more than the whole */
    check(money_compare(share, price) <= 0);
    check(!money_is_negative(share));
    return share;
}

static struct proration_line *add_line(struct proration *proration, struct money amount,
                                       struct period period) {
    check(proration->count < PRORATION_LINES_MAX);
    struct proration_line *line = &proration->lines[proration->count++];
    *line = (struct proration_line){.amount = amount, .period = period, .is_proration = true};
    return line;
}

static void add_credit(struct proration *proration, const struct proration_side *from,
                       struct period whole, struct period rest) {
    struct money unused = money_negate(share_of(from->price, whole, rest.start));
    describe(add_line(proration, unused, rest), STR("Unused time on "), from->name, STR(" after "));
}

static void add_remaining(struct proration *proration, const struct proration_side *to,
                          struct period whole, struct period rest) {
    struct money remaining = share_of(to->price, whole, rest.start);
    describe(add_line(proration, remaining, rest), STR("Remaining time on "), to->name,
             STR(" after "));
}

/* The whole price of the period that begins now. */
static void add_new_period(struct proration *proration, const struct proration_side *to) {
    struct proration_line *line = add_line(proration, to->price, proration->period);
    line->is_proration = false;
    char words[32];
    struct text text;
    text_init(&text, words, sizeof words);
    text_str(&text, STR(" for "));
    text_str(&text, str_from_cstr(interval_words[to->interval]));
    text_str(&text, STR(" from "));
    check(text_fits(&text));
    describe(line, STR(""), to->name, str_of(words, text.len));
}

static void sum_up(struct proration *proration, struct currency currency) {
    proration->total = money_zero(currency);
    for (size_t i = 0; i < proration->count; i++) {
        /* One credit and one charge: the sum is nearer to zero than either limit. */
        bool is_in_range =
            money_add(proration->total, proration->lines[i].amount, &proration->total);
        check(is_in_range);
    }
    bool is_credit = money_is_negative(proration->total);
    proration->amount_due = is_credit ? money_zero(currency) : proration->total;
    proration->credit = is_credit ? money_negate(proration->total) : money_zero(currency);
    check(!money_is_negative(proration->amount_due));
    check(!money_is_negative(proration->credit));
    check(money_is_zero(proration->amount_due) || money_is_zero(proration->credit));
}

struct proration proration_of(const struct proration_change *change) {
    const struct proration_side *from = &change->from;
    const struct proration_side *to = &change->to;
    check(currency_equal(from->price.currency, to->price.currency));
    check(!money_is_negative(from->price));
    check(!money_is_negative(to->price));
    check(from->name.len < CATALOGUE_NAME_SIZE);
    check(to->name.len < CATALOGUE_NAME_SIZE);
    struct instant at = {instant_unix_seconds(change->at) * 1000};
    check(!instant_is_before(at, (struct instant){instant_unix_seconds(change->anchor) * 1000}));

    struct instant anchor = {instant_unix_seconds(change->anchor) * 1000};
    struct period whole = period_containing(anchor, from->interval, at);
    struct period rest = {.start = at, .end = whole.end};
    bool is_from_free = money_is_zero(from->price);
    bool is_to_free = money_is_zero(to->price);
    bool begins_period =
        !is_to_free && (is_from_free || change->begins_period || from->interval != to->interval);

    struct proration result = {.anchor = anchor, .period = whole};
    if (!is_from_free) {
        add_credit(&result, from, whole, rest);
    }
    if (begins_period) {
        result.anchor = at;
        result.period = period_containing(at, to->interval, at);
        add_new_period(&result, to);
    } else if (!is_to_free) {
        add_remaining(&result, to, whole, rest);
    }
    sum_up(&result, from->price.currency);
    check(period_contains(result.period, at));
    return result;
}

bool proration_unused(const struct proration_debit *debits, size_t count, struct instant at,
                      struct money *ret_credit) {
    bool has_any = false;
    struct money credit = {0};
    for (size_t i = 0; i < count; i++) {
        const struct proration_debit *debit = &debits[i];
        check(!money_is_negative(debit->amount));
        check(instant_is_before(debit->period.start, debit->period.end));
        struct instant from = instant_later(debit->period.start, at);
        if (!instant_is_before(from, debit->period.end)) {
            continue;
        }
        struct money unused = money_negate(share_of(debit->amount, debit->period, from));
        bool is_in_range = !has_any || money_add(credit, unused, &unused);
        check(is_in_range); /* what one customer was billed for one period */
        credit = unused;
        has_any = true;
    }
    if (has_any) {
        *ret_credit = credit;
    }
    return has_any;
}
