/* Revenue by what is sold and where: plans, places, what expansion consists of. */
#include "app/revenue_making.h"

#include "base/check.h"

enum { COUNTRIES_MAX = 300 };

/* --- plans --- */

struct plan_place {
    int tier, interval;
};

static bool is_of_plan(const struct revenue_sum *sum, const void *context) {
    const struct plan_place *place = context;
    bool is_interval = place->interval < 0 || sum->interval == place->interval;
    return sum->tier == place->tier && is_interval;
}

/* What moved in all months that are shown. */
static struct revenue_total over_time(const struct revenue_making *making,
                                      const struct revenue_book *book, enum revenue_kind kind) {
    struct revenue_total total = {0};
    for (size_t i = making->first; i <= making->last; i++) {
        total = revenue_plus(total, book->periods[i].moved[kind]);
    }
    return total;
}

static int64_t how_often(const struct revenue_making *making, const struct revenue_book *book,
                         enum revenue_kind kind) {
    int64_t count = 0;
    for (size_t i = making->first; i <= making->last; i++) {
        count += book->periods[i].counts[kind];
    }
    return count;
}

static struct err put_plan(struct revenue_making *making, const struct plan_place *place) {
    struct revenue_book book;
    TRY(revenue_make_book(making, is_of_plan, place, &book));
    const struct revenue_stock *stock = &book.periods[making->last].closing;
    const struct revenue_stock *all = &making->book.periods[making->last].closing;
    if (stock->accounts == 0 && how_often(making, &book, REVENUE_CHURN) == 0) {
        return OK;
    }
    struct str key = arena_printf(making->tx->cx->arena, "%s %s", tier_name((enum tier)place->tier),
                                  interval_name((enum interval)place->interval));
    struct revenue_figure *cells = revenue_row_add(making, key, false);
    if (cells == NULL) {
        return OK;
    }
    const struct revenue_figure values[] = {
        revenue_month_money(making, stock->arr),
        revenue_share(stock->arr, all->arr),
        revenue_value(stock->paying),
        revenue_value(stock->accounts),
        revenue_per_head(stock->arr, stock->paying),
        revenue_month_money(making, over_time(making, &book, REVENUE_NEW)),
        revenue_month_money(making, over_time(making, &book, REVENUE_EXPANSION)),
        revenue_month_money(making, over_time(making, &book, REVENUE_CONTRACTION)),
        revenue_month_money(making, over_time(making, &book, REVENUE_CHURN)),
        revenue_value(how_often(making, &book, REVENUE_NEW)),
        revenue_value(how_often(making, &book, REVENUE_CHURN)),
    };
    check(ARRAY_LEN(values) == making->report->column_count);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        cells[i] = values[i];
    }
    return OK;
}

static void say_sizes(struct revenue_making *making) {
    const struct revenue_stock *now = &making->book.periods[making->last].closing;
    const struct revenue_stock *before = &making->book.periods[making->last - 1].closing;
    revenue_say_both(making, "mrr", REVENUE_IN_MONEY, revenue_month_money(making, now->arr),
                     revenue_month_money(making, before->arr));
    revenue_say_both(making, "paying", REVENUE_IN_COUNT, revenue_value(now->paying),
                     revenue_value(before->paying));
    revenue_say_both(making, "accounts", REVENUE_IN_COUNT, revenue_value(now->accounts),
                     revenue_value(before->accounts));
}

struct err revenue_make_plans(struct revenue_making *making) {
    TRY(revenue_make_months(making, true, false));
    say_sizes(making);
    REVENUE_COLUMNS(making, {"mrr", REVENUE_IN_MONEY, true}, {"mrrShare", REVENUE_IN_SHARE, false},
                    {"paying", REVENUE_IN_COUNT, false}, {"accounts", REVENUE_IN_COUNT, false},
                    {"arpa", REVENUE_IN_MONEY, false}, {"new", REVENUE_IN_MONEY, false},
                    {"expansion", REVENUE_IN_MONEY, false},
                    {"contraction", REVENUE_IN_MONEY, false}, {"churn", REVENUE_IN_MONEY, false},
                    {"newCustomers", REVENUE_IN_COUNT, false},
                    {"churnedCustomers", REVENUE_IN_COUNT, false});
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        for (int interval = 0; interval < INTERVAL_COUNT; interval++) {
            const struct plan_place place = {tier, interval};
            TRY(put_plan(making, &place));
        }
    }
    return OK;
}

