#include "app/mail.h"

#include "app/audit.h"
#include "app/mail_optout.h"
#include "app/mail_send.h"
#include "base/check.h"
#include "base/json.h"
#include "store/customer.h"

static const struct {
    const char *word;
    enum mail_class class;
} kinds[MAIL_KIND_COUNT] = {
#define X(name, word, class, values) [MAIL_KIND_##name] = {word, MAIL_CLASS_##class},
    MAIL_KINDS(X)
#undef X
};

const char *mail_kind_name(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].word;
}

bool mail_kind_parse(struct str word, enum mail_kind *ret_kind) {
    for (int i = 0; i < MAIL_KIND_COUNT; i++) {
        if (str_equal(word, str_from_cstr(kinds[i].word))) {
            *ret_kind = (enum mail_kind)i;
            return true;
        }
    }
    return false;
}

enum mail_class mail_kind_class(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].class;
}

bool mail_kind_is_optional(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].class == MAIL_CLASS_OPTIONAL;
}

bool mail_kind_is_owed(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].class == MAIL_CLASS_OWED;
}

bool mail_kind_is_personal(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].class == MAIL_CLASS_PERSONAL;
}

bool mail_kind_is_alert(enum mail_kind kind) {
    check(kind < MAIL_KIND_COUNT);
    return kinds[kind].class == MAIL_CLASS_ALERT;
}

/* Mails about one invoice are one conversation. */
static struct err thread_of(struct tx *tx, struct str values, struct str *ret_thread) {
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(values, &problem);
    if (!json_is_object(object)) {
        return cx_fail(tx->cx, ERR(ERR_FORMAT), "A mail's values are no JSON object.");
    }
    *ret_thread = arena_str(tx->cx->arena, json_text(object, "invoiceNumber"));
    return OK;
}

static struct err fill_content(struct app *app, struct tx *tx, enum mail_kind kind,
                               struct mail_row *row) {
    struct mail_content content = {.subject = row->kind};
    struct mail_draft draft = {
        .kind = kind,
        .language = row->language,
        .name = row->name,
        .values = row->facts,
        .unsubscribe_path = mail_unsubscribe_path(app, tx->cx->arena, row->user_id, kind),
    };
    if (app->mailer != NULL) {
        TRY(app->mailer->render(app->mailer, tx->cx, &draft, &content));
    }
    row->subject = content.subject;
    row->text_body = content.text;
    row->html_body = content.html;
    return OK;
}

/* What a customer wants none of is kept here all the same, for who looks for it. */
static struct err heed_wishes(struct tx *tx, enum mail_kind kind, struct mail_row *row) {
    bool is_unwanted = false;
    if (mail_kind_is_optional(kind)) {
        TRY(mail_optout_get(tx, row->user_id, row->kind, &is_unwanted));
    }
    if (is_unwanted) {
        row->status = MAIL_SUPPRESSED;
        row->last_error = STR("The customer has unsubscribed from these mails.");
    }
    return OK;
}

/* Who gets it: the operators, the person, or the customer, who must be known then. */
static struct err address(struct app *app, struct tx *tx, const struct mail_order *order,
                          struct mail_row *row) {
    struct customer_row customer;
    bool is_known = false;
    if (mail_kind_is_alert(order->kind)) {
        const struct mailer *mailer = app->mailer;
        row->address = mailer == NULL ? row->address : mailer->alerts_to;
        row->language = mailer == NULL ? row->language : mailer->alerts_language;
        row->status = row->address.len == 0 ? MAIL_LOCAL : row->status;
        return OK;
    }
    if (mail_kind_is_personal(order->kind)) {
        row->address = order->address;
        row->name = order->name;
        row->language = order->language.len > 0 ? order->language : row->language;
        return OK;
    }
    TRY(customer_get(tx, order->user_id, &customer, &is_known));
    if (!is_known) {
        return cx_fail(tx->cx, ERR(ERR_NOT_FOUND), "A mail was ordered for an unknown customer.");
    }
    row->language = customer.language.len > 0 ? customer.language : row->language;
    row->address = customer.email;
    row->name = customer.name;
    return OK;
}

