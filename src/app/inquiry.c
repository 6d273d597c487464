#include "app/inquiry.h"

#include "app/audit.h"
#include "app/contract.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/person.h"
#include "store/keyring.h"

#define NOBODY STR("")
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static int64_t midnight(const struct tx *tx) {
    int64_t now = cx_now_ms(tx->cx);
    return now - now % DAY_MS;
}

/* --- asking --- */

static struct err tell_operators(struct app *app, struct tx *tx, const struct inquiry_row *row) {
    struct mail_values values;
    int64_t count = 0;
    TRY(inquiry_count_since(tx, (struct instant){midnight(tx)}, INQUIRIES_TOLD_A_DAY + 1, &count));
    if (count > INQUIRIES_TOLD_A_DAY) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "requestId", id_str(&row->id));
    mail_values_str(&values, "country", row->country);
    mail_values_str(&values, "requestsUrl", STR("/admin/contracts"));
    mail_values_flag(&values, "isLast", count == INQUIRIES_TOLD_A_DAY);
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_INQUIRY_MADE,
        .dedupe_key = arena_printf(tx->cx->arena, "inquiry_made:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

/* What the mail is known by is not sealed, so the address stands there veiled. */
static struct err tell_asker(struct app *app, struct tx *tx, const struct inquiry_row *row) {
    struct mail_values values;
    struct str address = person_email_index(app, tx->cx, row->email);
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "requestId", id_str(&row->id));
    const struct mail_order order = {
        .user_id = NOBODY,
        .kind = MAIL_KIND_INQUIRY_RECEIVED,
        .dedupe_key = arena_printf(tx->cx->arena, "inquiry_received:" STR_FMT ":%lld",
                                   STR_ARG(address), (long long)(midnight(tx) / DAY_MS)),
        .values = mail_values_end(&values),
        .address = row->email,
        .language = row->language,
    };
    return mail_order(app, tx, &order);
}

static struct err fingerprint_of(struct tx *tx, const struct inquiry_make *make,
                                 struct str *ret_fingerprint) {
    char index[KEYRING_INDEX];
    struct str all = AUDIT_FACTS(
        tx->cx, AUDIT_TEXT("company", make->company), AUDIT_TEXT("country", make->country),
        AUDIT_TEXT("email", make->email), AUDIT_TEXT("name", make->name),
        AUDIT_TEXT("message", make->message), AUDIT_TEXT("usage", make->usage));
    TRY(keyring_index(tx, STR("inquiries.fingerprint"), all, index));
    *ret_fingerprint = arena_str(tx->cx->arena, str_of(index, sizeof index));
    return OK;
}

static struct err insert(struct inquiry_make *make, struct tx *tx, struct str fingerprint) {
    struct app *app = make->command.app;
    const struct inquiry_row row = {
        .id = id_new(tx->cx, "inqu"),
        .user_id = NOBODY,
        .status = INQUIRY_OPEN,
        .fingerprint = fingerprint,
        .company = make->company,
        .name = make->name,
        .email = make->email,
        .country = make->country,
        .language = make->language,
        .message = make->message,
        .usage = make->usage,
        .contract_id = STR(""),
        .answered_by = STR(""),
        .reason = STR(""),
        .created_at = cx_now_ms(tx->cx),
        .answered_at = ROW_NONE,
    };
    make->id = row.id;
    make->at = (struct instant){row.created_at};
    make->command.outcome = OUTCOME_CREATED;
    TRY(inquiry_insert(tx, &row));
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row.id))});
    TRY(tell_operators(app, tx, &row));
    return tell_asker(app, tx, &row);
}

static struct err run_make(struct command *command, struct tx *tx) {
    struct inquiry_make *make = (struct inquiry_make *)command;
    struct inquiry_row row;
    struct str fingerprint;
    int64_t waiting = 0;
    bool is_known = false;
    TRY(fingerprint_of(tx, make, &fingerprint));
    TRY(inquiry_waiting(tx, fingerprint, &row, &is_known));
    if (is_known) {
        make->id = row.id;
        make->at = (struct instant){row.created_at};
        return OK;
    }
    TRY(inquiry_count_waiting(tx, INQUIRIES_WAITING_MAX, &waiting));
    if (waiting >= INQUIRIES_WAITING_MAX) {
        command->outcome = OUTCOME_INQUIRIES_FULL;
        return OK;
    }
    return insert(make, tx, fingerprint);
}

void inquiry_make(struct app *app, struct inquiry_make *make) {
    make->command.run = run_make;
    make->command.after = NULL;
    command_submit(app, &make->command);
}

/* --- answering --- */

static struct str facts(struct tx *tx, const struct inquiry_row *row) {
    struct str status = str_from_cstr(inquiry_status_name((enum inquiry_status)row->status));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", status),
                       AUDIT_TEXT("contractId", row->contract_id));
}

