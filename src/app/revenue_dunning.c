/* What payments that fail do to revenue: at risk, lost, won back. */
#include "app/revenue_making.h"

#include "base/check.h"

struct cause {
    enum revenue_kind kind;
    enum revenue_reason reason;
};

static bool is_of_cause(const struct revenue_sum *sum, const void *context) {
    const struct cause *cause = context;
    return sum->kind == (int)cause->kind && sum->reason == (int)cause->reason;
}

static struct err put_months(struct revenue_making *making, const struct revenue_book *lost,
                             const struct revenue_book *recovered) {
    for (size_t i = making->first; i <= making->last; i++) {
        const struct revenue_period *all = &making->book.periods[i];
        const struct revenue_period *gone = &lost->periods[i];
        const struct revenue_period *back = &recovered->periods[i];
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, making->book.first + (int64_t)i),
                            revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        const struct revenue_figure values[] = {
            revenue_month_money(making, all->closing.at_risk),
            revenue_share(all->closing.at_risk, all->closing.arr),
            revenue_month_money(making, gone->moved[REVENUE_CHURN]),
            revenue_value(gone->counts[REVENUE_CHURN]),
            revenue_month_money(making, back->moved[REVENUE_REACTIVATION]),
            revenue_value(back->counts[REVENUE_REACTIVATION]),
            revenue_share(back->moved[REVENUE_REACTIVATION], gone->moved[REVENUE_CHURN]),
        };
        check(ARRAY_LEN(values) == making->report->column_count);
        for (size_t k = 0; k < ARRAY_LEN(values); k++) {
            cells[k] = values[k];
        }
    }
    return OK;
}

struct err revenue_make_dunning(struct revenue_making *making) {
    static const struct cause of_lost = {REVENUE_CHURN, REVENUE_INVOLUNTARY};
    static const struct cause of_recovered = {REVENUE_REACTIVATION, REVENUE_RECOVERED};
    struct revenue_book lost;
    struct revenue_book recovered;
    TRY(revenue_make_months(making, false, false));
    TRY(revenue_make_book(making, is_of_cause, &of_lost, &lost));
    TRY(revenue_make_book(making, is_of_cause, &of_recovered, &recovered));
    const struct revenue_stock *now = &making->book.periods[making->last].closing;
    const struct revenue_stock *before = &making->book.periods[making->last - 1].closing;
    revenue_say_both(making, "atRiskMrr", REVENUE_IN_MONEY,
                     revenue_month_money(making, now->at_risk),
                     revenue_month_money(making, before->at_risk));
    revenue_say_both(making, "atRiskShare", REVENUE_IN_SHARE, revenue_share(now->at_risk, now->arr),
                     revenue_share(before->at_risk, before->arr));
    REVENUE_COLUMNS(
        making, {"atRiskMrr", REVENUE_IN_MONEY, true}, {"atRiskShare", REVENUE_IN_SHARE, false},
        {"unpaidMrr", REVENUE_IN_MONEY, true}, {"unpaidCustomers", REVENUE_IN_COUNT, false},
        {"recoveredMrr", REVENUE_IN_MONEY, true}, {"recoveredCustomers", REVENUE_IN_COUNT, false},
        {"recoveredShare", REVENUE_IN_SHARE, false});
    return put_months(making, &lost, &recovered);
}
