/* Promise: whatever bytes arrive, nothing is read past them, and what a key signed is accepted as
 * it was signed and not otherwise. Thousands of changes, the same in every run: each bit flipped,
 * each length cut, bytes put in, taken out and doubled. Run under AddressSanitizer by `check`. */
#include "proof/webauthn.h"

#include "base/prng.h"
#include "proof/webauthn_fixture.h"

enum { TEXT_MAX = 2048, WILD_ROUNDS = 4000 };

/* One of the inputs, changed in a place of its own, so that a sanitizer sees its end. */
struct mutant {
    char *bytes; /* exactly as many as there are */
    size_t len;
};

static void release(struct mutant *mutant) {
    test_free(mutant->bytes);
}

static struct mutant copy_of(struct str text, size_t len) {
    struct mutant mutant = {test_malloc(len > 0 ? len : 1), len};
    memset(mutant.bytes, 0, len);
    memcpy(mutant.bytes, text.bytes, len < text.len ? len : text.len);
    return mutant;
}

/* Judges an input in place of the right one; true when it was accepted. */
typedef bool judge_input(struct made *made, struct str mutant);

static bool judge_attestation(struct made *made, struct str mutant) {
    struct webauthn_registration registration = made->registration;
    registration.attestation = mutant;
    struct webauthn_credential credential = {.id = STR("untouched")};
    bool is_accepted =
        webauthn_register(&made->expected, &registration, &credential) == WEBAUTHN_PROVEN;
    if (is_accepted) { /* then what it gives lies within what came */
        assert_in_range(credential.id.len, 1, WEBAUTHN_ID_MAX);
        assert_true(credential.id.bytes > mutant.bytes);
        assert_true(credential.public_key.bytes + credential.public_key.len <=
                    mutant.bytes + mutant.len);
    } else {
        assert_text(credential.id, "untouched");
    }
    return is_accepted;
}

static bool judge_new_client_data(struct made *made, struct str mutant) {
    struct webauthn_registration registration = made->registration;
    registration.client_data = mutant;
    struct webauthn_credential credential;
    return webauthn_register(&made->expected, &registration, &credential) == WEBAUTHN_PROVEN;
}

static bool judge_assertion(struct made *made, struct webauthn_assertion assertion) {
    struct webauthn_use use = {.sign_count = 12345};
    bool is_accepted =
        webauthn_assert(&made->expected, &made->credential, &assertion, &use) == WEBAUTHN_PROVEN;
    assert_true(is_accepted || use.sign_count == 12345);
    return is_accepted;
}

static bool judge_client_data(struct made *made, struct str mutant) {
    struct webauthn_assertion assertion = made->assertion;
    assertion.client_data = mutant;
    return judge_assertion(made, assertion);
}

static bool judge_authenticator_data(struct made *made, struct str mutant) {
    struct webauthn_assertion assertion = made->assertion;
    assertion.authenticator_data = mutant;
    return judge_assertion(made, assertion);
}

static bool judge_signature(struct made *made, struct str mutant) {
    struct webauthn_assertion assertion = made->assertion;
    assertion.signature = mutant;
    return judge_assertion(made, assertion);
}

static bool judge_key(struct made *made, struct str mutant) {
    struct made other = *made;
    other.credential.public_key = mutant;
    return judge_assertion(&other, made->assertion);
}

/* Every bit flipped and every length cut: how many were tried. None may be accepted. */
static int refuse_small_changes(struct made *made, judge_input *judge, struct str text) {
    int tried = 0;
    for (size_t bit = 0; bit < text.len * 8; bit++, tried++) {
        CLEANUP(release) struct mutant mutant = copy_of(text, text.len);
        mutant.bytes[bit / 8] = (char)(mutant.bytes[bit / 8] ^ 1 << bit % 8);
        if (judge(made, str_of(mutant.bytes, mutant.len))) {
            fail_msg("accepted with bit %zu of byte %zu flipped", bit % 8, bit / 8);
        }
    }
    for (size_t len = 0; len < text.len; len++, tried++) {
        CLEANUP(release) struct mutant mutant = copy_of(text, len);
        if (judge(made, str_of(mutant.bytes, mutant.len))) {
            fail_msg("accepted with %zu bytes of %zu", len, text.len);
        }
    }
    for (size_t more = 1; more <= 16; more++, tried++) {
        CLEANUP(release) struct mutant mutant = copy_of(text, text.len + more);
        if (judge(made, str_of(mutant.bytes, mutant.len))) {
            fail_msg("accepted with %zu bytes behind it", more);
        }
    }
    return tried;
}

/* Several changes at once, some of them to bytes that mean lengths. */
static size_t change_wildly(struct prng *prng, char bytes[TEXT_MAX], size_t len) {
    static const uint8_t heads[] = {0x00, 0x18, 0x1b, 0x40, 0x58, 0x59, 0x5b, 0x78, 0x7b,
                                    0x80, 0x9b, 0xa0, 0xa3, 0xbb, 0xbf, 0xf6, 0xff};
    uint64_t changes = 1 + prng_next(prng) % 4;
    for (uint64_t i = 0; i < changes && len > 0; i++) {
        size_t at = (size_t)(prng_next(prng) % len);
        switch (prng_next(prng) % 4) {
        case 0:
            bytes[at] = (char)heads[prng_next(prng) % sizeof heads];
            break;
        case 1: /* taken out */
            memmove(bytes + at, bytes + at + 1, len - at - 1);
            len--;
            break;
        case 2: /* put in */
            if (len < TEXT_MAX) {
                memmove(bytes + at + 1, bytes + at, len - at);
                bytes[at] = (char)prng_next(prng);
                len++;
            }
            break;
        default: /* a stretch copied elsewhere */
            memmove(bytes + at, bytes + prng_next(prng) % (at + 1), (len - at) / 2);
        }
    }
    return len;
}

