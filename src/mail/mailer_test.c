/* Guards that every mail reads as src/mail/testdata/ has it, in every language:
 * <kind>.<language>.txt holds subject and text, made of the values in values.json. With
 * TURNPIKE_GOLDEN=write they are written anew; read the difference before you commit it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/catalogue_shape.h"
#include "base/json.h"
#include "base/testing.h"
#include "mail/mailer.h"
#include "mail/run.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, FILE_MAX = 256 * 1024 };

struct desk {
    struct env env;
    struct arena arena;
    struct cx cx;
    struct catalogue catalogue;
    struct mail_office *office;
    struct mailer *mailer;
    json_t *values;
};

static struct str path_of(struct desk *desk, const char *name) {
    return arena_printf(&desk->arena, "%s/%s", getenv("TURNPIKE_SOURCE"), name);
}

static struct str read_file(struct desk *desk, const char *name) {
    struct str content;
    struct str path = path_of(desk, name);
    struct err err = env_read_file(&desk->env, path.bytes, FILE_MAX, &content);
    if (err_failed(err)) {
        fail_msg("%s cannot be read", name);
    }
    struct str copy = arena_str(&desk->arena, content);
    env_free(&desk->env, (char *)(uintptr_t)content.bytes);
    return copy;
}

static int set_up(void **state) {
    static struct desk desk;
    memset(&desk, 0, sizeof desk);
    env_posix_init(&desk.env);
    arena_init(&desk.arena, &desk.env, MEMORY_MAX);
    cx_init(&desk.cx, &desk.env, &desk.arena);
    assert_ok(catalogue_load(&desk.cx, path_of(&desk, "catalog/plans.json").bytes, &desk.catalogue,
                             NULL));
    struct mail_office_options options = {
        .env = &desk.env,
        .catalogue = &desk.catalogue,
        .from = STR("Nova Cloud <billing@nova.example>"),
        .footer = STR("Nova Cloud Inc., 1 Main Street, Springfield"),
    };
    assert_ok(mail_office_create(&desk.cx, &options, &desk.office));
    assert_ok(mail_office_set_base_url(desk.office, STR("https://billing.nova.example")));
    desk.mailer = mail_office_mailer(desk.office);
    struct json_problem problem;
    desk.values = json_read(read_file(&desk, "src/mail/testdata/values.json"), &problem);
    assert_non_null(desk.values);
    *state = &desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    json_release(&desk->values);
    mail_office_destroy(desk->office);
    arena_finish(&desk->arena);
    return 0;
}

static struct str values_of(struct desk *desk, enum mail_kind kind) {
    char *text = json_dumps(json_object_get(desk->values, mail_kind_name(kind)), JSON_COMPACT);
    assert_non_null(text);
    struct str copy = arena_str(&desk->arena, str_from_cstr(text));
    free(text); /* jansson's */
    return copy;
}

static struct mail_draft draft_of(struct desk *desk, enum mail_kind kind, const char *language) {
    return (struct mail_draft){
        .kind = kind,
        .language = str_from_cstr(language),
        .name = STR("Ada & Söhne"),
        .values = values_of(desk, kind),
        .unsubscribe_path = mail_kind_is_optional(kind) ? STR("/unsubscribe/token") : STR(""),
    };
}

static struct mail_content render(struct desk *desk, const struct mail_draft *draft) {
    struct mail_content content;
    struct err err = desk->mailer->render(desk->mailer, &desk->cx, draft, &content);
    if (err_failed(err)) {
        fail_msg("%s: %s", mail_kind_name(draft->kind), desk->cx.detail);
    }
    return content;
}

static void write_golden(struct desk *desk, const char *name, struct str text) {
    FILE *file = fopen(path_of(desk, name).bytes, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.bytes, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void every_kind_reads_as_it_should(void **state) {
    struct desk *desk = *state;
    bool writes = getenv("TURNPIKE_GOLDEN") != NULL;
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            const char *word = language_name((enum language)language);
            struct mail_draft draft = draft_of(desk, (enum mail_kind)kind, word);
            struct mail_content content = render(desk, &draft);
            struct str name = arena_printf(&desk->arena, "src/mail/testdata/%s.%s.txt",
                                           mail_kind_name((enum mail_kind)kind), word);
            struct str text = arena_printf(&desk->arena, STR_FMT "\n\n" STR_FMT,
                                           STR_ARG(content.subject), STR_ARG(content.text));
            if (writes) {
                write_golden(desk, name.bytes, text);
            }
            assert_string_equal(read_file(desk, name.bytes).bytes, text.bytes);
        }
    }
}

static bool contains(struct str text, const char *part) {
    return memmem(text.bytes, text.len, part, strlen(part)) != NULL;
}

static void html_says_the_same_in_less_than_30_kb(void **state) {
    struct desk *desk = *state;
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        struct mail_draft draft = draft_of(desk, (enum mail_kind)kind, "de");
        struct mail_content content = render(desk, &draft);
        assert_true(content.html.len > 0 && content.html.len < 30 * 1000);
        assert_true(contains(content.html, "<html lang=\"de\">"));
        assert_int_equal(contains(content.html, "Ada &amp; Söhne"),
                         !mail_kind_is_alert((enum mail_kind)kind) &&
                             !mail_kind_is_personal((enum mail_kind)kind));
        assert_true(contains(content.html, "Nova Cloud Inc."));
        assert_false(contains(content.html, "<img"));
        assert_false(contains(content.html, "<script"));
        bool is_optional = mail_kind_is_optional((enum mail_kind)kind);
        assert_int_equal(contains(content.html, "nova.example/unsubscribe/token"), is_optional);
        assert_int_equal(contains(content.text, "nova.example/unsubscribe/token"), is_optional);
    }
}

