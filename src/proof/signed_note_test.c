/* Promise: notes are those that other implementations make, and one that was changed is none. */
#include "proof/signed_note.h"

#include "base/env_sim.h"
#include "base/testing.h"

/* The example of the format's first implementation: https://pkg.go.dev/golang.org/x/mod/sumdb/note,
 * its signer's key without the byte of the algorithm. */
#define SEED_HEX "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
#define NAME STR("PeterNeumann")
#define TEXT                                                                                       \
    "If you think cryptography is the answer to your problem,\n"                                   \
    "then you don't know what your problem is.\n"
#define NOTE                                                                                       \
    TEXT                                                                                           \
        "\n\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ" \
        "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define VERIFIER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

struct fixture {
    struct arena arena;
    uint8_t seed[ED25519_SEED_SIZE];
};

static int begin(void **state) {
    static struct fixture fixture;
    arena_init(&fixture.arena, env_sim_env(env_sim_create(1)), 1024 * 1024);
    *state = &fixture;
    return str_unhex(STR(SEED_HEX), fixture.seed, sizeof fixture.seed) ? 0 : 1;
}

static void notes_are_those_of_others(void **state) {
    struct fixture *fixture = *state;
    assert_text(signed_note_verifier(&fixture->arena, NAME, fixture->seed), VERIFIER);
    assert_text(signed_note_sign(&fixture->arena, NAME, fixture->seed, STR(TEXT)), NOTE);
    struct str text;
    assert_true(signed_note_verify(STR(NOTE), STR(VERIFIER), &text));
    assert_text(text, TEXT);
}

static void others_may_have_signed_too(void **state) {
    struct fixture *fixture = *state;
    struct str line = str_skip(STR(NOTE), sizeof TEXT); /* behind the empty line */
    struct str text;
    struct str note = arena_printf(&fixture->arena,
                                   TEXT "\n\xe2\x80\x94 another AAAA\n\xe2\x80\x94 a b c\n" STR_FMT,
                                   STR_ARG(line));
    assert_true(signed_note_verify(note, STR(VERIFIER), &text));
    assert_text(text, TEXT);
    note = arena_printf(&fixture->arena, TEXT "\nno signature\n" STR_FMT, STR_ARG(line));
    assert_false(signed_note_verify(note, STR(VERIFIER), &text));
}

/* An empty line inside the text is part of it: the last one ends it. */
static void a_text_may_have_empty_lines(void **state) {
    struct fixture *fixture = *state;
    struct str text;
    struct str note = signed_note_sign(&fixture->arena, NAME, fixture->seed, STR("a\n\nb\n"));
    assert_true(signed_note_verify(note, STR(VERIFIER), &text));
    assert_text(text, "a\n\nb\n");
}

static void nothing_changed_is_a_note(void **state) {
    (void)state;
    char note[] = NOTE;
    struct str text;
    for (size_t bit = 0; bit < (sizeof note - 1) * 8; bit++) {
        note[bit / 8] = (char)(note[bit / 8] ^ 1 << bit % 8);
        assert_false(signed_note_verify(str_of(note, sizeof note - 1), STR(VERIFIER), &text));
        note[bit / 8] = (char)(note[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t len = 0; len < sizeof note - 1; len++) {
        assert_false(signed_note_verify(str_of(note, len), STR(VERIFIER), &text));
    }
}

static void only_a_verifier_verifies(void **state) {
    (void)state;
    const struct str verifiers[] = {
        STR(""),
        STR("PeterNeumann"),
        STR("PeterNeumann+c74f20a3"),
        STR("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        STR("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        STR("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10"),
        STR("peterneumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        STR("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    };
    for (size_t i = 0; i < ARRAY_LEN(verifiers); i++) {
        struct str text;
        assert_false(signed_note_verify(STR(NOTE), verifiers[i], &text));
    }
}

static void names_are_plain(void **state) {
    (void)state;
    assert_true(signed_note_is_name(STR("billing.example.com/audit")));
    const struct str names[] = {STR(""), STR("a b"), STR("a+b"), STR("a\nb"), STR("\xff")};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_false(signed_note_is_name(names[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_those_of_others),   cmocka_unit_test(others_may_have_signed_too),
        cmocka_unit_test(a_text_may_have_empty_lines), cmocka_unit_test(nothing_changed_is_a_note),
        cmocka_unit_test(only_a_verifier_verifies),    cmocka_unit_test(names_are_plain),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
