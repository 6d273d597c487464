#include "app/mail_notices.h"

#include "app/mail.h"
#include "app/mail_method.h"
#include "app/mail_price.h"
#include "app/mail_values.h"
#include "base/rfc3339.h"
#include "core/subscription.h"
#include "store/subscription.h"

enum { PAGE = 500, MONTHS = 12 };

static bool goes_on(const struct subscription_row *row) {
    return !row->cancel_at_period_end && row->pending_tier < 0;
}

/* --- subscriptions --- */

static struct err order_subscription(struct app *app, struct tx *tx,
                                     const struct subscription_row *row, enum mail_kind kind) {
    struct mail_values values;
    struct str method;
    TRY(mail_default_method(tx, row->user_id, &method));
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", str_from_cstr(tier_name((enum tier)row->tier)));
    mail_values_time(&values, kind == MAIL_KIND_TRIAL_ENDING ? "endsAt" : "renewsAt",
                     row->current_period_end);
    TRY(mail_price_next(app, tx, row, &values));
    mail_values_str(&values, "method", method);
    struct mail_order order = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s:%lld", mail_kind_name(kind), row->id.text,
                                   (long long)row->current_period_end),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err consider_subscription(struct app *app, struct tx *tx,
                                        const struct subscription_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct instant end = {row->current_period_end};
    bool ends_in_3_days =
        !instant_is_before(instant_add(now, duration_days(TRIAL_NOTICE_DAYS)), end);
    if (row->status == SUBSCRIPTION_TRIALING && ends_in_3_days && !row->cancel_at_period_end) {
        return order_subscription(app, tx, row, MAIL_KIND_TRIAL_ENDING);
    }
    return row->status == SUBSCRIPTION_ACTIVE && row->interval == INTERVAL_YEAR && goes_on(row)
               ? order_subscription(app, tx, row, MAIL_KIND_RENEWAL_REMINDER)
               : OK;
}

static struct err run_subscriptions(struct app *app, struct tx *tx) {
    int64_t now = cx_now_ms(tx->cx);
    int64_t until = instant_add((struct instant){now}, duration_days(RENEWAL_NOTICE_DAYS)).ms;
    struct subscription_ending span = {now, until, STR("")};
    for (;;) {
        struct row_list list;
        TRY(subscription_ending(tx, &span, PAGE, &list));
        const struct subscription_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            TRY(consider_subscription(app, tx, &rows[i]));
            span.after = rows[i].user_id;
        }
        if (list.count < PAGE) {
            return OK;
        }
    }
}

/* --- cards --- */

/* The first moment at which the card is no longer good. */
static struct instant end_of_card(const struct payment_method_row *row) {
    bool is_december = row->expiry_month == MONTHS;
    struct civil civil = {
        .year = (int)(row->expiry_year + is_december),
        .month = is_december ? 1 : (int)row->expiry_month + 1,
        .day = 1,
    };
    return (struct instant){civil_to_ms(civil)};
}

static struct err order_card(struct app *app, struct tx *tx, const struct payment_method_row *row,
                             enum mail_kind kind) {
    struct mail_values values;
    struct subscription_row subscription;
    bool is_found = false;
    TRY(subscription_in_force(tx, row->user_id, &subscription, &is_found));
    if (!is_found || subscription.stripe_subscription_id.len == 0) {
        return OK; /* nothing will be charged to it */
    }
    struct str expiry =
        arena_printf(tx->cx->arena, "%02d/%d", (int)row->expiry_month, (int)row->expiry_year);
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "method", mail_method_words(tx->cx->arena, row));
    mail_values_str(&values, "expiry", expiry);
    if (goes_on(&subscription)) {
        mail_values_time(&values, "renewsAt", subscription.current_period_end);
        TRY(mail_price_next(app, tx, &subscription, &values));
    }
    struct mail_order order = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s:" STR_FMT, mail_kind_name(kind),
                                   row->id.text, STR_ARG(expiry)),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err consider_card(struct app *app, struct tx *tx,
                                const struct payment_method_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct duration left = instant_difference(end_of_card(row), now);
    bool is_good = left.ms > 0;
    if (is_good && duration_compare(left, duration_days(CARD_LAST_DAYS)) <= 0) {
        return order_card(app, tx, row, MAIL_KIND_CARD_EXPIRING_SOON);
    }
    return is_good && duration_compare(left, duration_days(CARD_NOTICE_DAYS)) <= 0
               ? order_card(app, tx, row, MAIL_KIND_CARD_EXPIRING)
               : OK;
}

static struct err run_cards(struct app *app, struct tx *tx) {
    struct civil now = civil_from_ms(cx_now_ms(tx->cx));
    struct payment_method_expiring which = {now.year * MONTHS + now.month, STR("")};
    for (;;) {
        struct row_list list;
        TRY(payment_method_expiring(tx, &which, PAGE, &list));
        const struct payment_method_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            TRY(consider_card(app, tx, &rows[i]));
            which.after = rows[i].user_id;
        }
        if (list.count < PAGE) {
            return OK;
        }
    }
}

struct err mail_notices_run(struct app *app, struct tx *tx) {
    TRY(run_subscriptions(app, tx));
    return run_cards(app, tx);
}
