/* Guards that a message is well-formed whatever stands in it (RFC 5322, 2045, 2047), and that one
 * click unsubscribes over TLS alone (RFC 8058). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/testing.h"
#include "mail/message.h"

enum { MEMORY_MAX = 8 * 1024 * 1024, OUT_MAX = 1024 * 1024 };

struct desk {
    struct env env;
    struct arena arena;
    struct cx cx;
};

static int set_up(void **state) {
    static struct desk desk;
    memset(&desk, 0, sizeof desk);
    env_posix_init(&desk.env);
    arena_init(&desk.arena, &desk.env, MEMORY_MAX);
    cx_init(&desk.cx, &desk.env, &desk.arena);
    *state = &desk;
    return 0;
}

static int tear_down(void **state) {
    arena_finish(&((struct desk *)*state)->arena);
    return 0;
}

static struct mail_message plain(void) {
    return (struct mail_message){
        .from = {STR("Nova Cloud"), STR("billing@nova.example")},
        .to = {STR("Ada"), STR("ada@example.com")},
        .id = STR("mail_1"),
        .kind = STR("receipt"),
        .language = STR("en"),
        .subject = STR("Receipt"),
        .text = STR("Hello\n"),
        .html = STR("<p>Hello</p>\n"),
    };
}

static const char *header(struct desk *desk, const struct mail_message *message, const char *name) {
    struct str lines[MESSAGE_HEADERS_MAX];
    size_t count = 0;
    assert_ok(message_headers(&desk->cx, message, lines, &count));
    for (size_t i = 0; i < count; i++) {
        struct str rest = lines[i];
        if (str_equal(str_cut(&rest, ':'), str_from_cstr(name))) {
            return arena_cstr(&desk->arena, str_trim(rest));
        }
    }
    return NULL;
}

static const char *written(struct desk *desk, const struct mail_message *message) {
    struct buf out;
    buf_init(&out, &desk->env, OUT_MAX);
    assert_ok(message_write(&desk->cx, message, &out));
    return arena_cstr(&desk->arena, buf_finish_in(&out, &desk->arena));
}

static void a_plain_message_is_as_plain_as_can_be(void **state) {
    struct desk *desk = *state;
    struct mail_message message = plain();
    message.written_at = 951782400000; /* 29 February 2000 */
    assert_string_equal(written(desk, &message),
                        "From: \"Nova Cloud\" <billing@nova.example>\r\n"
                        "To: \"Ada\" <ada@example.com>\r\n"
                        "Subject: Receipt\r\n"
                        "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n"
                        "Message-ID: <mail_1@nova.example>\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "X-Auto-Response-Suppress: All\r\n"
                        "Feedback-ID: receipt:nova.example:turnpike\r\n"
                        "Content-Language: en\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: multipart/alternative; boundary=\"=_mail_1\"\r\n"
                        "\r\n"
                        "--=_mail_1\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "Hello\r\n"
                        "\r\n"
                        "--=_mail_1\r\n"
                        "Content-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "<p>Hello</p>\r\n"
                        "\r\n"
                        "--=_mail_1--\r\n");
}

static void names_and_subjects_stay_in_their_header(void **state) {
    struct desk *desk = *state;
    static const struct {
        const char *text, *as_name, *as_subject;
    } table[] = {
        {"Ada", "\"Ada\" <ada@example.com>", "Ada"},
        {"Ada \"Ace\" \\o/", "\"Ada \\\"Ace\\\" \\\\o/\" <ada@example.com>", "Ada \"Ace\" \\o/"},
        {"Jürgen", "=?UTF-8?Q?J=C3=BCrgen?= <ada@example.com>", "=?UTF-8?Q?J=C3=BCrgen?="},
        {"a\r\nBcc: all@example.com", "=?UTF-8?Q?a__Bcc=3A_all=40example=2Ecom?= <ada@example.com>",
         "=?UTF-8?Q?a__Bcc=3A_all=40example=2Ecom?="},
        {"=?UTF-8?Q?x?=", "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?= <ada@example.com>",
         "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?="},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct mail_message message = plain();
        message.to.name = str_from_cstr(table[i].text);
        message.subject = str_from_cstr(table[i].text);
        assert_string_equal(header(desk, &message, "To"), table[i].as_name);
        assert_string_equal(header(desk, &message, "Subject"), table[i].as_subject);
    }
}

