/* Where revenue stands and how it moved: overview, movements, churn, retention, and the proof that
 * it all adds up. */
#include "app/revenue_making.h"

#include "base/check.h"

static struct revenue_figure money(const struct revenue_making *making,
                                   struct revenue_total total) {
    return revenue_month_money(making, total);
}

static struct revenue_figure yearly(const struct revenue_making *making,
                                    struct revenue_total total) {
    return revenue_value(revenue_yearly(total, making->rates.reporting).minor);
}

static struct revenue_total moved(const struct revenue_period *period, enum revenue_kind kind) {
    return period->moved[kind];
}

/* --- movements --- */

static const struct revenue_report_column movement_columns[] = {
    {"opening", REVENUE_IN_MONEY, false},
    {"new", REVENUE_IN_MONEY, true},
    {"reactivation", REVENUE_IN_MONEY, true},
    {"expansion", REVENUE_IN_MONEY, true},
    {"contraction", REVENUE_IN_MONEY, true},
    {"churn", REVENUE_IN_MONEY, true},
    {"netNew", REVENUE_IN_MONEY, false},
    {"transfers", REVENUE_IN_MONEY, false},
    {"fx", REVENUE_IN_MONEY, false},
    {"closing", REVENUE_IN_MONEY, true},
    {"paying", REVENUE_IN_COUNT, false},
    {"newCustomers", REVENUE_IN_COUNT, false},
    {"churnedCustomers", REVENUE_IN_COUNT, false},
};

/* What is taken away is negative here, so that a row adds up from left to right. */
static void put_movements(struct revenue_making *making, struct str key, bool is_partial,
                          const struct revenue_period *period) {
    struct revenue_figure *cells = revenue_row_add(making, key, is_partial);
    struct revenue_moves moves = revenue_moves_of(period);
    if (cells == NULL) {
        return;
    }
    const struct revenue_total amounts[] = {
        period->opening,
        moved(period, REVENUE_NEW),
        moved(period, REVENUE_REACTIVATION),
        moved(period, REVENUE_EXPANSION),
        revenue_negated(moved(period, REVENUE_CONTRACTION)),
        revenue_negated(moved(period, REVENUE_CHURN)),
        revenue_net_new(&moves),
        period->transfers,
        period->fx,
        period->closing.arr,
    };
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        cells[i] = money(making, amounts[i]);
    }
    cells[ARRAY_LEN(amounts)] = revenue_value(period->closing.paying);
    cells[ARRAY_LEN(amounts) + 1] = revenue_value(period->counts[REVENUE_NEW]);
    cells[ARRAY_LEN(amounts) + 2] = revenue_value(period->counts[REVENUE_CHURN]);
}

static void put_months(struct revenue_making *making) {
    revenue_columns(making, movement_columns, ARRAY_LEN(movement_columns));
    for (size_t i = making->first; i <= making->last; i++) {
        put_movements(making, revenue_month_key(making, making->book.first + (int64_t)i),
                      revenue_is_partial(making, i), &making->book.periods[i]);
    }
}

static struct err put_days(struct revenue_making *making) {
    struct revenue_sums_query query = {.tier = making->query->tier,
                                       .interval = making->query->interval,
                                       .country = making->query->country,
                                       .by_reason = true,
                                       .from = making->report->from,
                                       .to = making->query->as_of};
    int64_t days = query.to.number - query.from.number + 1;
    int64_t shown = days > REVENUE_DAYS_MAX ? REVENUE_DAYS_MAX : days;
    query.from.number = query.to.number - (int32_t)shown + 1;
    making->report->from = query.from;
    struct row_list list;
    TRY(revenue_sums_of_days(making->tx, &query, &list));
    struct revenue_period periods[REVENUE_DAYS_MAX] = {{.opening = {0}}};
    struct revenue_book book = {
        .first = query.from.number, .is_by_day = true, .count = (size_t)shown, .periods = periods};
    revenue_book_fill(&book, &making->rates, list.items, list.count);
    revenue_columns(making, movement_columns, ARRAY_LEN(movement_columns));
    for (size_t i = 0; i < book.count; i++) {
        put_movements(making, revenue_day_key(making, book.first + (int64_t)i), false, &periods[i]);
    }
    return OK;
}

