#include "mail/mailer.h"

#include "base/check.h"
#include "mail/office.h"
#include "mail/run.h"
#include "mail/sample.h"

enum { OFFICE_MEMORY_MAX = 64 * 1024 };

bool mail_from_is_valid(struct str from) {
    struct mailbox box;
    return mailbox_parse(from, &box);
}

/* --- how a mail reads --- */

struct writing {
    const struct mail_office *office;
    struct cx *cx;
    enum language language;
    const struct mail_template *template;
    struct mail_facts facts, footer;
    struct mail_content content;
};

static struct str line_of(struct writing *writing, const struct mail_program *program) {
    struct buf out;
    buf_init(&out, writing->cx->env, MAIL_BODY_MAX);
    mail_run_line(program, &writing->facts, &out);
    return buf_finish_in(&out, writing->cx->arena);
}

static void put_footer(struct writing *writing, enum mail_footer_value at, struct str text) {
    writing->footer.shown[at] = text;
    writing->footer.is_there[at] = text.len > 0;
}

/* Operators have no bills, and are whom a customer would ask; who signs in need not be who pays. */
static bool is_about_no_bill(enum mail_kind kind) {
    return mail_kind_is_alert(kind) || mail_kind_is_personal(kind);
}

static void prepare_footer(struct writing *writing, bool is_bill_free, struct str unsubscribe_url) {
    const struct mail_office *office = writing->office;
    writing->footer.schema = &mail_footer_schema;
    put_footer(writing, MAIL_FOOTER_WHY, line_of(writing, &writing->template->why));
    put_footer(writing, MAIL_FOOTER_PRODUCT, office->product);
    put_footer(writing, MAIL_FOOTER_BILLING_URL, is_bill_free ? STR("") : office->billing_url);
    put_footer(writing, MAIL_FOOTER_UNSUBSCRIBE_URL, unsubscribe_url);
    put_footer(writing, MAIL_FOOTER_CONTACT, is_bill_free ? STR("") : office->from.address);
    put_footer(writing, MAIL_FOOTER_LEGAL, office->footer);
}

static struct str text_of(struct writing *writing) {
    struct buf out;
    buf_init(&out, writing->cx->env, MAIL_BODY_MAX);
    mail_run_text(&writing->template->body, &writing->facts, &out);
    buf_add(&out, STR("----\n"));
    mail_run_text(&mail_footers[writing->language], &writing->footer, &out);
    return buf_finish_in(&out, writing->cx->arena);
}

static struct str escaped(struct cx *cx, struct str text) {
    struct buf out;
    buf_init(&out, cx->env, MAIL_BODY_MAX);
    mail_escape(&out, text);
    return buf_finish_in(&out, cx->arena);
}

static struct str html_of(struct writing *writing) {
    struct buf out;
    struct cx *cx = writing->cx;
    struct str values[MAIL_LAYOUT_VALUE_COUNT] = {
        [MAIL_LAYOUT_LANGUAGE] = str_from_cstr(language_name(writing->language)),
        [MAIL_LAYOUT_SUBJECT] = escaped(cx, writing->content.subject),
        [MAIL_LAYOUT_SUMMARY] = escaped(cx, line_of(writing, &writing->template->summary)),
        [MAIL_LAYOUT_PRODUCT] = escaped(cx, writing->office->product),
    };
    buf_init(&out, cx->env, MAIL_BODY_MAX);
    mail_run_part(MAIL_PART_HEAD, values, &out);
    mail_run_html(&writing->template->body, &writing->facts, &out);
    mail_run_part(MAIL_PART_RULE, values, &out);
    mail_run_html(&mail_footers[writing->language], &writing->footer, &out);
    mail_run_part(MAIL_PART_FOOT, values, &out);
    return buf_finish_in(&out, cx->arena);
}

static struct err render(struct mailer *mailer, struct cx *cx, const struct mail_draft *draft,
                         struct mail_content *ret_content) {
    struct mail_office *office = (struct mail_office *)mailer;
    struct writing writing = {.office = office, .cx = cx, .language = LANGUAGE_EN};
    bool is_known = language_parse(draft->language, &writing.language);
    writing.template = &mail_templates[draft->kind][is_known ? writing.language : LANGUAGE_EN];
    struct mail_facts_source source = {
        .schema = &mail_schemas[draft->kind],
        .language = writing.language,
        .catalogue = office->catalogue,
        .base_url = office->base_url,
        .common = {office->product, draft->name, office->billing_url, office->pricing_url},
        .values = draft->values,
    };
    TRY(mail_facts_read(cx, &source, &writing.facts));
    struct str path = draft->unsubscribe_path;
    writing.content.subject = line_of(&writing, &writing.template->subject);
    prepare_footer(&writing, is_about_no_bill(draft->kind),
                   path.len == 0 ? path
                                 : arena_printf(cx->arena, STR_FMT STR_FMT,
                                                STR_ARG(office->base_url), STR_ARG(path)));
    writing.content.text = text_of(&writing);
    writing.content.html = html_of(&writing);
    *ret_content = writing.content;
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct str sample(struct mailer *mailer, struct cx *cx, enum mail_kind kind) {
    (void)mailer; /* the same of every office */
    return mail_sample(cx, kind);
}

/* --- life --- */

struct err mail_office_set_base_url(struct mail_office *office, struct str base_url) {
    struct arena *arena = &office->arena;
    office->base_url = arena_str(arena, base_url);
    office->billing_url = arena_printf(arena, STR_FMT "/billing", STR_ARG(base_url));
    office->pricing_url = arena_printf(arena, STR_FMT "/pricing", STR_ARG(base_url));
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

struct err mail_office_create(struct cx *cx, const struct mail_office_options *options,
                              struct mail_office **ret_office) {
    struct mail_office *office = env_alloc(options->env, sizeof *office);
    if (office == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for mails.");
    }
    *office = (struct mail_office){
        .port = {.sends = options->has_server,
                 .render = render,
                 .sample = sample,
                 .headers = post_headers,
                 .send = post_send},
        .env = options->env,
        .catalogue = options->catalogue,
    };
    arena_init(&office->arena, options->env, OFFICE_MEMORY_MAX);
    bool is_valid = mailbox_parse(arena_str(&office->arena, options->from), &office->from);
    check(is_valid); /* the command line has asked */
    office->product =
        office->from.name.len > 0 ? office->from.name : mail_address_domain(office->from.address);
    office->footer = arena_str(&office->arena, options->footer);
    office->port.alerts_to = arena_str(&office->arena, options->alerts_to);
    office->port.alerts_language = arena_str(&office->arena, options->alerts_language);
    if (arena_failed(&office->arena)) {
        mail_office_destroy(office);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for mails.");
    }
    *ret_office = office;
    return OK;
}

void mail_office_connect(struct mail_office *office, struct smtp *smtp) {
    check(office->port.sends);
    office->smtp = smtp;
}

void mail_office_destroy(struct mail_office *office) {
    if (office == NULL) {
        return;
    }
    arena_finish(&office->arena);
    env_free(office->env, office);
}

struct mailer *mail_office_mailer(struct mail_office *office) {
    return &office->port;
}
