/* What the customer is told at each step, and the link that mends it. A mail names its fact, so
 * that a step that is learned of twice is told once; one that waits to be sent when the invoice is
 * paid is not sent any more. */
#include "app/dunning_case.h"

#include "app/mail.h"
#include "app/mail_hours.h"
#include "app/mail_method.h"
#include "app/mail_values.h"
#include "app/pay_link.h"
#include "base/check.h"
#include "store/subscription.h"

/* Not by a bank's judgement, nor by ours to give up. */
static bool ended_by_attempts(const struct dunning_row *row) {
    return row->kind != DUNNING_DISPUTE && row->status != DUNNING_WRITTEN_OFF;
}

static enum mail_kind kind_of(enum dunning_mail mail, const struct dunning_row *row,
                              struct str decline_code) {
    bool must_confirm = str_equal(decline_code, STR("authentication_required"));
    bool was_sent = row->kind == DUNNING_OVERDUE;
    switch (mail) {
    case DUNNING_SAYS_FAILED:
        return was_sent       ? MAIL_KIND_INVOICE_OVERDUE
               : must_confirm ? MAIL_KIND_PAYMENT_ACTION_REQUIRED
                              : MAIL_KIND_PAYMENT_FAILED;
    case DUNNING_SAYS_RETRY_FAILED:
        return was_sent ? MAIL_KIND_INVOICE_OVERDUE : MAIL_KIND_RETRY_FAILED;
    case DUNNING_SAYS_REMINDED:
        return MAIL_KIND_INVOICE_OVERDUE;
    case DUNNING_SAYS_ACCESS_ENDING:
        return MAIL_KIND_ACCESS_ENDING;
    case DUNNING_SAYS_RESTRICTED:
        return MAIL_KIND_ACCESS_RESTRICTED;
    case DUNNING_SAYS_ENDING:
        return MAIL_KIND_SUBSCRIPTION_ENDING;
    case DUNNING_SAYS_ENDED:
        return ended_by_attempts(row) ? MAIL_KIND_MOVED_TO_FREE : MAIL_KIND_SUBSCRIPTION_ENDED;
    case DUNNING_SAYS_RECOVERED:
        return MAIL_KIND_ACCESS_RESTORED;
    }
    check(row != NULL);
    return MAIL_KIND_PAYMENT_FAILED;
}

/* Of the last attempt that failed; empty when none gave a reason. */
static struct err last_decline(const struct dunning *dunning, struct str *ret_code) {
    struct row_list list;
    TRY(dunning_read_attempts(dunning->tx, &dunning->row, &list));
    const struct payment_attempt_row *rows = list.items;
    *ret_code = STR("");
    for (size_t i = 0; i < list.count; i++) {
        *ret_code = rows[i].decline_code.len > 0 ? rows[i].decline_code : *ret_code;
    }
    return OK;
}

/* Of what hangs on the case; empty when nothing does. */
static struct err read_plan(const struct dunning *dunning, struct str *ret_plan) {
    struct subscription_row subscription;
    bool is_found = false;
    TRY(subscription_get(dunning->tx, dunning->row.user_id, id_str(&dunning->row.subscription_id),
                         &subscription, &is_found));
    *ret_plan = is_found ? str_from_cstr(tier_name((enum tier)subscription.tier)) : STR("");
    return OK;
}

/* The day of the last retry, on which the subscription ends if it fails. */
static int64_t ends_at(const struct dunning *dunning) {
    const struct dunning_policy *policy = &dunning->app->catalogue->dunning;
    const struct dunning_row *row = &dunning->row;
    struct instant at;
    bool has_end = row->next_attempt_at != ROW_NONE &&
                   dunning_next_attempt_at(policy, (struct instant){row->opened_at},
                                           policy->retry_count - 1, &at);
    return !has_end ? ROW_NONE : at.ms > row->next_attempt_at ? at.ms : row->next_attempt_at;
}