static void say_movements(struct revenue_making *making) {
    const struct revenue_period *now = &making->book.periods[making->last];
    const struct revenue_period *before = &making->book.periods[making->last - 1];
    static const struct {
        const char *id;
        enum revenue_kind kind;
    } kinds[] = {{"new", REVENUE_NEW},
                 {"reactivation", REVENUE_REACTIVATION},
                 {"expansion", REVENUE_EXPANSION},
                 {"contraction", REVENUE_CONTRACTION},
                 {"churn", REVENUE_CHURN}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        revenue_say_both(making, kinds[i].id, REVENUE_IN_MONEY,
                         money(making, now->moved[kinds[i].kind]),
                         money(making, before->moved[kinds[i].kind]));
    }
    struct revenue_moves moves = revenue_moves_of(now);
    struct revenue_moves earlier = revenue_moves_of(before);
    revenue_say_both(making, "netNew", REVENUE_IN_MONEY, money(making, revenue_net_new(&moves)),
                     money(making, revenue_net_new(&earlier)));
    revenue_say_both(making, "fx", REVENUE_IN_MONEY, money(making, now->fx),
                     money(making, before->fx));
    revenue_say_both(making, "quickRatio", REVENUE_IN_RATIO, revenue_quick_ratio(&moves),
                     revenue_quick_ratio(&earlier));
}

struct err revenue_make_movements(struct revenue_making *making) {
    TRY(revenue_make_months(making, false, false));
    say_movements(making);
    if (making->query->is_by_day) {
        return put_days(making);
    }
    put_months(making);
    return OK;
}

/* --- overview --- */

static void say_stock(struct revenue_making *making) {
    const struct revenue_stock *now = &making->book.periods[making->last].closing;
    const struct revenue_stock *before = &making->book.periods[making->last - 1].closing;
    revenue_say_both(making, "mrr", REVENUE_IN_MONEY, money(making, now->arr),
                     money(making, before->arr));
    revenue_say_both(making, "arr", REVENUE_IN_MONEY, yearly(making, now->arr),
                     yearly(making, before->arr));
    revenue_say_both(making, "committedMrr", REVENUE_IN_MONEY, money(making, now->committed),
                     money(making, before->committed));
    revenue_say_both(making, "atRiskMrr", REVENUE_IN_MONEY, money(making, now->at_risk),
                     money(making, before->at_risk));
    revenue_say_both(making, "listMrr", REVENUE_IN_MONEY, money(making, now->list),
                     money(making, before->list));
    revenue_say_both(making, "paying", REVENUE_IN_COUNT, revenue_value(now->paying),
                     revenue_value(before->paying));
    revenue_say_both(making, "free", REVENUE_IN_COUNT, revenue_value(now->accounts - now->paying),
                     revenue_value(before->accounts - before->paying));
    revenue_say_both(making, "arpa", REVENUE_IN_MONEY, revenue_per_head(now->arr, now->paying),
                     revenue_per_head(before->arr, before->paying));
    revenue_say_both(making, "arpuAll", REVENUE_IN_MONEY, revenue_per_head(now->arr, now->accounts),
                     revenue_per_head(before->arr, before->accounts));
    revenue_say_both(making, "stockRatio", REVENUE_IN_SHARE,
                     revenue_share_of_count(now->paying, now->accounts),
                     revenue_share_of_count(before->paying, before->accounts));
}

/* A period's rate, and that of the one before. */
static void say_rate(struct revenue_making *making, const char *id,
                     struct revenue_figure (*rate)(const struct revenue_moves *moves)) {
    struct revenue_moves now = revenue_moves_of(&making->book.periods[making->last]);
    struct revenue_moves before = revenue_moves_of(&making->book.periods[making->last - 1]);
    revenue_say_both(making, id, REVENUE_IN_SHARE, rate(&now), rate(&before));
}

