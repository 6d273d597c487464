/* Promise: a password is kept as the header says, is known again, and costs the same whether or not
 * somebody has it. */
#include "proof/password.h"

#include <sodium.h>
#include <time.h>

#include "base/testing.h"

static const uint8_t SALT[PASSWORD_SALT_SIZE + 1] = "saltsaltsaltsalt";
static const struct str PASSWORD = STR_INIT("correct horse battery staple");

static struct str hash_of(struct str password, char ret_hash[PASSWORD_HASH_MAX]) {
    assert_ok(password_hash(password, SALT, ret_hash));
    return str_from_cstr(ret_hash);
}

static bool is_right(struct str stored, struct str password) {
    bool is_right = false;
    assert_ok(password_verify(stored, password, &is_right));
    return is_right;
}

static void the_text_carries_the_parameters(void **state) {
    (void)state;
    char text[PASSWORD_HASH_MAX];
    struct str stored = hash_of(PASSWORD, text);
    assert_true(
        str_starts_with(stored, STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$")));
    assert_int_equal(stored.len, 97);
    /* libsodium reads it as one of its own, made with these parameters. */
    assert_int_equal(crypto_pwhash_str_verify(text, PASSWORD.bytes, PASSWORD.len), 0);
    assert_int_equal(crypto_pwhash_str_needs_rehash(text, 2, (size_t)19456 * 1024), 0);
    assert_false(password_needs_rehash(stored));
}

static void only_the_password_itself_is_right(void **state) {
    (void)state;
    char text[PASSWORD_HASH_MAX];
    struct str stored = hash_of(PASSWORD, text);
    assert_true(is_right(stored, PASSWORD));
    assert_false(is_right(stored, STR("correct horse battery stapl")));
    assert_false(is_right(stored, STR("correct horse battery staple ")));
    assert_false(is_right(stored, STR("Correct horse battery staple")));
    assert_false(is_right(stored, STR("")));
}

/* Nothing is cut off: passwords that differ in their last byte alone are two. */
static void the_longest_password_counts_whole(void **state) {
    (void)state;
    char password[PASSWORD_BYTES_MAX + 1];
    memset(password, 'a', sizeof password);
    char text[PASSWORD_HASH_MAX];
    struct str stored = hash_of(str_of(password, PASSWORD_BYTES_MAX), text);
    assert_true(is_right(stored, str_of(password, PASSWORD_BYTES_MAX)));
    assert_false(is_right(stored, str_of(password, sizeof password)));
    password[PASSWORD_BYTES_MAX - 1] = 'b';
    assert_false(is_right(stored, str_of(password, PASSWORD_BYTES_MAX)));
    assert_err(password_hash(str_of(password, sizeof password), SALT, text), ERR_TOO_LARGE);
}

static void who_is_unknown_has_no_right_password(void **state) {
    (void)state;
    assert_false(is_right(STR(""), PASSWORD));
    assert_false(is_right(STR(""), STR("")));
}

/* What is asked for nobody costs what is asked for somebody: a libsodium that did not do the work
 * would answer at once. The quickest of several, so that a busy machine does not disturb. */
static void nobody_takes_as_long_as_somebody(void **state) {
    (void)state;
    char text[PASSWORD_HASH_MAX];
    const struct str stored[] = {hash_of(PASSWORD, text), STR("")};
    int64_t quickest_ns[] = {INT64_MAX, INT64_MAX};
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < ARRAY_LEN(stored); i++) {
            struct timespec begin;
            struct timespec end;
            assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin), 0);
            assert_false(is_right(stored[i], STR("not this one")));
            assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end), 0);
            int64_t ns =
                (end.tv_sec - begin.tv_sec) * INT64_C(1000000000) + end.tv_nsec - begin.tv_nsec;
            quickest_ns[i] = ns < quickest_ns[i] ? ns : quickest_ns[i];
        }
    }
    print_message("somebody %lld us, nobody %lld us\n", (long long)quickest_ns[0] / 1000,
                  (long long)quickest_ns[1] / 1000);
    assert_true(quickest_ns[1] > quickest_ns[0] / 4);
    assert_true(quickest_ns[1] < quickest_ns[0] * 4);
}

static void other_parameters_are_told(void **state) {
    (void)state;
    char text[PASSWORD_HASH_MAX];
    assert_int_equal(crypto_pwhash_str(text, PASSWORD.bytes, PASSWORD.len, 1, (size_t)8192 * 1024),
                     0);
    assert_true(is_right(str_from_cstr(text), PASSWORD));
    assert_true(password_needs_rehash(str_from_cstr(text)));
    assert_true(password_needs_rehash(STR("")));
    assert_true(password_needs_rehash(STR("$2b$12$abcdefghijklmnopqrstuv")));
}

static void what_was_not_made_here_is_corrupt(void **state) {
    (void)state;
    char longest[PASSWORD_HASH_MAX];
    memset(longest, 'A', sizeof longest);
    memcpy(longest, "$argon2id$", 10);
    const struct str stored[] = {
        STR("plain"),
        STR("$argon2id$"),
        STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"),
        STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$!!!"),
        STR("$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"),
        STR("$argon2id$\0"),
        str_of(longest, sizeof longest),
    };
    for (size_t i = 0; i < ARRAY_LEN(stored); i++) {
        bool is_right = false;
        assert_err(password_verify(stored[i], PASSWORD, &is_right), ERR_CORRUPT);
        assert_false(is_right);
    }
}

int main(void) {
    if (sodium_init() < 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_carries_the_parameters),
        cmocka_unit_test(only_the_password_itself_is_right),
        cmocka_unit_test(the_longest_password_counts_whole),
        cmocka_unit_test(who_is_unknown_has_no_right_password),
        cmocka_unit_test(nobody_takes_as_long_as_somebody),
        cmocka_unit_test(other_parameters_are_told),
        cmocka_unit_test(what_was_not_made_here_is_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