static struct err values_of(const struct dunning *dunning, const struct invoice_row *invoice,
                            struct str decline_code, struct str *ret_values) {
    const struct dunning_row *row = &dunning->row;
    struct mail_values values;
    struct str link = STR("");
    struct str method;
    struct str plan;
    TRY(read_plan(dunning, &plan));
    bool was_sent = row->kind == DUNNING_OVERDUE;
    TRY(mail_default_method(dunning->tx, row->user_id, &method));
    if (invoice->status == INVOICE_OPEN) {
        TRY(pay_link_make(dunning->app, dunning->tx, row->user_id, id_str(&row->invoice_id),
                          &link));
    }
    mail_values_begin(&values, dunning->tx->cx);
    mail_values_i64(&values, "amount", invoice->amount_due);
    mail_values_str(&values, "currency", invoice->currency);
    mail_values_str(&values, "invoiceNumber", invoice->number);
    mail_values_str(&values, "method", was_sent ? STR("") : method);
    mail_values_flag(&values, "byTransfer", was_sent);
    mail_values_time(&values, "dueDate", was_sent ? invoice->due_date : ROW_NONE);
    mail_values_str(&values, "declineCode", decline_code);
    mail_values_time(&values, "nextAttemptAt",
                     row->needs_new_method || was_sent ? ROW_NONE : row->next_attempt_at);
    mail_values_time(&values, "accessUntil", row->access_until);
    mail_values_time(&values, "endsAt", ends_at(dunning));
    mail_values_str(&values, "payUrl", link);
    mail_values_str(&values, "plan", plan);
    *ret_values = mail_values_end(&values);
    return OK;
}

/* That it is over, and no more. */
static struct err values_of_end(const struct dunning *dunning, struct str *ret_values) {
    struct mail_values values;
    struct str plan;
    TRY(read_plan(dunning, &plan));
    mail_values_begin(&values, dunning->tx->cx);
    mail_values_str(&values, "plan", plan);
    mail_values_time(&values, "endedAt", cx_now_ms(dunning->tx->cx));
    *ret_values = mail_values_end(&values);
    return OK;
}

/* A retry is told of once a retry, a warning once for each end that it warns of, and what an
 * operator wants whenever they want it. */
static int64_t fact_of(const struct dunning *dunning, enum dunning_mail mail) {
    const struct dunning_row *row = &dunning->row;
    bool is_of_access = mail == DUNNING_SAYS_ACCESS_ENDING || mail == DUNNING_SAYS_RESTRICTED;
    return mail == DUNNING_SAYS_REMINDED ? cx_now_ms(dunning->tx->cx)
           : is_of_access                ? row->access_until
                                         : row->retries;
}

/* Reminders and warnings wait for the customer's morning, though not past what they warn of. What
 * happens now, and what an operator wants, is told now. */
static struct err rest_of(const struct dunning *dunning, enum dunning_mail mail,
                          struct duration *ret_rest) {
    const struct dunning_row *row = &dunning->row;
    bool is_retry = mail == DUNNING_SAYS_RETRY_FAILED;
    int64_t before = is_retry || mail == DUNNING_SAYS_ENDING ? row->next_attempt_at
                     : mail == DUNNING_SAYS_ACCESS_ENDING    ? row->access_until
                                                             : ROW_NONE;
    *ret_rest = duration_seconds(0);
    if (before == ROW_NONE) {
        return OK;
    }
    if (is_retry && !row->is_access_ended && row->access_until != ROW_NONE) {
        before = row->access_until < before ? row->access_until : before;
    }
    return mail_hours_rest(dunning->tx, row->user_id, (struct instant){before}, ret_rest);
}

struct err dunning_tell(const struct dunning *dunning, enum dunning_mail mail) {
    struct tx *tx = dunning->tx;
    const struct dunning_row *row = &dunning->row;
    struct invoice_row invoice;
    struct str decline_code;
    bool is_found = false;
    TRY(invoice_get(tx, row->user_id, id_str(&row->invoice_id), &invoice, &is_found));
    bool has_ended = mail == DUNNING_SAYS_ENDED && row->subscription_id.text[0] == '\0';
    if (!is_found || has_ended) {
        return OK; /* nothing that we have sold hangs on it */
    }
    TRY(last_decline(dunning, &decline_code));
    enum mail_kind kind = kind_of(mail, row, decline_code);
    struct mail_order order = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s:%lld", mail_kind_name(kind), row->id.text,
                                   (long long)fact_of(dunning, mail)),
    };
    TRY(rest_of(dunning, mail, &order.rest));
    TRY(kind == MAIL_KIND_SUBSCRIPTION_ENDED
            ? values_of_end(dunning, &order.values)
            : values_of(dunning, &invoice, decline_code, &order.values));
    return mail_order(dunning->app, tx, &order);
}