static struct revenue_churn logo(const struct revenue_period *period) {
    return (struct revenue_churn){period->lost, period->opening_paying};
}

/* Who was lost to a failed payment and bought anew within the month is not lost: of those that are,
 * no more can be involuntary than there are. */
static int64_t lost_involuntary(const struct revenue_period *period) {
    int64_t most = period->lost > 0 ? period->lost : 0;
    return period->lost_involuntary < most ? period->lost_involuntary : most;
}

static struct revenue_churn logo_involuntary(const struct revenue_period *period) {
    return (struct revenue_churn){lost_involuntary(period), period->opening_paying};
}

static struct revenue_churn logo_voluntary(const struct revenue_period *period) {
    return (struct revenue_churn){period->lost - lost_involuntary(period), period->opening_paying};
}

static void say_logo(struct revenue_making *making, const char *id,
                     struct revenue_churn (*of)(const struct revenue_period *period)) {
    revenue_say_both(making, id, REVENUE_IN_SHARE,
                     revenue_logo_churn(of(&making->book.periods[making->last])),
                     revenue_logo_churn(of(&making->book.periods[making->last - 1])));
}

static void say_churn(struct revenue_making *making) {
    const struct revenue_period *now = &making->book.periods[making->last];
    const struct revenue_period *before = &making->book.periods[making->last - 1];
    say_logo(making, "logoChurn", logo);
    say_logo(making, "voluntaryChurn", logo_voluntary);
    say_logo(making, "involuntaryChurn", logo_involuntary);
    revenue_say_both(making, "logoChurnOfYear", REVENUE_IN_SHARE,
                     revenue_logo_churn_of_year(logo(now)),
                     revenue_logo_churn_of_year(logo(before)));
    say_rate(making, "grossChurn", revenue_gross_churn);
    say_rate(making, "netChurn", revenue_net_churn);
}

/* Of the customers of a year ago; n/a of some of them alone: sums of customers are of all. */
static struct err annual_nrr(struct revenue_making *making, struct revenue_figure *ret_nrr,
                             struct revenue_figure *ret_kept) {
    const struct revenue_report_query *query = making->query;
    *ret_nrr = *ret_kept = revenue_unknown(REVENUE_NOT_RECORDED);
    if (query->tier >= 0 || query->interval >= 0 || query->country.len > 0) {
        return OK;
    }
    struct instant end = revenue_day_start((struct revenue_day){query->as_of.number + 1});
    struct instant then = {instant_add_months(end, -REVENUE_MONTHS_OF_YEAR).ms - 1};
    struct row_list list;
    TRY(revenue_kept(making->tx, revenue_day_of(then).number, query->as_of.number, &list));
    const struct revenue_kept_row *rows = list.items;
    struct revenue_total brought = {0};
    struct revenue_total brings = {0};
    int64_t customers = 0;
    int64_t kept = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct currency currency = money_stored(0, rows[i].currency).currency;
        int64_t number = revenue_quote_at(&making->rates, currency, then);
        struct revenue_rate rate = revenue_rate_of(&making->rates, currency, number);
        brought = revenue_plus(brought, revenue_at((struct annual){rows[i].then}, rate));
        brings = revenue_plus(brings, revenue_at((struct annual){rows[i].now}, rate));
        customers += rows[i].customers;
        kept += rows[i].kept;
    }
    *ret_nrr = revenue_share(brings, brought);
    *ret_kept = revenue_share_of_count(kept, customers);
    return OK;
}

static struct err say_retention(struct revenue_making *making) {
    struct revenue_moves now = revenue_moves_of_opening(&making->book.periods[making->last]);
    struct revenue_moves before = revenue_moves_of_opening(&making->book.periods[making->last - 1]);
    revenue_say_both(making, "nrr", REVENUE_IN_SHARE, revenue_nrr(&now), revenue_nrr(&before));
    say_rate(making, "grr", revenue_grr);
    struct revenue_figure nrr;
    struct revenue_figure kept;
    TRY(annual_nrr(making, &nrr, &kept));
    revenue_say(making, "nrrOfYear", REVENUE_IN_SHARE, nrr);
    revenue_say(making, "customersKeptOfYear", REVENUE_IN_SHARE, kept);
    return OK;
}