/* What one customer of each plan is worth: a figure of all hides how little the small ones are. */
struct err revenue_make_ltv(struct revenue_making *making) {
    TRY(revenue_make_months(making, true, false));
    struct revenue_worth all = revenue_make_worth(making, &making->book, making->last);
    struct revenue_worth whole = all;
    struct revenue_spend spend;
    whole.margin = REVENUE_SHARE;
    TRY(revenue_make_spend(making, &making->book, making->closed, &spend));
    revenue_say(making, "ltv", REVENUE_IN_MONEY, revenue_ltv(&all));
    revenue_say(making, "ltvRevenue", REVENUE_IN_MONEY, revenue_ltv(&whole));
    revenue_say(making, "cac", REVENUE_IN_MONEY, revenue_cac(&spend));
    revenue_say(making, "ltvToCac", REVENUE_IN_RATIO, revenue_ltv_to_cac(&all, &spend));
    revenue_say(making, "payback", REVENUE_IN_MONTHS, revenue_payback(&all, &spend));
    REVENUE_COLUMNS(making, {"arpa", REVENUE_IN_MONEY, false},
                    {"logoChurn", REVENUE_IN_SHARE, false}, {"lifetime", REVENUE_IN_MONTHS, false},
                    {"ltv", REVENUE_IN_MONEY, true}, {"ltvRevenue", REVENUE_IN_MONEY, false},
                    {"cacMax", REVENUE_IN_MONEY, false}, {"paying", REVENUE_IN_COUNT, false});
    for (int tier = TIER_STARTER; tier < TIER_COUNT; tier++) {
        const struct plan_place place = {tier, -1};
        struct revenue_book book;
        TRY(revenue_make_book(making, is_of_plan, &place, &book));
        struct revenue_figure *cells =
            revenue_row_add(making, str_from_cstr(tier_name((enum tier)tier)), false);
        struct revenue_worth of = revenue_make_worth(making, &book, making->last);
        struct revenue_worth gross = of;
        gross.margin = REVENUE_SHARE;
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_per_head(of.total, of.paying);
        cells[1] = revenue_logo_churn(of.churn);
        cells[2] = revenue_lifetime(of.churn);
        cells[3] = revenue_ltv(&of);
        cells[4] = revenue_ltv(&gross);
        cells[5] = revenue_cac_max(&of);
        cells[6] = revenue_value(of.paying);
    }
    return OK;
}

/* --- places --- */

/* Countries that are told by themselves, and all others in one. */
struct places {
    struct str told[COUNTRIES_MAX];
    size_t count;
    struct str one; /* of the row in hand; empty: the others */
};

static bool is_told(const struct places *places, struct str country) {
    for (size_t i = 0; i < places->count; i++) {
        if (str_equal(places->told[i], country)) {
            return true;
        }
    }
    return false;
}

static bool is_of_place(const struct revenue_sum *sum, const void *context) {
    const struct places *places = context;
    return places->one.len > 0 ? str_equal(sum->country, places->one)
                               : !is_told(places, sum->country);
}

/* Each country's accounts; those of few are left out. */
static void find_places(const struct revenue_making *making, struct places *ret_places) {
    struct {
        struct str country;
        int64_t accounts;
    } found[COUNTRIES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < making->sum_count; i++) {
        size_t at = 0;
        while (at < count && !str_equal(found[at].country, making->sums[i].country)) {
            at++;
        }
        if (at == COUNTRIES_MAX) {
            continue; /* there are fewer codes than that */
        }
        if (at == count) {
            found[count].country = making->sums[i].country;
            found[count++].accounts = 0;
        }
        found[at].accounts += making->sums[i].measures.accounts;
    }
    for (size_t i = 0; i < count; i++) {
        if (found[i].country.len > 0 && found[i].accounts >= REVENUE_CELL_MIN) {
            ret_places->told[ret_places->count++] = found[i].country;
        }
    }
}

