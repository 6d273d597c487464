/* POST /api/admin/outbox/test: a mail to an address, at once, and what the mail server says to it.
 * It is not kept: what matters of it is the answer. */
#include "api/admin_resources.h"
#include "api/consent_resources.h"

#include "app/mail.h"
#include "app/mail_values.h"
#include "base/mailbox.h"

enum { WORDS_MAX = 1000, FROM_MAX = 600 };

static const char *const result_names[] = {"taken", "later", "bad_address", "refused", NULL};
static_assert(MAIL_RESULT_REFUSED == 3, "in the order of the enum");

struct test_in {
    struct str to;
    int language;
    bool has_language;
};
#define AT(member) offsetof(struct test_in, member)
static const struct shape_field in_fields[] = {
    {"to", "The address", SHAPE_STR, .offset = AT(to), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"language", "In which it is written; en when not given", SHAPE_ENUM, .offset = AT(language),
     .names = language_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_language)},
};
#undef AT
const struct shape mail_test_in_shape =
    SHAPE("MailTest", "A mail to be tried", struct test_in, in_fields);

struct test_out {
    struct str to, from, message_id, answer;
    int result;
};
#define AT(member) offsetof(struct test_out, member)
static const struct shape_field fields[] = {
    {"result",
     "taken: the server answers for it now; later: it was not reached, or asks to be tried again; "
     "bad_address: nobody is there; refused: the mail, or our right to send it",
     SHAPE_ENUM, .offset = AT(result), .names = result_names},
    {"answer", "What the mail server said, or why it was not reached; else the result", SHAPE_STR,
     .offset = AT(answer), .max = WORDS_MAX, .flags = SHAPE_OPEN_TEXT},
    {"to", "The address", SHAPE_STR, .offset = AT(to), .max = LIMIT_EMAIL},
    {"from", "As whom it was sent: its domain is what SPF, DKIM and DMARC are about", SHAPE_STR,
     .offset = AT(from), .max = FROM_MAX, .flags = SHAPE_NULLABLE},
    {"messageId", "By which it is found in the server's log", SHAPE_STR, .offset = AT(message_id),
     .max = FROM_MAX, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape mail_test_shape =
    SHAPE("MailTestResult", "What became of a mail that was tried", struct test_out, fields);

struct test_in_hand {
    struct api_request *request;
    struct test_out out;
};

static void answered(void *context, enum mail_result result, struct str words) {
    struct test_in_hand *hand = context;
    hand->out.result = (int)result;
    struct str said = words.len > 0 ? words : str_from_cstr(result_names[result]);
    hand->out.answer = arena_str(hand->request->arena, str_first(said, WORDS_MAX));
    reply_value(hand->request, 200, &mail_test_shape, &hand->out);
}

/* What the headers say of it; absent where there are none. */
static struct str header_of(const struct mail_headers *headers, struct str name) {
    for (size_t i = 0; i < headers->count; i++) {
        struct str value = headers->lines[i];
        if (str_equal_ignoring_case(str_cut(&value, ':'), name)) {
            return text_or_null(str_trim(value));
        }
    }
    return text_or_null(STR(""));
}

static struct err write_mail(struct api_request *request, struct mail_row *row) {
    struct mailer *mailer = request->api->app->mailer;
    const struct test_in *in = request->body;
    struct mail_values values;
    struct mail_content content;
    mail_values_begin(&values, &request->cx);
    mail_values_time(&values, "at", request_now(request).ms);
    const struct mail_draft draft = {
        .kind = MAIL_KIND_MAIL_TEST,
        .language = str_from_cstr(in->has_language ? language_names[in->language] : "en"),
        .name = in->to,
        .values = mail_values_end(&values),
        .unsubscribe_path = STR(""),
    };
    TRY(mailer->render(mailer, &request->cx, &draft, &content));
    *row = (struct mail_row){
        .id = id_new(&request->cx, "mail"),
        .user_id = STR(""),
        .kind = str_from_cstr(mail_kind_name(draft.kind)),
        .language = draft.language,
        .address = in->to,
        .name = STR(""),
        .thread = STR(""),
        .subject = content.subject,
        .text_body = content.text,
        .html_body = content.html,
        .created_at = request_now(request).ms,
    };
    return OK;
}

void mail_test_post(struct api_request *request) {
    const struct test_in *in = request->body;
    struct mailer *mailer = request->api->app->mailer;
    struct test_in_hand *hand = ARENA_NEW(request->arena, struct test_in_hand);
    struct mail_headers headers;
    struct mail_row row;
    if (mailer == NULL || !mailer->sends) {
        reply_problem(request, OUTCOME_MAIL_SERVER_MISSING);
        return;
    }
    if (!mail_address_is_valid(in->to)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/to", "an address, such as ada@example.com");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (reply_if_failed(request, write_mail(request, &row)) ||
        reply_if_failed(request, mailer->headers(mailer, &request->cx, &row, STR(""), &headers))) {
        return;
    }
    *hand = (struct test_in_hand){
        .request = request,
        .out = {.to = in->to,
                .from = header_of(&headers, STR("From")),
                .message_id = header_of(&headers, STR("Message-ID"))},
    };
    mailer->send(mailer, &row, STR(""), answered, hand);
}
