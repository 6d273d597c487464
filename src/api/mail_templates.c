/* GET /api/admin/mail-templates: the mails that may be written, and how each would read, before
 * anybody gets one. */
#include "api/admin_resources.h"
#include "api/consent_resources.h"

#include "app/mail.h"
#include "core/locale.h"

enum {
    TEMPLATES_MAX = MAIL_KIND_COUNT * LANGUAGE_COUNT,
    ID_MAX = 64,
    SUBJECT_MAX = 1000,
    BODY_MAX = 64 * 1024
};

static const char *const class_names[] = {"due", "owed", "optional", "personal", "alert", NULL};
static_assert(ARRAY_LEN(class_names) == MAIL_CLASS_COUNT + 1, "in the order of mail_class");

/* Those of dunning are asked for most. */
static const enum mail_class order[MAIL_CLASS_COUNT] = {
    MAIL_CLASS_OWED, MAIL_CLASS_DUE, MAIL_CLASS_OPTIONAL, MAIL_CLASS_PERSONAL, MAIL_CLASS_ALERT,
};

struct template_out {
    struct str id, kind, language, subject, text, html;
    int class;
};
#define AT(member) offsetof(struct template_out, member)
#define TEMPLATE_FIELDS                                                                            \
    {"id", "Kind and language: payment_failed.de", SHAPE_STR, .offset = AT(id), .max = ID_MAX},    \
        {"kind", "What it tells", SHAPE_STR, .offset = AT(kind), .max = ID_MAX},                   \
        {"language", "In which it is written", SHAPE_STR, .offset = AT(language), .max = 8},       \
        {"class",                                                                                  \
         "due: always sent; owed: until it is paid; optional: may be unsubscribed from; "          \
         "personal: "                                                                              \
         "to one person; alert: to the operators",                                                 \
         SHAPE_ENUM, .offset = AT(class), .names = class_names},                                   \
    {                                                                                              \
        "subject", "On values made up", SHAPE_STR, .offset = AT(subject), .max = SUBJECT_MAX       \
    }
static const struct shape_field item_fields[] = {TEMPLATE_FIELDS};
static const struct shape item_shape =
    SHAPE("MailTemplateItem", "A mail that may be written", struct template_out, item_fields);
static const struct shape_field item = {.kind = SHAPE_OBJECT, .of = &item_shape};

static const struct shape_field fields[] = {
    TEMPLATE_FIELDS,
    {"text", "As plain text", SHAPE_STR, .offset = AT(text), .max = BODY_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"html", "The same as HTML", SHAPE_STR, .offset = AT(html), .max = BODY_MAX,
     .flags = SHAPE_OPEN_TEXT},
};
#undef AT
const struct shape mail_template_shape =
    SHAPE("MailTemplate", "A mail as it would read", struct template_out, fields);

struct templates_out {
    struct shape_list data;
};
static const struct shape_field list_fields[] = {
    {"data", "What is owed first", SHAPE_LIST, .offset = offsetof(struct templates_out, data),
     .max = TEMPLATES_MAX, .item = &item, .item_size = sizeof(struct template_out)},
};
const struct shape mail_templates_shape =
    SHAPE("MailTemplates", "Every mail", struct templates_out, list_fields);

struct templates_query {
    int language, class;
    bool has_language, has_class;
};
#define AT(member) offsetof(struct templates_query, member)
static const struct shape_field query_fields[] = {
    {"language", "In this one only", SHAPE_ENUM, .offset = AT(language), .names = language_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_language)},
    {"class", "Of this class only", SHAPE_ENUM, .offset = AT(class), .names = class_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_class)},
};
#undef AT
const struct shape mail_templates_query_shape =
    SHAPE("MailTemplatesQuery", "Which", struct templates_query, query_fields);

static struct err write_template(struct api_request *request, enum mail_kind kind,
                                 enum language language, struct template_out *ret_out) {
    struct mailer *mailer = request->api->app->mailer;
    struct mail_content content;
    const struct mail_draft draft = {
        .kind = kind,
        .language = str_from_cstr(language_name(language)),
        .name = STR("Ada Lovelace"),
        .values = mailer->sample(mailer, &request->cx, kind),
        .unsubscribe_path = mail_kind_is_optional(kind) ? STR("/unsubscribe/…") : STR(""),
    };
    TRY(mailer->render(mailer, &request->cx, &draft, &content));
    *ret_out = (struct template_out){
        .id = arena_printf(request->arena, "%s.%s", mail_kind_name(kind), language_name(language)),
        .kind = str_from_cstr(mail_kind_name(kind)),
        .language = draft.language,
        .class = (int)mail_kind_class(kind),
        .subject = content.subject,
        .text = content.text,
        .html = content.html,
    };
    return OK;
}

/* Those of a class, in the languages asked for. */
static struct err add_class(struct api_request *request, enum mail_class class,
                            struct template_out *rows, size_t *count) {
    const struct templates_query *query = request->query;
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            bool is_asked = query == NULL || !query->has_language || query->language == language;
            if (is_asked && mail_kind_class((enum mail_kind)kind) == class) {
                TRY(write_template(request, (enum mail_kind)kind, (enum language)language,
                                   &rows[*count]));
                (*count)++;
            }
        }
    }
    return OK;
}

void mail_templates_list(struct api_request *request) {
    const struct templates_query *query = request->query;
    struct template_out *rows = arena_array(request->arena, TEMPLATES_MAX, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < ARRAY_LEN(order); i++) {
        bool is_asked = query == NULL || !query->has_class || query->class == (int)order[i];
        if (is_asked && reply_if_failed(request, add_class(request, order[i], rows, &count))) {
            return;
        }
    }
    const struct templates_out out = {{rows, count}};
    reply_value(request, 200, &mail_templates_shape, &out);
}

void mail_templates_show(struct api_request *request) {
    struct str word = request->values[0];
    enum mail_kind kind;
    enum language language;
    struct template_out out;
    struct str kind_word = str_cut(&word, '.');
    if (!mail_kind_parse(kind_word, &kind) || !language_parse(word, &language)) {
        reply_problem(request, OUTCOME_MAIL_NOT_FOUND);
    } else if (!reply_if_failed(request, write_template(request, kind, language, &out))) {
        reply_value(request, 200, &mail_template_shape, &out);
    }
}