struct err mail_order(struct app *app, struct tx *tx, const struct mail_order *order) {
    bool is_ordered = false;
    TRY(mail_is_ordered(tx, order->user_id, order->dedupe_key, &is_ordered));
    if (is_ordered) {
        return OK;
    }
    bool sends = app->mailer != NULL && app->mailer->sends;
    struct mail_row row = {
        .user_id = order->user_id,
        .id = id_new(tx->cx, "mail"),
        .kind = str_from_cstr(mail_kind_name(order->kind)),
        .dedupe_key = order->dedupe_key,
        .language = STR("en"),
        .address = STR(""),
        .name = STR(""),
        .facts = order->values,
        .status = sends ? MAIL_QUEUED : MAIL_LOCAL,
        .next_attempt_at = instant_add((struct instant){cx_now_ms(tx->cx)}, order->rest).ms,
        .created_at = cx_now_ms(tx->cx),
        .sent_at = ROW_NONE,
    };
    TRY(address(app, tx, order, &row));
    TRY(thread_of(tx, order->values, &row.thread));
    TRY(fill_content(app, tx, order->kind, &row));
    TRY(heed_wishes(tx, order->kind, &row));
    return mail_insert(tx, &row);
}

/* --- the local outbox --- */

struct err mails_read(struct tx *tx, const struct mail_filter *filter, size_t max,
                      struct row_list *ret_list) {
    return mail_page(tx, filter, max, ret_list);
}

struct err mail_read(struct tx *tx, struct str id, struct mail_row *ret_row, bool *ret_found) {
    return mail_get(tx, id, ret_row, ret_found);
}

struct err mail_headers_read(struct app *app, struct cx *cx, const struct mail_row *row,
                             struct mail_headers *ret_headers) {
    enum mail_kind kind;
    ret_headers->count = 0;
    if (app->mailer == NULL || !mail_kind_parse(row->kind, &kind)) {
        return OK;
    }
    struct str path = mail_unsubscribe_path(app, cx->arena, row->user_id, kind);
    return app->mailer->headers(app->mailer, cx, row, path, ret_headers);
}

/* Without its bodies there is nothing left to send. */
static bool is_retryable(const struct mail_row *row) {
    return (row->status == MAIL_FAILED || row->status == MAIL_SUPPRESSED ||
            row->status == MAIL_LOCAL) &&
           row->text_body.len > 0;
}

static struct err run_retry(struct command *command, struct tx *tx) {
    struct mail_retry *retry = (struct mail_retry *)command;
    const struct mailer *mailer = command->app->mailer;
    struct mail_row row;
    bool is_found = false;
    TRY(mail_get(tx, retry->id, &row, &is_found));
    command->outcome = !is_found                          ? OUTCOME_MAIL_NOT_FOUND
                       : !is_retryable(&row)              ? OUTCOME_MAIL_NOT_RETRYABLE
                       : mailer == NULL || !mailer->sends ? OUTCOME_MAIL_SERVER_MISSING
                                                          : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    enum mail_status before = (enum mail_status)row.status;
    audit_say(tx, &(struct audit_said){.customer = row.user_id});
    row.status = MAIL_QUEUED;
    row.attempts = 0;
    row.next_attempt_at = cx_now_ms(tx->cx);
    row.last_error = STR("");
    bool was_listed = false;
    TRY(mail_suppression_delete(tx, mail_suppressed_as(tx->cx->arena, row.address), &was_listed));
    return mail_move(tx, &row, before);
}

void mail_retry(struct app *app, struct mail_retry *retry) {
    retry->command.run = run_retry;
    retry->command.after = NULL;
    command_submit(app, &retry->command);
}
