#include "app/alert.h"

#include "app/mail.h"
#include "app/mail_values.h"
#include "base/rfc3339.h"
#include "store/keyring.h"

/* Alerts about no single customer. */
#define NOBODY STR("")

/* `what` with the day it is: the same fact of the same day is told once. */
static struct str key_of_day(struct tx *tx, const char *what, struct str of) {
    struct civil now = civil_from_ms(cx_now_ms(tx->cx));
    return arena_printf(tx->cx->arena, "%s:" STR_FMT ":%04d-%02d-%02d", what, STR_ARG(of), now.year,
                        now.month, now.day);
}

/* A stand-in for the address, since what a mail is known by is not sealed. */
static struct err stand_in_for(struct tx *tx, struct str address, struct str *ret_text) {
    enum { ENOUGH = 16 };
    char index[KEYRING_INDEX];
    TRY(keyring_index(tx, STR("mails.dedupe_key"), address, index));
    *ret_text = arena_str(tx->cx->arena, str_of(index, ENOUGH));
    return OK;
}

/* What is kept for nobody outlasts the customer, so it must not name them. */
static struct str without_address(struct str answer, struct str address) {
    bool is_named = address.len > 0 && answer.len >= address.len &&
                    memmem(answer.bytes, answer.len, address.bytes, address.len) != NULL;
    return is_named ? STR("(The answer names the address.)") : answer;
}

struct err alert_mail_undelivered(struct app *app, struct tx *tx, const struct mail_row *row,
                                  bool is_bounced) {
    struct mail_values values;
    enum mail_kind kind;
    if (mail_kind_parse(row->kind, &kind) && mail_kind_is_alert(kind)) {
        return OK;
    }
    struct str address;
    TRY(stand_in_for(tx, row->address, &address));
    mail_values_begin(&values, tx->cx);
    if (row->user_id.len > 0) { /* to a person who signs in: about no customer */
        mail_values_str(&values, "userId", row->user_id);
    }
    mail_values_str(&values, "mailKind", row->kind);
    mail_values_str(&values, "mailSubject", row->subject);
    mail_values_str(&values, "mailId", id_str(&row->id));
    mail_values_str(&values, "answer",
                    is_bounced ? row->last_error : without_address(row->last_error, row->address));
    mail_values_flag(&values, "isBounced", is_bounced);
    const struct mail_order order = {
        .user_id = is_bounced ? row->user_id : NOBODY,
        .kind = MAIL_KIND_MAIL_UNDELIVERED,
        .dedupe_key = is_bounced ? key_of_day(tx, "mail_bounced", address)
                                 : key_of_day(tx, "mail_failed", NOBODY),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err alert_webhook_failed(struct app *app, struct tx *tx, const struct webhook_row *row,
                                struct str error) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "eventType", row->type);
    mail_values_str(&values, "eventId", row->stripe_event_id);
    mail_values_str(&values, "objectId", row->object_id);
    mail_values_str(&values, "answer", error);
    mail_values_time(&values, "receivedAt", row->received_at);
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_WEBHOOK_FAILED,
        .dedupe_key = key_of_day(tx, "webhook_failed", NOBODY),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err alert_webhook_endpoint_disabled(struct app *app, struct tx *tx,
                                           const struct webhook_endpoint_row *row,
                                           struct str answer) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "endpointId", id_str(&row->id));
    mail_values_str(&values, "url", row->url);
    mail_values_str(&values, "answer", answer);
    mail_values_flag(&values, "isGone", str_equal(row->disabled_reason, STR("gone")));
    mail_values_time(&values, "failingSince", row->failing_since);
    mail_values_time(&values, "disabledAt", row->disabled_at);
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_WEBHOOK_ENDPOINT_DISABLED,
        .dedupe_key = key_of_day(tx, "webhook_endpoint_disabled", id_str(&row->id)),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err alert_command_failed(struct app *app, struct tx *tx,
                                const struct alert_failure *failure) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "place", failure->place);
    mail_values_str(&values, "error", failure->error);
    mail_values_time(&values, "failedAt", cx_now_ms(tx->cx));
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_COMMAND_FAILED,
        .dedupe_key = key_of_day(tx, "command_failed", failure->place),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err alert_pages_changed(struct app *app, struct tx *tx, const struct alert_pages *pages) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "url", pages->url);
    mail_values_str(&values, "difference", pages->first);
    mail_values_i64(&values, "count", pages->count);
    mail_values_flag(&values, "hasMore", pages->count > 1);
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_PAGES_CHANGED,
        .dedupe_key = key_of_day(tx, "pages_changed", NOBODY),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}
