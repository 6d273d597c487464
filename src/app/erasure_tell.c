#include "app/erasure_tell.h"

#include "app/mail.h"
#include "app/mail_values.h"
#include "store/keyring.h"

#define ONCE "once "

bool erasure_is_mail_key(struct str subject) {
    return str_starts_with(subject, STR(ONCE));
}

bool erasure_is_told_by(const struct mail_row *row) {
    return erasure_is_mail_key(row->user_id);
}

struct err erasure_tell(struct app *app, struct tx *tx, const struct erasure_notice *notice) {
    struct arena *arena = tx->cx->arena;
    struct mail_values values;
    if (app->mailer == NULL || !app->mailer->sends || notice->to.address.len == 0) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "requestId", notice->request_id);
    mail_values_time(&values, "askedAt", notice->asked_at);
    mail_values_time(&values, "erasedAt", cx_now_ms(tx->cx));
    mail_values_str(&values, "sha256", notice->sha256);
    if (notice->invoices_until > 0) {
        mail_values_str(&values, "keptUntilYear",
                        arena_printf(arena, "%lld", (long long)notice->invoices_until));
    }
    const struct mail_order order = {
        .user_id = arena_printf(arena, ONCE STR_FMT, STR_ARG(notice->request_id)),
        .kind = MAIL_KIND_ERASURE_DONE,
        .dedupe_key = STR("erasure_done"),
        .values = mail_values_end(&values),
        .address = notice->to.address,
        .name = notice->to.name,
        .language = notice->to.language,
    };
    return mail_order(app, tx, &order);
}

struct err erasure_forget_mail(struct tx *tx, const struct mail_row *row) {
    TRY(mail_delete(tx, row->user_id, id_str(&row->id)));
    return keyring_destroy(tx, row->user_id, KEY_PII);
}
