#include "app/invoice_mail.h"

#include "app/audit.h"
#include "app/mail_invoice.h"
#include "app/privacy.h"
#include "base/check.h"
#include "core/invoice.h"
#include "store/customer.h"
#include "store/invoice.h"

static struct err find_invoice(struct tx *tx, struct str user_id, struct str invoice_id,
                               struct invoice_row *ret_row, enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(invoice_get(tx, user_id, invoice_id, ret_row, &is_found));
    *ret_outcome = !is_found ? OUTCOME_INVOICE_NOT_FOUND
                   : ret_row->status == INVOICE_PAID || ret_row->status == INVOICE_OPEN
                       ? OUTCOME_DONE
                       : OUTCOME_INVOICE_NOT_TOLD;
    return OK;
}

static struct str fact_of(struct cx *cx, enum mail_kind kind, const struct invoice_row *row) {
    return arena_printf(cx->arena, "%s:%s", mail_kind_name(kind), row->id.text);
}

struct err invoice_mail_read(struct tx *tx, struct str user_id, struct str invoice_id,
                             struct invoice_mail *ret_mail, enum outcome *ret_outcome) {
    struct customer_row customer;
    struct invoice_row invoice;
    struct mail_row first;
    bool is_found = false;
    bool is_erased = false;
    TRY(customer_get(tx, user_id, &customer, &is_found));
    TRY(privacy_is_erased(tx, user_id, &is_erased));
    if (is_erased || !is_found) {
        *ret_outcome = is_erased ? OUTCOME_CUSTOMER_ERASED : OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    TRY(find_invoice(tx, user_id, invoice_id, &invoice, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    enum mail_kind kind =
        invoice.status == INVOICE_PAID ? MAIL_KIND_RECEIPT : MAIL_KIND_INVOICE_AVAILABLE;
    TRY(mail_of_fact(tx, user_id, fact_of(tx->cx, kind, &invoice), &first, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_INVOICE_NOT_TOLD;
        return OK;
    }
    const struct mail_invoice anew = {&invoice, kind, STR(""), first.created_at};
    bool is_kept = first.facts.len > 0 && !str_equal(first.facts, STR("{}"));
    *ret_mail = (struct invoice_mail){
        .kind = kind,
        .address = customer.email,
        .subject = first.subject,
        .written_at = {first.created_at},
        .facts = is_kept ? first.facts : mail_invoice_values(tx, &anew),
    };
    return OK;
}

static struct err order(struct command *command, struct tx *tx, const struct invoice_mail *mail) {
    struct invoice_mail_send *send = (struct invoice_mail_send *)command;
    struct mail_order order = {
        .user_id = send->user_id,
        .kind = mail->kind,
        .dedupe_key =
            arena_printf(tx->cx->arena, "%s:" STR_FMT ":" STR_FMT, mail_kind_name(mail->kind),
                         STR_ARG(send->invoice_id), STR_ARG(send->idempotency_key)),
        .values = mail->facts,
    };
    bool is_found = false;
    TRY(mail_order(command->app, tx, &order));
    TRY(mail_of_fact(tx, send->user_id, order.dedupe_key, &send->row, &is_found));
    check(is_found); /* ordered by this transaction, or an earlier one */
    send->row.kind = arena_str(send->arena, send->row.kind);
    send->row.address = arena_str(send->arena, send->row.address);
    send->row.subject = arena_str(send->arena, send->row.subject);
    return arena_failed(send->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct invoice_mail_send *send = (struct invoice_mail_send *)command;
    struct invoice_mail mail;
    check(send->idempotency_key.len > 0);
    audit_say(tx, &(struct audit_said){.customer = send->user_id,
                                       .object = send->invoice_id,
                                       .reason = send->reason});
    TRY(invoice_mail_read(tx, send->user_id, send->invoice_id, &mail, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    if (send->shown >= 0 && send->shown != (int)mail.kind) {
        command->outcome = OUTCOME_INVOICE_NOT_TOLD;
        return OK;
    }
    command->outcome = OUTCOME_CREATED;
    return order(command, tx, &mail);
}

void invoice_mail_send(struct app *app, struct invoice_mail_send *send) {
    send->command.run = run;
    send->command.after = NULL;
    command_submit(app, &send->command);
}
