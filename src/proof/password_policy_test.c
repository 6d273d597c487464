/* Promise: a password may be chosen unless it is short or what guessers try first; nothing about
 * its make-up is demanded, and nothing of it is cut off. */
#include "proof/password_policy.h"

#include "base/testing.h"
#include "proof/common_passwords.h"

/* "ä" so many times: two bytes each. */
#define TEN_AE "ääääääääää"
#define HUNDRED_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE TEN_AE

static const struct str WORDS[] = {STR_INIT("Turnpike"), STR_INIT("Ada Lovelace"),
                                   STR_INIT("ada.lovelace+work"), STR_INIT("Müller")};

static const struct {
    const char *password;
    enum password_refusal refusal;
} cases[] = {
    {"correct horse battery staple", PASSWORD_ACCEPTED},
    {"xkqwvbzpmtrd", PASSWORD_ACCEPTED}, /* small letters alone */
    {"839174650284", PASSWORD_ACCEPTED}, /* digits alone */
    {"  spaces at both ends  ", PASSWORD_ACCEPTED},
    {"пароль надёжный", PASSWORD_ACCEPTED},
    {"🦊🐢🦉🐙🦋🐝🦔🐳🦜🐧🦩🐞",
     PASSWORD_ACCEPTED}, /* 12 characters, 48 bytes */
    {"päßwörter süß", PASSWORD_ACCEPTED},

    {"", PASSWORD_TOO_SHORT},
    {"x", PASSWORD_TOO_SHORT},
    {"xkqwvbzpmtr", PASSWORD_TOO_SHORT},                      /* 11 */
    {"äöüäöüßäöüß", PASSWORD_TOO_SHORT},                      /* 11 characters, 22 bytes */
    {HUNDRED_AE TEN_AE TEN_AE "xkqwvbz", PASSWORD_ACCEPTED},  /* 127 */
    {HUNDRED_AE TEN_AE TEN_AE "xkqwvbzp", PASSWORD_ACCEPTED}, /* 128 */
    {HUNDRED_AE TEN_AE TEN_AE "xkqwvbzpm", PASSWORD_TOO_LONG},

    {"tab\tin the middle", PASSWORD_NOT_TEXT},
    {"line\nbreak inside", PASSWORD_NOT_TEXT},
    {"\xff\xfe not UTF-8 at all", PASSWORD_NOT_TEXT},

    {"qwertyqwerty", PASSWORD_COMMON}, /* of the list */
    {"QwertyQwerty", PASSWORD_COMMON},
    {"1q2w3e4r5t6y", PASSWORD_COMMON},
    {"motherfucker", PASSWORD_COMMON},
    {"password2026", PASSWORD_COMMON}, /* of the list, and digits */
    {"Password123!", PASSWORD_COMMON},
    {"password!!!!!!!!", PASSWORD_COMMON}, /* eight signs */
    {"passwordpassword", PASSWORD_COMMON}, /* of the list, twice */
    {"DragonDragonDragon", PASSWORD_COMMON},
    {"aaaaaaaaaaaa", PASSWORD_COMMON},
    {"abcabcabcabc", PASSWORD_COMMON},
    {"9876987698769876", PASSWORD_COMMON},
    {"password839174650", PASSWORD_ACCEPTED}, /* nine digits are no longer guessed at once */
    {"xkqwvxkqwvxkqwv", PASSWORD_ACCEPTED},   /* five letters of chance, thrice */

    {"turnpike-1234", PASSWORD_KNOWN_WORDS},
    {"TurnPike2026!", PASSWORD_KNOWN_WORDS},
    {"Lovelace.1815", PASSWORD_KNOWN_WORDS},
    {"turnpikelovelace", PASSWORD_KNOWN_WORDS},
    {"my work turnpike", PASSWORD_KNOWN_WORDS}, /* "work" is a word of the address */
    {"müller.müller.1", PASSWORD_KNOWN_WORDS},
    {"turnpike goldfish", PASSWORD_ACCEPTED}, /* nine characters beside */
    {"adaptable turtle", PASSWORD_ACCEPTED},  /* "Ada" is too short to count */
};

static void passwords_are_judged_by_the_rules(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum password_refusal refusal =
            password_judge(str_from_cstr(cases[i].password), WORDS, ARRAY_LEN(WORDS));
        if (refusal != cases[i].refusal) {
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].password, password_refusal_text(refusal),
                     password_refusal_text(cases[i].refusal));
        }
    }
}

static void a_nul_is_a_control_character(void **state) {
    (void)state;
    assert_int_equal(password_judge(STR("before\0 and after"), NULL, 0), PASSWORD_NOT_TEXT);
}

static void without_words_only_the_list_counts(void **state) {
    (void)state;
    assert_int_equal(password_judge(STR("turnpike-1234"), NULL, 0), PASSWORD_ACCEPTED);
    const struct str empty[] = {STR_INIT(""), STR_INIT("--- ---")};
    assert_int_equal(password_judge(STR("turnpike-1234"), empty, 2), PASSWORD_ACCEPTED);
}

static void every_refusal_has_its_sentence(void **state) {
    (void)state;
    for (int refusal = PASSWORD_NOT_TEXT; refusal <= PASSWORD_KNOWN_WORDS; refusal++) {
        assert_true(strlen(password_refusal_text((enum password_refusal)refusal)) > 20);
    }
}

/* OWASP ASVS 5.0, 6.2.4: the 3,000 most frequent that the policy would otherwise let pass. */
static void the_list_is_long_enough_and_in_order(void **state) {
    (void)state;
    assert_in_range(common_password_count, 25000, 30000);
    for (size_t i = 1; i < common_password_count; i++) {
        assert_true(common_passwords[i - 1] < common_passwords[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_judged_by_the_rules),
        cmocka_unit_test(a_nul_is_a_control_character),
        cmocka_unit_test(without_words_only_the_list_counts),
        cmocka_unit_test(every_refusal_has_its_sentence),
        cmocka_unit_test(the_list_is_long_enough_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
