/* The outbox as operators see it: every mail, how far it has come, and how it reads. */
#include "api/resources.h"

#include "app/mail.h"

struct mail_out {
    struct str id, user_id, kind, to, subject, language;
    struct str text, html, last_error;
    struct shape_list headers; /* struct header_out */
    int status;
    int64_t attempts;
    int64_t created_at, next_attempt_at, sent_at;
    bool waits, is_sent;
};

static const char *const status_names[] = {"local",  "queued",     "leased", "sent",
                                           "failed", "suppressed", NULL};
static_assert(ARRAY_LEN(status_names) == MAIL_STATUS_COUNT + 1, "in the order of mail_status");

enum {
    SUBJECT_MAX = 1000,
    BODY_MAX = 64 * 1024,
    ERROR_MAX = 1000,
    LANGUAGE_MAX = 8,
    HEADER_MAX = 8192
};

#define AT(member) offsetof(struct mail_out, member)
#define ENVELOPE_FIELDS                                                                            \
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},                           \
        {"userId", "To which customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},   \
        {"kind", "What it tells: usage_80, payment_failed, receipt, …", SHAPE_STR,                 \
         .offset = AT(kind), .max = 64},                                                           \
        {"to", "The address", SHAPE_STR, .offset = AT(to), .max = LIMIT_EMAIL},                    \
        {"subject", "As it reads", SHAPE_STR, .offset = AT(subject), .max = SUBJECT_MAX},          \
        {"createdAt", "When it was written", SHAPE_INSTANT, .offset = AT(created_at)},             \
        {"sentAt",                                                                                 \
         "When a mail server took it",                                                             \
         SHAPE_INSTANT,                                                                            \
         .offset = AT(sent_at),                                                                    \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = AT(is_sent)},                                                                   \
    {                                                                                              \
        "status", "local: kept here, there was no mail server", SHAPE_ENUM, .offset = AT(status),  \
                                                                            .names = status_names  \
    }

static const struct shape_field envelope_fields[] = {ENVELOPE_FIELDS};
static const struct shape envelope_shape =
    SHAPE("MailEnvelope", "A mail without its text", struct mail_out, envelope_fields);
static const struct shape_field envelope_item = {.kind = SHAPE_OBJECT, .of = &envelope_shape};

struct header_out {
    struct str name, value;
};
static const struct shape_field header_fields[] = {
    {"name", "Such as Message-ID", SHAPE_STR, .offset = offsetof(struct header_out, name),
     .max = 64},
    {"value", "As it goes out, not folded", SHAPE_STR, .offset = offsetof(struct header_out, value),
     .max = HEADER_MAX},
};
static const struct shape header_shape =
    SHAPE("MailHeader", "A header of a mail", struct header_out, header_fields);
static const struct shape_field header_item = {.kind = SHAPE_OBJECT, .of = &header_shape};

static const struct shape_field mail_fields[] = {
    ENVELOPE_FIELDS,
    {"headers", "As they go out", SHAPE_LIST, .offset = AT(headers), .max = MAIL_HEADERS_MAX,
     .item = &header_item, .item_size = sizeof(struct header_out)},
    {"language", "In which it is written", SHAPE_STR, .offset = AT(language), .max = LANGUAGE_MAX},
    {"attempts", "To send it", SHAPE_I64, .offset = AT(attempts)},
    {"nextAttemptAt", "While it waits to be sent", SHAPE_INSTANT, .offset = AT(next_attempt_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(waits)},
    {"lastError", "Why it was not sent", SHAPE_STR, .offset = AT(last_error), .max = ERROR_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"text", "As plain text; null once forgotten", SHAPE_STR, .offset = AT(text), .max = BODY_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"html", "The same as HTML", SHAPE_STR, .offset = AT(html), .max = BODY_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
};
#undef AT
const struct shape mail_shape = SHAPE("Mail", "A mail", struct mail_out, mail_fields);

static const struct shape_field outbox_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &envelope_item, .item_size = sizeof(struct mail_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape outbox_shape = SHAPE("Outbox", "A page of mails", struct page, outbox_fields);

struct outbox_query {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id;
    int status;
    bool has_status;
};

static const struct shape_field outbox_query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = offsetof(struct outbox_query, page.limit),
     .min = 1, .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR,
     .offset = offsetof(struct outbox_query, page.cursor), .min = 1, .max = 128,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer only", SHAPE_STR, .offset = offsetof(struct outbox_query, user_id),
     .min = 1, .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "That stand here only", SHAPE_ENUM, .offset = offsetof(struct outbox_query, status),
     .names = status_names, .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct outbox_query, has_status)},
};
const struct shape outbox_query_shape =
    SHAPE("OutboxQuery", "Which mails", struct outbox_query, outbox_query_fields);

static struct mail_out mail_out_of(const struct mail_row *row) {
    return (struct mail_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .kind = row->kind,
        .to = row->address,
        .subject = row->subject,
        .language = row->language,
        .text = text_or_null(row->text_body),
        .html = text_or_null(row->html_body),
        .last_error = text_or_null(row->last_error),
        .status = row->status,
        .attempts = row->attempts,
        .created_at = row->created_at,
        .waits = row->status == MAIL_QUEUED || row->status == MAIL_LEASED,
        .next_attempt_at = row->next_attempt_at,
        .is_sent = row->sent_at != ROW_NONE,
        .sent_at = row->sent_at,
    };
}

void outbox_list(struct api_request *request) {
    const struct outbox_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    struct mail_filter filter = {STR(""), STR(""), STR("")};
    if (query != NULL) {
        filter.user_id = query->user_id;
        filter.before = query->page.cursor;
        filter.status = str_from_cstr(query->has_status ? status_names[query->status] : "");
    }
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, mails_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct mail_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct mail_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = mail_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &outbox_shape, &page);
}

