#include "app/today.h"

#include "app/mail.h"
#include "base/check.h"
#include "store/parked.h"
#include "store/reconcile.h"
#include "store/today.h"

enum { ALERT_DAYS = 30, RECONCILED_HOURS = 48 };
#define HOUR_MS (INT64_C(60) * 60 * 1000)

static struct err read_owed(struct tx *tx, struct today_value *value) {
    struct row_list list;
    TRY(today_owed(tx, LIFECYCLE_CURRENCIES, &list));
    const struct today_owed *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        value->sum.count += rows[i].count;
        if (rows[i].currency.len > 0) {
            value->sum.monthly[value->sum.currencies++] =
                money_stored(rows[i].amount, rows[i].currency);
        }
    }
    return OK;
}

static struct err read_alerts(struct tx *tx, struct instant now, struct today_value *value) {
    struct record_id first = id_first("mail", now.ms - ALERT_DAYS * 24 * HOUR_MS);
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        int64_t count = 0;
        if (mail_kind_is_alert((enum mail_kind)kind)) {
            TRY(today_alerts(tx, str_from_cstr(mail_kind_name((enum mail_kind)kind)),
                             id_str(&first), &count));
            value->sum.count += count;
        }
    }
    return OK;
}

static void merge(struct lifecycle_sum *into, const struct lifecycle_sum *from) {
    into->count += from->count;
    for (size_t i = 0; i < from->currencies; i++) {
        size_t at = 0;
        while (at < into->currencies &&
               !currency_equal(into->monthly[at].currency, from->monthly[i].currency)) {
            at++;
        }
        if (at == into->currencies && at < LIFECYCLE_CURRENCIES) {
            into->monthly[into->currencies++] = from->monthly[i];
        } else if (at < into->currencies) {
            bool fits = money_add(into->monthly[at], from->monthly[i], &into->monthly[at]);
            check(fits); /* as each of both was summed up */
        }
    }
}

/* What is told of all subscriptions. */
static struct err read_places(const struct app *app, struct tx *tx, struct instant now,
                              struct today_value values[FIGURE_COUNT]) {
    static const enum lifecycle paying[] = {LIFECYCLE_ACTIVE, LIFECYCLE_CANCELLING,
                                            LIFECYCLE_PAST_DUE, LIFECYCLE_SUSPENDED};
    struct lifecycle_board board;
    TRY(lifecycle_board_read(app, tx, now, now, &board));
    for (size_t i = 0; i < ARRAY_LEN(paying); i++) {
        merge(&values[FIGURE_REVENUE].sum, &board.places[paying[i]]);
        if (paying[i] != LIFECYCLE_ACTIVE) {
            merge(&values[FIGURE_AT_RISK].sum, &board.places[paying[i]]);
        }
    }
    for (int i = 0; i < STUCK_COUNT; i++) {
        values[FIGURE_STUCK].sum.count += board.stuck[i].count;
    }
    return OK;
}

static struct err read_provider(struct tx *tx, struct instant now, struct today_value *value) {
    int64_t at = 0;
    TRY(today_number(tx, TODAY_DIFFERENCES, &value->sum.count));
    TRY(reconciliation_last_started(tx, true, &at));
    value->has_at = at > 0;
    value->at = (struct instant){at};
    bool is_late = at < now.ms - RECONCILED_HOURS * HOUR_MS;
    value->state = value->sum.count > 0 ? TODAY_BAD : is_late ? TODAY_WATCH : TODAY_GOOD;
    return OK;
}

/* Those that only count are as bad as one of them is. */
static const enum today_state one_is[FIGURE_COUNT] = {
    [FIGURE_FAILED_PAYMENTS] = TODAY_WATCH,
    [FIGURE_AT_RISK] = TODAY_WATCH,
    [FIGURE_APPROVALS] = TODAY_WATCH,
    [FIGURE_PARKED] = TODAY_WATCH,
    [FIGURE_STUCK] = TODAY_BAD,
    [FIGURE_ALERTS] = TODAY_WATCH,
    [FIGURE_FAILURES] = TODAY_BAD,
};

static struct err read_counts(struct tx *tx, struct today_value values[FIGURE_COUNT]) {
    int64_t events = 0;
    int64_t mails = 0;
    int64_t usage = 0;
    TRY(today_number(tx, TODAY_APPROVALS, &values[FIGURE_APPROVALS].sum.count));
    TRY(parked_count(tx, &values[FIGURE_PARKED].sum.count));
    TRY(today_number(tx, TODAY_EVENTS_FAILED, &events));
    TRY(today_number(tx, TODAY_MAILS_FAILED, &mails));
    TRY(today_number(tx, TODAY_USAGE, &usage));
    values[FIGURE_FAILURES].sum.count = events + mails;
    values[FIGURE_USAGE].has_at = usage > 0;
    values[FIGURE_USAGE].at = (struct instant){usage};
    return OK;
}

struct err today_read(const struct app *app, struct tx *tx,
                      struct today_value ret_values[FIGURE_COUNT]) {
    struct instant now = app_now(app);
    for (int i = 0; i < FIGURE_COUNT; i++) {
        ret_values[i] = (struct today_value){.state = TODAY_GOOD};
    }
    TRY(read_places(app, tx, now, ret_values));
    TRY(read_owed(tx, &ret_values[FIGURE_FAILED_PAYMENTS]));
    TRY(read_alerts(tx, now, &ret_values[FIGURE_ALERTS]));
    TRY(read_counts(tx, ret_values));
    for (int i = 0; i < FIGURE_COUNT; i++) {
        ret_values[i].state = ret_values[i].sum.count > 0 ? one_is[i] : TODAY_GOOD;
    }
    return read_provider(tx, now, &ret_values[FIGURE_DIFFERENCES]);
}

struct err today_ages_read(struct tx *tx, struct today_ages *ret_ages) {
    TRY(today_oldest(tx, &ret_ages->oldest));
    return today_number(tx, TODAY_USAGE, &ret_ages->usage_at);
}
