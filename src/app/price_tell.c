/* What holders are told of another price: mails, and lines in their history, which webhooks bring
 * to the platform. */
#include "app/audit.h"
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/price_move.h"
#include "base/rfc3339.h"

static struct str plan_word(const struct price_change_row *change) {
    return str_from_cstr(tier_name((enum tier)change->tier));
}

static struct str instant_text(struct cx *cx, int64_t ms) {
    char text[RFC3339_SIZE];
    rfc3339_format(ms, text);
    return arena_str(cx->arena, str_from_cstr(text));
}

static const struct {
    const char *type, *says;
} lines[] = {
    {"price_change.notified", "is told of another price"},
    {"price_change.undelivered", "could not be told of another price, and is not moved"},
    {"price_change.applied", "is billed the new price from now on"},
    {"price_change.withdrawn", "keeps the price: the change was taken back"},
};

static const char *says_of(const char *type) {
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (str_equal(str_from_cstr(lines[i].type), str_from_cstr(type))) {
            return lines[i].says;
        }
    }
    return "";
}

struct err price_tell_note(struct tx *tx, const struct price_change_row *change,
                           const struct price_move_row *move, const char *type) {
    struct str at = instant_text(tx->cx, move->renews_at);
    struct billing_note note = {
        .type = type,
        .description =
            arena_printf(tx->cx->arena, "%s %s", tier_name((enum tier)change->tier), says_of(type)),
        .metadata =
            arena_printf(tx->cx->arena,
                         "{\"changeId\":\"%s\",\"subscriptionId\":\"%s\",\"effectiveAt\":\"" STR_FMT
                         "\",\"amountBefore\":%lld,\"planVersion\":%lld}",
                         change->id.text, move->subscription_id.text, STR_ARG(at),
                         (long long)move->price_before, (long long)change->to),
        .has_amount = true,
        .amount = money_stored(move->price_after, move->currency),
        .before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("planVersion", move->from),
                              AUDIT_WHOLE("amount", move->price_before)),
        .after =
            AUDIT_FACTS(tx->cx, AUDIT_TEXT("changeId", id_str(&change->id)),
                        AUDIT_WHOLE("planVersion", change->to),
                        AUDIT_WHOLE("amount", move->price_after), AUDIT_TEXT("effectiveAt", at)),
    };
    return billing_event_note(tx, move->user_id, &note);
}

static struct err order(struct app *app, struct tx *tx, const struct price_change_row *change,
                        const struct price_move_row *move, struct mail_order *mail) {
    struct mail_values values;
    bool is_news = mail->kind == MAIL_KIND_PRICE_CHANGE;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", plan_word(change));
    mail_values_str(&values, "interval",
                    str_from_cstr(interval_name((enum interval)move->interval)));
    mail_values_i64(&values, is_news ? "amountBefore" : "amount", move->price_before);
    if (is_news) {
        mail_values_i64(&values, "amount", move->price_after);
    }
    mail_values_str(&values, "currency", move->currency);
    mail_values_time(&values, "effectiveAt", move->renews_at);
    mail->user_id = move->user_id;
    mail->values = mail_values_end(&values);
    return mail_order(app, tx, mail);
}

struct err price_tell_notified(struct app *app, struct tx *tx,
                               const struct price_change_row *change, struct price_move_row *move) {
    move->mail_key = arena_printf(tx->cx->arena, "price_change:%s:%lld", change->id.text,
                                  (long long)move->renews_at);
    struct mail_order mail = {.kind = MAIL_KIND_PRICE_CHANGE, .dedupe_key = move->mail_key};
    TRY(order(app, tx, change, move, &mail));
    return price_tell_note(tx, change, move, "price_change.notified");
}

struct err price_tell_withdrawn(struct app *app, struct tx *tx,
                                const struct price_change_row *change,
                                const struct price_move_row *move) {
    struct mail_order mail = {
        .kind = MAIL_KIND_PRICE_CHANGE_WITHDRAWN,
        .dedupe_key = arena_printf(tx->cx->arena, "price_change_withdrawn:%s", change->id.text),
    };
    TRY(order(app, tx, change, move, &mail));
    return price_tell_note(tx, change, move, "price_change.withdrawn");
}