static struct err find(struct tx *tx, struct str id, struct inquiry_row *ret_row,
                       enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(inquiry_get(tx, id, ret_row, &is_found));
    *ret_outcome = !is_found                         ? OUTCOME_INQUIRY_NOT_FOUND
                   : ret_row->status != INQUIRY_OPEN ? OUTCOME_INQUIRY_ANSWERED
                                                     : OUTCOME_DONE;
    return OK;
}

static struct err answer(struct tx *tx, struct inquiry_row *row, enum inquiry_status status) {
    struct str before = facts(tx, row);
    row->status = (int)status;
    row->answered_by = audit_actor_id(tx);
    row->answered_at = cx_now_ms(tx->cx);
    audit_say(tx, &(struct audit_said){
                      .customer = row->user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row->id)),
                      .before = before,
                      .after = facts(tx, row),
                  });
    return inquiry_put(tx, row);
}

/* DONE once there is the customer; refused, nothing was written. */
static struct err have_customer(struct inquiry_attach *attach, struct tx *tx,
                                const struct inquiry_row *row, enum outcome *ret_outcome) {
    if (!attach->makes_customer) {
        *ret_outcome = OUTCOME_DONE; /* the contract says whether there is one */
        return OK;
    }
    struct customer_create *customer = &attach->customer;
    customer->user_id = attach->user_id;
    customer->email = row->email;
    customer->name = row->company;
    customer->country = row->country;
    customer->language = row->language;
    TRY(customer_make(attach->command.app, tx, customer, ret_outcome));
    *ret_outcome = *ret_outcome == OUTCOME_CREATED ? OUTCOME_DONE : *ret_outcome;
    return OK;
}

/* Who has a role there already needs no invitation. */
static struct err invite_asker(struct inquiry_attach *attach, struct tx *tx,
                               const struct inquiry_row *row) {
    struct invite invite = {
        .user_id = attach->user_id,
        .email = row->email,
        .role = attach->role,
        .invited_by = attach->invited_by,
    };
    return attach->role == ROLE_NONE ? OK : invitation_make(attach->command.app, tx, &invite);
}

static struct err run_attach(struct command *command, struct tx *tx) {
    struct inquiry_attach *attach = (struct inquiry_attach *)command;
    struct inquiry_row row;
    TRY(find(tx, attach->id, &row, &command->outcome));
    if (command->outcome == OUTCOME_INQUIRY_ANSWERED && row.status == INQUIRY_ATTACHED &&
        str_equal(row.user_id, attach->user_id)) {
        command->outcome = OUTCOME_DONE; /* the answer was lost */
        return OK;
    }
    if (command->outcome == OUTCOME_DONE) {
        TRY(have_customer(attach, tx, &row, &command->outcome));
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct contract_ask ask = {.user_id = attach->user_id, .message = row.message};
    TRY(contract_asked(command->app, tx, &ask, id_str(&row.id), &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    command->outcome = OUTCOME_DONE;
    TRY(invite_asker(attach, tx, &row));
    row.user_id = attach->user_id;
    row.contract_id = arena_str(tx->cx->arena, id_str(&ask.row.id));
    return answer(tx, &row, INQUIRY_ATTACHED);
}

static void after_attach(struct command *command) {
    struct inquiry_attach *attach = (struct inquiry_attach *)command;
    gate_update_publish(command->app, &attach->customer.gate_update);
}

void inquiry_attach(struct app *app, struct inquiry_attach *attach) {
    attach->customer.gate_update.is_due = false;
    attach->command.run = run_attach;
    attach->command.after = after_attach;
    command_submit(app, &attach->command);
}

static struct err run_close(struct command *command, struct tx *tx) {
    struct inquiry_close *close = (struct inquiry_close *)command;
    struct inquiry_row row;
    TRY(find(tx, close->id, &row, &command->outcome));
    if (command->outcome == OUTCOME_INQUIRY_ANSWERED && row.status == INQUIRY_CLOSED &&
        str_equal(row.reason, close->reason)) {
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    row.reason = close->reason;
    return answer(tx, &row, INQUIRY_CLOSED);
}

void inquiry_close(struct app *app, struct inquiry_close *close) {
    close->command.run = run_close;
    close->command.after = NULL;
    command_submit(app, &close->command);
}

/* --- reading --- */

struct err inquiry_read(struct tx *tx, struct str id, struct inquiry_row *ret_row,
                        bool *ret_found) {
    return inquiry_get(tx, id, ret_row, ret_found);
}

struct err inquiries_read(struct tx *tx, int status, struct str before, size_t max,
                          struct row_list *ret_list) {
    return inquiry_page(tx, status, before, max, ret_list);
}