static void no_line_is_longer_than_it_may_be(void **state) {
    struct desk *desk = *state;
    struct mail_message message = plain();
    char word[400];
    memset(word, 'x', sizeof word);
    struct str many = STR("");
    for (int i = 0; i < 60; i++) {
        many =
            arena_printf(&desk->arena, STR_FMT "%s ", STR_ARG(many), i % 2 == 0 ? "Grüße" : "and");
    }
    message.subject = many;
    message.text = arena_printf(&desk->arena, "%.*s\n" STR_FMT " \n.\n", (int)sizeof word, word,
                                STR_ARG(many));
    struct str rest = str_from_cstr(written(desk, &message));
    while (rest.bytes != NULL) {
        struct str line = str_cut(&rest, '\n');
        assert_true(line.len <= MESSAGE_LINE_MAX + 1); /* with its CR */
        assert_true(rest.bytes == NULL || line.bytes[line.len - 1] == '\r');
        for (size_t i = 0; i + 1 < line.len; i++) {
            assert_true(line.bytes[i] >= 0x20 && line.bytes[i] < 0x7f);
        }
    }
}

static void bodies_are_quoted_so_that_nothing_is_lost(void **state) {
    struct desk *desk = *state;
    static const struct {
        const char *text, *quoted;
    } table[] = {
        {"", ""},
        {"a=b\n", "a=3Db\r\n"},
        {"ä\n", "=C3=A4\r\n"},
        {"end \nnext\t\n", "end=20\r\nnext=09\r\n"},
        {"a\rb", "a=0Db"},
        {".\n", ".\r\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct buf out;
        buf_init(&out, &desk->env, OUT_MAX);
        message_quote(&out, str_from_cstr(table[i].text));
        struct str quoted = buf_finish_in(&out, &desk->arena);
        assert_true(str_equal(quoted, str_from_cstr(table[i].quoted)));
    }
}

static void mails_of_one_invoice_are_one_conversation(void **state) {
    struct desk *desk = *state;
    struct mail_message first = plain();
    assert_null(header(desk, &first, "References"));
    first.thread = STR("NOVA-1");
    struct mail_message second = first;
    second.id = STR("mail_2");
    assert_string_equal(header(desk, &first, "References"), header(desk, &second, "References"));
    assert_string_equal(header(desk, &first, "References"), header(desk, &first, "In-Reply-To"));
    assert_string_not_equal(header(desk, &first, "Message-ID"),
                            header(desk, &second, "Message-ID"));
    second.thread = STR("NOVA-2");
    assert_string_not_equal(header(desk, &first, "References"),
                            header(desk, &second, "References"));
    second.thread = first.thread;
    second.to.address = STR("bob@example.com");
    assert_string_not_equal(header(desk, &first, "References"),
                            header(desk, &second, "References"));
}

static void one_click_is_for_tls_alone(void **state) {
    struct desk *desk = *state;
    struct mail_message message = plain();
    assert_null(header(desk, &message, "List-Unsubscribe"));
    message.unsubscribe_url = STR("http://127.0.0.1/unsubscribe/x");
    assert_string_equal(header(desk, &message, "List-Unsubscribe"),
                        "<http://127.0.0.1/unsubscribe/x>");
    assert_null(header(desk, &message, "List-Unsubscribe-Post"));
    message.unsubscribe_url = STR("https://nova.example/unsubscribe/x");
    assert_string_equal(header(desk, &message, "List-Unsubscribe-Post"),
                        "List-Unsubscribe=One-Click");
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(a_plain_message_is_as_plain_as_can_be),
        DESK_TEST(names_and_subjects_stay_in_their_header),
        DESK_TEST(no_line_is_longer_than_it_may_be),
        DESK_TEST(bodies_are_quoted_so_that_nothing_is_lost),
        DESK_TEST(mails_of_one_invoice_are_one_conversation),
        DESK_TEST(one_click_is_for_tls_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