static struct err say_worth(struct revenue_making *making) {
    struct revenue_worth worth = revenue_make_worth(making, &making->book, making->last);
    struct revenue_worth whole = worth;
    struct revenue_spend spend;
    const struct revenue_period *now = &making->book.periods[making->last];
    whole.margin = REVENUE_SHARE;
    TRY(revenue_make_spend(making, &making->book, making->closed, &spend));
    revenue_say(making, "asp", REVENUE_IN_MONEY,
                revenue_per_head(now->moved[REVENUE_NEW], now->counts[REVENUE_NEW]));
    revenue_say(making, "ltv", REVENUE_IN_MONEY, revenue_ltv(&worth));
    revenue_say(making, "ltvRevenue", REVENUE_IN_MONEY, revenue_ltv(&whole));
    revenue_say(making, "lifetime", REVENUE_IN_MONTHS, revenue_lifetime(worth.churn));
    revenue_say(making, "cac", REVENUE_IN_MONEY, revenue_cac(&spend));
    revenue_say(making, "cacMax", REVENUE_IN_MONEY, revenue_cac_max(&worth));
    revenue_say(making, "payback", REVENUE_IN_MONTHS, revenue_payback(&worth, &spend));
    revenue_say(making, "ltvToCac", REVENUE_IN_RATIO, revenue_ltv_to_cac(&worth, &spend));
    return OK;
}

struct err revenue_make_overview(struct revenue_making *making) {
    TRY(revenue_make_months(making, false, false));
    say_stock(making);
    say_movements(making);
    say_churn(making);
    TRY(say_retention(making));
    TRY(say_worth(making));
    TRY(revenue_say_billed(making));
    put_months(making);
    return OK;
}

/* --- churn, retention --- */

/* Of who paid 30 days before the day, who did not pay at its end; n/a while nobody did. */
static struct err rolling(struct revenue_making *making, int64_t day,
                          struct revenue_figure *ret_churn) {
    enum { WINDOW_DAYS = 30 };
    const struct revenue_report_query *query = making->query;
    const struct revenue_left_query left = {.day_from = day - WINDOW_DAYS + 1,
                                            .day_to = day,
                                            .tier = query->tier,
                                            .interval = query->interval,
                                            .country = query->country};
    struct revenue_churn churn = {0, 0};
    TRY(revenue_left(making->tx, &left, &churn.lost));
    TRY(revenue_paying_before(making->tx, &left, &churn.opening));
    *ret_churn = revenue_logo_churn(churn);
    return OK;
}

/* The last day of a month of the book that is shown. */
static int64_t last_day(const struct revenue_making *making, size_t at) {
    int64_t next = making->book.first + (int64_t)at + 1;
    return at == making->last
               ? making->query->as_of.number
               : revenue_month_first((struct revenue_month){(int32_t)next}).number - 1;
}

/* Who left within 30 days of their first payment. */
static struct err early(struct revenue_making *making, size_t at,
                        struct revenue_figure *ret_count) {
    const struct revenue_report_query *query = making->query;
    int64_t month = making->book.first + (int64_t)at;
    const struct revenue_left_query left = {
        .day_from = revenue_month_first((struct revenue_month){(int32_t)month}).number,
        .day_to = last_day(making, at),
        .tier = query->tier,
        .interval = query->interval,
        .country = query->country};
    int64_t count = 0;
    TRY(revenue_left_early(making->tx, &left, &count));
    *ret_count = revenue_value(count);
    return OK;
}

struct leavers {
    struct revenue_figure early, rolling;
};

static struct err leavers_of(struct revenue_making *making, size_t at,
                             struct leavers *ret_leavers) {
    TRY(early(making, at, &ret_leavers->early));
    return rolling(making, last_day(making, at), &ret_leavers->rolling);
}

/* The last month and the one before it, which the rows show as well: each is counted once. */
struct latest {
    struct leavers now, before;
};

