/* Whose books may go, and how they do; see retention.h. What a plan has counted is judged by the
 * same function again before it is carried out. */
#include "app/retention.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/privacy.h"
#include "base/check.h"
#include "core/subscription.h"
#include "store/data_key.h"
#include "store/dunning.h"
#include "store/invoice.h"
#include "store/keyring.h"
#include "store/operation.h"
#include "store/subscription.h"

const char *retention_verdict_name(enum retention_verdict verdict) {
    static const char *const names[] = {
        [RETENTION_GOES] = "goes",     [RETENTION_NEWER] = "newer",     [RETENTION_HOLDS] = "held",
        [RETENTION_ACTIVE] = "active", [RETENTION_SETTLED] = "settled",
    };
    check(verdict <= RETENTION_SETTLED);
    return names[verdict];
}

static int64_t latest(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Of somebody who was never billed nor had a contract, what happened to them counts. */
static struct retention_books books_of(const struct retention_newest *newest) {
    int64_t invoice = latest(newest->invoice, latest(newest->credit_note, newest->charge));
    int64_t letter = latest(newest->contract, newest->contract_end);
    if (invoice == 0 && letter == 0) {
        letter = newest->event;
    }
    return (struct retention_books){
        .has_invoice = invoice > 0,
        .has_letter = letter > 0,
        .invoice = {invoice},
        .letter = {letter},
    };
}

/* A plan is paid for, or money or a change is open: as for an erasure. */
static struct err is_active(struct tx *tx, struct str user_id, bool *ret_is) {
    struct subscription_row subscription;
    struct operation_row operation;
    struct row_list cases;
    bool is_subscribed = false;
    bool is_changing = false;
    int64_t owed = 0;
    TRY(subscription_in_force(tx, user_id, &subscription, &is_subscribed));
    TRY(operation_open(tx, user_id, &operation, &is_changing));
    TRY(invoice_count_owed(tx, user_id, &owed));
    TRY(dunning_live(tx, user_id, 1, &cases));
    *ret_is = is_changing || owed > 0 || cases.count > 0 ||
              (is_subscribed && subscription.tier != TIER_FREE);
    return OK;
}

/* Nothing is sealed that has not gone before. */
static struct err is_settled(struct tx *tx, struct str user_id, int64_t last_at, bool *ret_is) {
    struct data_key_row key;
    bool has_key = false;
    TRY(data_key_newest(tx, user_id, STR("legal"), &key, &has_key));
    TRY(retention_has_gone(tx, user_id, last_at, ret_is));
    *ret_is = *ret_is || !has_key || key.destroyed_at != ROW_NONE;
    return OK;
}

struct err retention_has_gone(struct tx *tx, struct str user_id, int64_t at, bool *ret_has) {
    int64_t gone_until = 0;
    TRY(retention_gone_until(tx, user_id, &gone_until));
    *ret_has = at < gone_until;
    return OK;
}

struct err retention_judge(struct app *app, struct tx *tx, struct str user_id,
                           struct retention_judged *ret_judged) {
    struct retention_newest newest;
    struct instant due = INSTANT_MAX;
    bool is_settled_yet = false;
    bool is_held = false;
    bool is_busy = false;
    TRY(retention_books_of(tx, user_id, &newest));
    struct retention_books books = books_of(&newest);
    bool has_books = retention_books_due(&app->catalogue->retention, &books, &due);
    *ret_judged = (struct retention_judged){
        .verdict = RETENTION_NEWER,
        .last_at = latest(books.invoice.ms, books.letter.ms),
        .due_at = due.ms,
        .invoices = newest.invoices,
    };
    if (!has_books || due.ms > cx_now_ms(tx->cx)) {
        return OK;
    }
    TRY(privacy_is_erased(tx, user_id, &ret_judged->is_erased));
    TRY(is_settled(tx, user_id, ret_judged->last_at, &is_settled_yet));
    TRY(retention_is_held(tx, user_id, &is_held));
    TRY(is_active(tx, user_id, &is_busy));
    ret_judged->verdict = is_settled_yet ? RETENTION_SETTLED
                          : is_held      ? RETENTION_HOLDS
                          : is_busy      ? RETENTION_ACTIVE
                                         : RETENTION_GOES;
    return OK;
}

struct err retention_destroy_books(struct tx *tx, struct str user_id,
                                   const struct retention_judged *judged) {
    const struct billing_note note = {
        .type = "retention.books_destroyed",
        .description = STR("What the law wanted kept had been kept long enough: its key is gone."),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("invoices", judged->invoices)),
        .before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("invoices", judged->invoices)),
        .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("key", STR("destroyed"))),
    };
    if (judged->is_erased) {
        TRY(keyring_destroy(tx, user_id, KEY_LEGAL));
    } else {
        TRY(keyring_renew(tx, user_id, KEY_LEGAL));
    }
    return billing_event_note(tx, user_id, &note);
}
