#include "app/invoice_archive.h"

#include "app/audit.h"
#include "app/invoice_list.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/privacy.h"
#include "core/calendar.h"
#include "store/customer.h"
#include "store/person.h"

enum { EXPIRED_AT_ONCE = 100 };

/* --- asking --- */

static struct err judge(struct tx *tx, const struct invoice_archive_ask *ask,
                        enum outcome *ret_outcome) {
    const struct invoice_archive_span span = {ask->user_id, invoice_year_begin(ask->year),
                                              invoice_year_begin(ask->year + 1)};
    int64_t papers = 0;
    int64_t kept = 0;
    TRY(privacy_customer_stands(tx, ask->user_id, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(invoice_archive_papers(tx, &span, &papers));
    TRY(invoice_archive_count(tx, ask->user_id, &kept));
    *ret_outcome = papers == 0                         ? OUTCOME_INVOICE_ARCHIVE_EMPTY
                   : kept >= INVOICE_ARCHIVES_KEPT_MAX ? OUTCOME_INVOICE_ARCHIVES_TOO_MANY
                                                       : OUTCOME_CREATED;
    return OK;
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct invoice_archive_ask *ask = (struct invoice_archive_ask *)command;
    const struct invoice_archive_row row = {
        .user_id = ask->user_id,
        .id = id_new(tx->cx, "ivar"),
        .year = ask->year,
        .status = STR("running"),
        .person_id = ask->person_id,
        .requested_at = cx_now_ms(tx->cx),
        .finished_at = ROW_NONE,
        .expires_at = ROW_NONE,
        .sha256 = STR(""),
    };
    struct invoice_archive_row like;
    bool is_there = false;
    TRY(invoice_archive_like(tx, &row, &like, &is_there));
    if (is_there) {
        ask->id = like.id;
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    TRY(judge(tx, ask, &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    ask->id = row.id;
    audit_say(tx, &(struct audit_said){.object = id_str(&ask->id)});
    return invoice_archive_insert(tx, &row);
}

void invoice_archive_ask(struct app *app, struct invoice_archive_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- giving up --- */

/* Whoever makes it hears of it with the next piece, and what was kept goes in turns. */
static struct err run_cancel(struct command *command, struct tx *tx) {
    struct invoice_archive_cancel *cancel = (struct invoice_archive_cancel *)command;
    struct invoice_archive_row row;
    bool is_found = false;
    TRY(invoice_archive_get(tx, cancel->user_id, cancel->id, &row, &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_INVOICE_ARCHIVE_NOT_FOUND;
    if (!is_found || !str_equal(row.status, STR("running"))) {
        return OK;
    }
    row.status = STR("cancelled");
    row.finished_at = cx_now_ms(tx->cx);
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, cancel->id)});
    return invoice_archive_set(tx, &row);
}

void invoice_archive_cancel(struct app *app, struct invoice_archive_cancel *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- telling who asked --- */

/* Nobody, of a machine, of who has left, and of who has no address. */
static struct err asker_of(struct tx *tx, const struct invoice_archive_row *row,
                           struct person_row *ret_person, bool *ret_found) {
    struct member_row member;
    *ret_found = false;
    if (row->person_id.len == 0) {
        return OK;
    }
    TRY(member_get(tx, row->user_id, row->person_id, &member, ret_found));
    TRY(*ret_found ? person_get(tx, row->person_id, ret_person, ret_found) : OK);
    *ret_found = *ret_found && ret_person->disabled_at == ROW_NONE && ret_person->email.len > 0;
    return OK;
}

static struct err tell(struct app *app, struct tx *tx, const struct invoice_archive_row *row) {
    struct arena *arena = tx->cx->arena;
    struct person_row person;
    struct customer_row customer;
    struct mail_values values;
    bool is_found = false;
    TRY(asker_of(tx, row, &person, &is_found));
    TRY(is_found ? customer_get(tx, row->user_id, &customer, &is_found) : OK);
    if (!is_found) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "account", customer.name);
    mail_values_str(&values, "year", arena_printf(arena, "%lld", (long long)row->year));
    mail_values_flag(&values, "lacksSome", row->missing > 0);
    mail_values_i64(&values, "papers", row->papers);
    mail_values_i64(&values, "missing", row->missing);
    mail_values_time(&values, "until", row->expires_at);
    mail_values_str(&values, "invoicesUrl",
                    arena_printf(arena, "/billing/invoices?year=%lld", (long long)row->year));
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_INVOICE_ARCHIVE,
        .dedupe_key = arena_printf(arena, "invoice_archive:%s", row->id.text),
        .values = mail_values_end(&values),
        .address = person.email,
        .name = person.name,
        .language = person.language,
    };
    return mail_order(app, tx, &order);
}

/* --- keeping --- */

static struct err finish(struct app *app, struct tx *tx, const struct parcel_keep *keep,
                         struct invoice_archive_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    row->status = keep->has_failed ? STR("failed") : STR("ready");
    row->finished_at = now.ms;
    row->size = keep->has_failed ? 0 : keep->size;
    row->sha256 = keep->has_failed ? STR("") : str_of(keep->sha256, SHA256_HEX);
    row->expires_at =
        keep->has_failed ? ROW_NONE : instant_add(now, duration_days(INVOICE_ARCHIVE_DAYS)).ms;
    row->papers = keep->made;
    row->missing = keep->missing;
    TRY(invoice_archive_set(tx, row));
    return tell(app, tx, row);
}

static struct err run_keep(struct command *command, struct tx *tx) {
    struct parcel_keep *keep = (struct parcel_keep *)command;
    struct invoice_archive_row row;
    bool is_found = false;
    TRY(invoice_archive_get(tx, keep->subject, keep->id, &row, &is_found));
    if (!is_found || !str_equal(row.status, STR("running"))) {
        command->outcome = OUTCOME_INVOICE_ARCHIVE_NOT_FOUND;
        return OK;
    }
    if (!keep->has_failed) { /* what an earlier run has left is overwritten */
        TRY(invoice_archive_piece_put(tx, &(struct invoice_archive_piece_row){
                                              keep->id, keep->number, keep->subject, keep->body}));
    }
    return keep->is_last || keep->has_failed ? finish(command->app, tx, keep, &row) : OK;
}

void invoice_archive_keep(struct app *app, struct parcel_keep *keep) {
    keep->command.run = run_keep;
    keep->command.after = NULL;
    command_submit(app, &keep->command);
}

/* --- having it --- */

struct err invoice_archive_read(struct tx *tx, struct str user_id, struct str id,
                                struct invoice_archive_row *ret_row, bool *ret_found) {
    return invoice_archive_get(tx, user_id, id, ret_row, ret_found);
}

/* "~" is behind every id. */
struct err invoice_archives_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return invoice_archive_of(tx, user_id, STR("~"), INVOICE_ARCHIVES_SHOWN, ret_list);
}

struct err invoice_archive_piece(struct tx *tx, struct str id, int64_t number, struct str *ret_body,
                                 bool *ret_found) {
    struct invoice_archive_piece_row piece = {.number = number};
    TRY(invoice_archive_piece_get(tx, id, number, &piece, ret_found));
    *ret_body = *ret_found ? piece.body : STR("");
    return OK;
}

struct err invoice_archive_expire(struct tx *tx, struct retention_swept *ret_swept) {
    struct row_list list;
    TRY(invoice_archive_old(tx, cx_now_ms(tx->cx), EXPIRED_AT_ONCE, &list));
    struct invoice_archive_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        rows[i].status = STR("expired");
        TRY(invoice_archive_set(tx, &rows[i]));
    }
    *ret_swept = (struct retention_swept){(int64_t)list.count, list.count == EXPIRED_AT_ONCE};
    return OK;
}
