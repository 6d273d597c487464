/* Guards that no address gets through that could end a header or a command of SMTP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/mailbox.h"

static void addresses_are_told_apart(void **state) {
    (void)state;
    static const char *const good[] = {"a@b", "ada@example.com", "a.b+c@d-e.example",
                                       "o'neil@x.test", "billing@localhost"};
    static const char *const bad[] = {"",
                                      "ada",
                                      "@example.com",
                                      "ada@",
                                      "a b@c.test",
                                      "a@b@c.test",
                                      "a@b.test\r\nRCPT TO:<x@y>",
                                      "a@b.test>",
                                      "<a@b.test",
                                      "a,b@c.test",
                                      "ä@b.test",
                                      ".a@b.test",
                                      "a@b.test.",
                                      "\"a\"@b.test",
                                      "a@b c.test"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(mail_address_is_valid(str_from_cstr(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(mail_address_is_valid(str_from_cstr(bad[i])));
    }
    char longest[300];
    for (size_t i = 0; i < sizeof longest; i++) {
        longest[i] = i == 1 ? '@' : 'a';
    }
    assert_true(mail_address_is_valid(str_of(longest, 254)));
    assert_false(mail_address_is_valid(str_of(longest, 255)));
}

static void a_mailbox_has_a_name_and_an_address(void **state) {
    (void)state;
    struct mailbox box;
    assert_true(mailbox_parse(STR("Nova Cloud <billing@nova.example>"), &box));
    assert_true(str_equal(box.name, STR("Nova Cloud")));
    assert_true(str_equal(box.address, STR("billing@nova.example")));
    assert_true(str_equal(mail_address_domain(box.address), STR("nova.example")));
    assert_true(mailbox_parse(STR("Grüße <a@b>"), &box));
    assert_true(mailbox_parse(STR(" a@b "), &box));
    assert_int_equal(box.name.len, 0);
    static const char *const bad[] = {"",       "Nova",           "Nova <a@b> x", "Nova <a@b",
                                      "<a@b>>", "No\r\nva <a@b>", "\xff <a@b>",   "Nova <>"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(mailbox_parse(str_from_cstr(bad[i]), &box));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_told_apart),
        cmocka_unit_test(a_mailbox_has_a_name_and_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