static void what_a_customer_writes_stays_text(void **state) {
    struct desk *desk = *state;
    struct mail_draft draft = {
        .kind = MAIL_KIND_REFUND,
        .language = STR("fr"), /* not spoken: English */
        .name = STR("<b>Bobby</b>\r\nBcc: all@example.com"),
        .values = STR("{\"amount\":1,\"currency\":\"usd\",\"reason\":\"<script>{{amount}}"
                      "\\r\\nBcc: x</script>\",\"invoiceNumber\":\"A\\r\\nBcc: y\"}"),
    };
    struct mail_content content = render(desk, &draft);
    assert_false(contains(content.html, "<script>"));
    assert_true(contains(content.html, "&lt;script&gt;{{amount}}  Bcc: x&lt;/script&gt;"));
    assert_true(contains(content.html, "&lt;b&gt;Bobby&lt;/b&gt;"));
    assert_false(contains(content.subject, "\n"));
    assert_true(contains(content.html, "<html lang=\"en\">"));
}

static void values_that_are_not_the_kinds_are_refused(void **state) {
    struct desk *desk = *state;
    static const struct {
        enum mail_kind kind;
        const char *values, *says;
    } table[] = {
        {MAIL_KIND_REFUND, "{\"currency\":\"usd\"}", "A mail lacks its value amount."},
        {MAIL_KIND_REFUND, "{\"amount\":1}", "A mail's value amount is not of its type."},
        {MAIL_KIND_REFUND, "{\"amount\":1,\"currency\":\"zzz\"}",
         "A mail's value amount is not of its type."},
        {MAIL_KIND_REFUND, "{\"amount\":\"1\",\"currency\":\"usd\"}",
         "A mail's value amount is not of its type."},
        {MAIL_KIND_REFUND, "{\"amount\":9007199254740993,\"currency\":\"usd\"}",
         "A mail's value amount is not of its type."},
        {MAIL_KIND_REFUND, "{\"amount\":1,\"currency\":\"usd\",\"colour\":1}",
         "A mail has a value colour too many."},
        {MAIL_KIND_REFUND,
         "{\"amount\":1,\"currency\":\"usd\",\"invoiceUrl\":\"javascript:alert(1)\"}",
         "A mail's value invoiceUrl is not of its type."},
        {MAIL_KIND_CANCEL_SCHEDULED, "{\"plan\":\"gold\",\"endsAt\":\"2026-01-01T00:00:00Z\"}",
         "A mail's value plan is not of its type."},
        {MAIL_KIND_CANCEL_SCHEDULED, "{\"plan\":\"starter\",\"endsAt\":\"tomorrow\"}",
         "A mail's value endsAt is not of its type."},
        {MAIL_KIND_USAGE_80, "{\"metric\":\"cpu\",\"used\":1,\"limit\":2}",
         "A mail's value metric is not of its type."},
        {MAIL_KIND_CANCEL_SCHEDULED, "[]", "A mail's values are no JSON object."},
        {MAIL_KIND_CANCEL_SCHEDULED, "{", "A mail's values are no JSON object."},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct mail_draft draft = {.kind = table[i].kind,
                                   .language = STR("en"),
                                   .name = STR("Ada"),
                                   .values = str_from_cstr(table[i].values)};
        struct mail_content content = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        assert_err(desk->mailer->render(desk->mailer, &desk->cx, &draft, &content), ERR_FORMAT);
        assert_string_equal(desk->cx.detail, table[i].says);
        assert_int_equal(content.subject.len, 0);
    }
}

static void an_address_of_ours_leads_to_our_server(void **state) {
    struct desk *desk = *state;
    struct mail_draft draft = draft_of(desk, MAIL_KIND_PAYMENT_FAILED, "en");
    draft.values = STR("{\"amount\":1,\"currency\":\"usd\",\"payUrl\":\"/pay/abc\"}");
    struct mail_content content = render(desk, &draft);
    assert_true(contains(content.text, "https://billing.nova.example/pay/abc\n"));
}

static void every_kind_can_be_looked_at_beforehand(void **state) {
    struct desk *desk = *state;
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct mail_draft draft =
                draft_of(desk, (enum mail_kind)kind, language_name((enum language)language));
            draft.values = desk->mailer->sample(desk->mailer, &desk->cx, (enum mail_kind)kind);
            struct mail_content content = render(desk, &draft);
            assert_true(content.subject.len > 0 && content.text.len > 0 && content.html.len > 0);
            struct str again = desk->mailer->sample(desk->mailer, &desk->cx, (enum mail_kind)kind);
            assert_true(str_equal(draft.values, again));
        }
    }
    struct str decided = desk->mailer->sample(desk->mailer, &desk->cx, MAIL_KIND_APPROVAL_DECIDED);
    assert_true(contains(decided, "\"isRefund\":true,\"isCreditNote\":false"));
    assert_true(contains(decided, "\"isExecuted\":true,\"isFailed\":false"));
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(every_kind_reads_as_it_should),
        DESK_TEST(html_says_the_same_in_less_than_30_kb),
        DESK_TEST(what_a_customer_writes_stays_text),
        DESK_TEST(values_that_are_not_the_kinds_are_refused),
        DESK_TEST(an_address_of_ours_leads_to_our_server),
        DESK_TEST(every_kind_can_be_looked_at_beforehand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