static struct err put_place(struct revenue_making *making, const struct places *places) {
    struct revenue_book book;
    TRY(revenue_make_book(making, is_of_place, places, &book));
    const struct revenue_stock *stock = &book.periods[making->last].closing;
    const struct revenue_stock *all = &making->book.periods[making->last].closing;
    struct str key = places->one.len > 0 ? places->one : STR("other");
    struct revenue_figure *cells = revenue_row_add(making, key, false);
    if (cells == NULL) {
        return OK;
    }
    cells[0] = revenue_month_money(making, stock->arr);
    cells[1] = revenue_share(stock->arr, all->arr);
    cells[2] = revenue_value(stock->paying);
    cells[3] = revenue_value(stock->accounts);
    cells[4] = revenue_per_head(stock->arr, stock->paying);
    cells[5] = revenue_month_money(making, over_time(making, &book, REVENUE_NEW));
    cells[6] = revenue_month_money(making, over_time(making, &book, REVENUE_CHURN));
    return OK;
}

struct err revenue_make_geography(struct revenue_making *making) {
    struct places places = {.count = 0};
    TRY(revenue_make_months(making, false, true));
    say_sizes(making);
    if (making->query->is_by_region) {
        return revenue_put_regions(making);
    }
    find_places(making, &places);
    revenue_say(making, "countries", REVENUE_IN_COUNT, revenue_value((int64_t)places.count));
    REVENUE_COLUMNS(making, {"mrr", REVENUE_IN_MONEY, true}, {"mrrShare", REVENUE_IN_SHARE, false},
                    {"paying", REVENUE_IN_COUNT, false}, {"accounts", REVENUE_IN_COUNT, false},
                    {"arpa", REVENUE_IN_MONEY, false}, {"new", REVENUE_IN_MONEY, false},
                    {"churn", REVENUE_IN_MONEY, false});
    for (size_t i = 0; i < places.count; i++) {
        places.one = places.told[i];
        TRY(put_place(making, &places));
    }
    places.one = STR("");
    return put_place(making, &places);
}

/* --- expansion --- */

struct cause {
    enum revenue_kind kind;
    enum revenue_reason reason;
};

static bool is_of_cause(const struct revenue_sum *sum, const void *context) {
    const struct cause *cause = context;
    return sum->kind == (int)cause->kind && sum->reason == (int)cause->reason;
}

static struct err put_cause(struct revenue_making *making, const struct cause *cause) {
    struct revenue_book book;
    TRY(revenue_make_book(making, is_of_cause, cause, &book));
    int64_t count = how_often(making, &book, cause->kind);
    if (count == 0) {
        return OK;
    }
    struct str key = arena_printf(making->tx->cx->arena, "%s %s", revenue_kind_name(cause->kind),
                                  revenue_reason_name(cause->reason));
    struct revenue_figure *cells = revenue_row_add(making, key, false);
    if (cells == NULL) {
        return OK;
    }
    struct revenue_total amount = over_time(making, &book, cause->kind);
    cells[0] = revenue_month_money(making, amount);
    cells[1] = revenue_share(amount, over_time(making, &making->book, cause->kind));
    cells[2] = revenue_value(count);
    return OK;
}

struct err revenue_make_expansion(struct revenue_making *making) {
    TRY(revenue_make_months(making, false, false));
    struct revenue_moves now = revenue_moves_of(&making->book.periods[making->last]);
    struct revenue_moves before = revenue_moves_of(&making->book.periods[making->last - 1]);
    struct revenue_total expansion = over_time(making, &making->book, REVENUE_EXPANSION);
    revenue_say_both(making, "expansionRate", REVENUE_IN_SHARE, revenue_expansion_rate(&now),
                     revenue_expansion_rate(&before));
    revenue_say_both(making, "expansionShareOfNetNew", REVENUE_IN_SHARE,
                     revenue_share(now.of[REVENUE_EXPANSION], revenue_net_new(&now)),
                     revenue_share(before.of[REVENUE_EXPANSION], revenue_net_new(&before)));
    revenue_say(making, "expansionOfRange", REVENUE_IN_SHARE,
                revenue_share(expansion, making->book.periods[making->first].opening));
    REVENUE_COLUMNS(making, {"amount", REVENUE_IN_MONEY, true}, {"share", REVENUE_IN_SHARE, false},
                    {"count", REVENUE_IN_COUNT, false});
    static const enum revenue_kind kinds[] = {REVENUE_EXPANSION, REVENUE_CONTRACTION};
    for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
        for (int reason = 0; reason < REVENUE_REASON_COUNT; reason++) {
            const struct cause cause = {kinds[kind], (enum revenue_reason)reason};
            TRY(put_cause(making, &cause));
        }
    }
    return OK;
}