static struct err say_leavers(struct revenue_making *making, struct latest *ret_latest) {
    TRY(leavers_of(making, making->last, &ret_latest->now));
    TRY(leavers_of(making, making->last - 1, &ret_latest->before));
    revenue_say_both(making, "logoChurnOf30Days", REVENUE_IN_SHARE, ret_latest->now.rolling,
                     ret_latest->before.rolling);
    revenue_say_both(making, "earlyChurn", REVENUE_IN_COUNT, ret_latest->now.early,
                     ret_latest->before.early);
    return OK;
}

static struct err leavers_in_row(struct revenue_making *making, const struct latest *latest,
                                 size_t at, struct leavers *ret_leavers) {
    if (at + 1 < making->last) {
        return leavers_of(making, at, ret_leavers);
    }
    *ret_leavers = at == making->last ? latest->now : latest->before;
    return OK;
}

struct err revenue_make_churns(struct revenue_making *making) {
    struct latest latest;
    struct leavers leavers;
    TRY(revenue_make_months(making, false, false));
    say_churn(making);
    TRY(say_leavers(making, &latest));
    REVENUE_COLUMNS(
        making, {"logoChurn", REVENUE_IN_SHARE, true}, {"voluntaryChurn", REVENUE_IN_SHARE, true},
        {"involuntaryChurn", REVENUE_IN_SHARE, true}, {"grossChurn", REVENUE_IN_SHARE, false},
        {"netChurn", REVENUE_IN_SHARE, false}, {"churn", REVENUE_IN_MONEY, false},
        {"contraction", REVENUE_IN_MONEY, false}, {"openingPaying", REVENUE_IN_COUNT, false},
        {"lostCustomers", REVENUE_IN_COUNT, false}, {"churnedCustomers", REVENUE_IN_COUNT, false},
        {"reactivatedCustomers", REVENUE_IN_COUNT, false}, {"earlyChurn", REVENUE_IN_COUNT, false},
        {"logoChurnOf30Days", REVENUE_IN_SHARE, true});
    for (size_t i = making->first; i <= making->last; i++) {
        const struct revenue_period *period = &making->book.periods[i];
        struct revenue_moves moves = revenue_moves_of(period);
        TRY(leavers_in_row(making, &latest, i, &leavers));
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, making->book.first + (int64_t)i),
                            revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        const struct revenue_figure values[] = {
            revenue_logo_churn(logo(period)),
            revenue_logo_churn(logo_voluntary(period)),
            revenue_logo_churn(logo_involuntary(period)),
            revenue_gross_churn(&moves),
            revenue_net_churn(&moves),
            money(making, period->moved[REVENUE_CHURN]),
            money(making, period->moved[REVENUE_CONTRACTION]),
            revenue_value(period->opening_paying),
            revenue_value(period->lost),
            revenue_value(period->counts[REVENUE_CHURN]),
            revenue_value(period->counts[REVENUE_REACTIVATION]),
            leavers.early,
            leavers.rolling,
        };
        check(ARRAY_LEN(values) == making->report->column_count);
        for (size_t k = 0; k < ARRAY_LEN(values); k++) {
            cells[k] = values[k];
        }
    }
    return OK;
}

struct err revenue_make_retention(struct revenue_making *making) {
    TRY(revenue_make_months(making, false, false));
    TRY(say_retention(making));
    REVENUE_COLUMNS(making, {"nrr", REVENUE_IN_SHARE, true}, {"grr", REVENUE_IN_SHARE, true},
                    {"opening", REVENUE_IN_MONEY, false}, {"closing", REVENUE_IN_MONEY, false});
    for (size_t i = making->first; i <= making->last; i++) {
        const struct revenue_period *period = &making->book.periods[i];
        struct revenue_moves same = revenue_moves_of_opening(period);
        struct revenue_moves all = revenue_moves_of(period);
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, making->book.first + (int64_t)i),
                            revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_nrr(&same);
        cells[1] = revenue_grr(&all);
        cells[2] = money(making, period->opening);
        cells[3] = money(making, period->closing.arr);
    }
    return OK;
}