static int survive_wild_changes(struct made *made, judge_input *judge, struct str text) {
    struct prng prng = {20260301};
    int accepted = 0;
    for (int round = 0; round < WILD_ROUNDS; round++) {
        char bytes[TEXT_MAX];
        memcpy(bytes, text.bytes, text.len);
        size_t len = change_wildly(&prng, bytes, text.len);
        bool is_same = str_equal(str_of(bytes, len), text);
        CLEANUP(release) struct mutant mutant = copy_of(str_of(bytes, len), len);
        accepted += !is_same && judge(made, str_of(mutant.bytes, mutant.len));
    }
    return accepted;
}

static void nothing_changed_of_an_assertion_is_accepted(void **state) {
    (void)state;
    struct made made = assertion_make(&(struct ceremony){.flags = 0x1d, .was_eligible = true});
    assert_true(judge_assertion(&made, made.assertion));
    const struct {
        judge_input *judge;
        struct str text;
    } inputs[] = {
        {judge_client_data, made.assertion.client_data},
        {judge_authenticator_data, made.assertion.authenticator_data},
        {judge_signature, made.assertion.signature},
        {judge_key, made.credential.public_key},
    };
    int tried = 0;
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        tried += refuse_small_changes(&made, inputs[i].judge, inputs[i].text);
        assert_int_equal(survive_wild_changes(&made, inputs[i].judge, inputs[i].text), 0);
        tried += WILD_ROUNDS;
    }
    print_message("%d changes\n", tried);
    assert_in_range(tried, 18000, 30000);
}

/* One of W3C's, so that ECDSA's signatures and their DER are changed too. */
static void nothing_changed_of_an_ecdsa_assertion_is_accepted(void **state) {
    (void)state;
    CLEANUP(json_release) json_t *file = vectors_load();
    const json_t *vector = json_array_get(json_at(file, "cases"), 0);
    struct vector_bytes challenge = vector_read(vector, "registration.challenge");
    struct vector_bytes attestation = vector_read(vector, "registration.attestationObject");
    struct made made = {.expected = vector_expected(&challenge)};
    made.registration.client_data = json_text(vector, "registration.clientDataJSON");
    made.registration.attestation = vector_str(&attestation);
    assert_int_equal(webauthn_register(&made.expected, &made.registration, &made.credential),
                     WEBAUTHN_PROVEN);
    struct vector_bytes second = vector_read(vector, "assertion.challenge");
    struct vector_bytes data = vector_read(vector, "assertion.authenticatorData");
    struct vector_bytes signature = vector_read(vector, "assertion.signature");
    made.expected = vector_expected(&second);
    made.assertion = (struct webauthn_assertion){json_text(vector, "assertion.clientDataJSON"),
                                                 vector_str(&data), vector_str(&signature)};
    assert_true(judge_assertion(&made, made.assertion));
    (void)refuse_small_changes(&made, judge_signature, made.assertion.signature);
    (void)refuse_small_changes(&made, judge_authenticator_data, made.assertion.authenticator_data);
    (void)refuse_small_changes(&made, judge_key, made.credential.public_key);
}

/* A registration that its own key signed covers all of it; only the message's hash is of the client
 * data, of which every byte counts as well. */
static void nothing_changed_of_a_signed_registration_is_accepted(void **state) {
    (void)state;
    struct made made = registration_make(&(struct ceremony){.format = "packed"});
    assert_true(judge_attestation(&made, made.registration.attestation));
    (void)refuse_small_changes(&made, judge_attestation, made.registration.attestation);
    (void)refuse_small_changes(&made, judge_new_client_data, made.registration.client_data);
    assert_int_equal(survive_wild_changes(&made, judge_attestation, made.registration.attestation),
                     0);
}

/* Without attestation nobody vouches for the bytes: a changed key may be accepted, but as a key. */
static void a_changed_registration_leads_nowhere_else(void **state) {
    (void)state;
    struct made made = registration_make(&(struct ceremony){0});
    int accepted = survive_wild_changes(&made, judge_attestation, made.registration.attestation);
    print_message("%d of %d accepted\n", accepted, WILD_ROUNDS);
    assert_in_range(accepted, 1, WILD_ROUNDS / 2);
    (void)survive_wild_changes(&made, judge_new_client_data, made.registration.client_data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_of_an_assertion_is_accepted),
        cmocka_unit_test(nothing_changed_of_an_ecdsa_assertion_is_accepted),
        cmocka_unit_test(nothing_changed_of_a_signed_registration_is_accepted),
        cmocka_unit_test(a_changed_registration_leads_nowhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