/* Its link lets its reader in, whoever that is: operators do not read each other's. */
static bool is_for_one_person(const struct mail_row *row) {
    enum mail_kind kind;
    return mail_kind_parse(row->kind, &kind) && mail_kind_is_personal(kind);
}

static struct err put_headers(struct api_request *request, const struct mail_row *row,
                              struct mail_out *out) {
    struct mail_headers headers;
    TRY(mail_headers_read(request->api->app, &request->cx, row, &headers));
    struct header_out *shown = arena_array(request->arena, headers.count, sizeof *shown);
    for (size_t i = 0; shown != NULL && i < headers.count; i++) {
        struct str value = headers.lines[i];
        shown[i].name = str_cut(&value, ':');
        shown[i].value = str_trim(value);
    }
    out->headers = (struct shape_list){shown, shown == NULL ? 0 : headers.count};
    return OK;
}

static void reply_mail(struct api_request *request) {
    struct tx tx = request_read(request);
    struct mail_row row;
    bool is_found = false;
    if (reply_if_failed(request, mail_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_MAIL_NOT_FOUND);
        return;
    }
    struct mail_out out = mail_out_of(&row);
    if (request->has_session && is_for_one_person(&row)) {
        out.text = text_or_null(STR(""));
        out.html = text_or_null(STR(""));
    }
    if (!reply_if_failed(request, put_headers(request, &row, &out))) {
        reply_value(request, 200, &mail_shape, &out);
    }
}

void outbox_show(struct api_request *request) {
    reply_mail(request);
}

struct retry_in_hand {
    struct mail_retry retry; /* first: `done` hands it back */
    struct api_request *request;
};

static void retried(struct command *command) {
    struct api_request *request = ((struct retry_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_mail(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void outbox_retry_mail(struct api_request *request) {
    struct retry_in_hand *hand = ARENA_NEW(request->arena, struct retry_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->retry.id = request->values[0];
    hand->retry.command.done = retried;
    mail_retry(request->api->app, &hand->retry);
}
