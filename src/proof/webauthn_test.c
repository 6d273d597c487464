/* Promise: the passkeys of W3C's examples are proven, and whatever is not exactly as it must be is
 * refused by its name. What bytes changed by chance do is in webauthn_mutation_test.c. */
#include "proof/webauthn.h"

#include "base/env_sim.h"
#include "proof/webauthn_fixture.h"

static const struct {
    const char *name;
    enum webauthn_verdict verdict;
} verdicts[] = {
    {"proven", WEBAUTHN_PROVEN},
    {"cross origin", WEBAUTHN_CROSS_ORIGIN},
    {"key", WEBAUTHN_KEY},
    {"format", WEBAUTHN_FORMAT},
};

static enum webauthn_verdict verdict_named(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
        if (str_equal(name, str_from_cstr(verdicts[i].name))) {
            return verdicts[i].verdict;
        }
    }
    fail_msg("an unknown verdict: " STR_FMT, STR_ARG(name));
    return WEBAUTHN_VERDICT_COUNT;
}

static void assert_verdict(enum webauthn_verdict verdict, enum webauthn_verdict expected) {
    assert_string_equal(webauthn_verdict_text(verdict), webauthn_verdict_text(expected));
}

/* --- W3C's examples --- */

static void examples_of_w3c_are_judged_rightly(void **state) {
    (void)state;
    CLEANUP(json_release) json_t *file = vectors_load();
    const json_t *cases = json_at(file, "cases");
    assert_int_equal(json_array_size(cases), 13);
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(cases, i, vector) {
        print_message("%s\n", json_text(vector, "name").bytes);
        struct vector_bytes challenge = vector_read(vector, "registration.challenge");
        struct vector_bytes attestation = vector_read(vector, "registration.attestationObject");
        struct webauthn_expected expected = vector_expected(&challenge);
        const struct webauthn_registration registration = {
            .client_data = json_text(vector, "registration.clientDataJSON"),
            .attestation = vector_str(&attestation),
        };
        enum webauthn_verdict wanted = verdict_named(json_text(vector, "verdict"));
        struct webauthn_credential credential;
        assert_verdict(webauthn_register(&expected, &registration, &credential), wanted);
        if (wanted != WEBAUTHN_PROVEN) {
            continue;
        }
        struct vector_bytes aaguid = vector_read(vector, "aaguid");
        assert_memory_equal(credential.aaguid, aaguid.bytes, sizeof credential.aaguid);
        assert_int_equal(credential.sign_count, 0);

        struct vector_bytes second = vector_read(vector, "assertion.challenge");
        struct vector_bytes data = vector_read(vector, "assertion.authenticatorData");
        struct vector_bytes signature = vector_read(vector, "assertion.signature");
        expected = vector_expected(&second);
        const struct webauthn_assertion assertion = {
            .client_data = json_text(vector, "assertion.clientDataJSON"),
            .authenticator_data = vector_str(&data),
            .signature = vector_str(&signature),
        };
        struct webauthn_use use;
        assert_verdict(webauthn_assert(&expected, &credential, &assertion, &use), WEBAUTHN_PROVEN);
        assert_false(use.has_count_regressed);
    }
}

/* --- assertions of our own making --- */

static const struct {
    const char *name;
    enum webauthn_verdict verdict;
    struct ceremony ceremony; /* what differs from one that is right */
} assertions[] = {
    {"as it should be", WEBAUTHN_PROVEN, {0}},
    {"what nobody knows yet", WEBAUTHN_PROVEN, {.members = ",\"new\":{\"a\":[1]}"}},
    {"crossOrigin false", WEBAUTHN_PROVEN, {.members = ",\"crossOrigin\":false"}},
    {"unverified where that is enough", WEBAUTHN_PROVEN, {.flags = 0x01}},
    {"verified", WEBAUTHN_PROVEN, {.must_verify_user = true, .flags = 0x05}},
    {"with extensions", WEBAUTHN_PROVEN, {.flags = 0x85, .tail = "a163666f6f01"}},
    {"reserved flags", WEBAUTHN_PROVEN, {.flags = 0x27}},
    {"of a registration", WEBAUTHN_TYPE, {.type = "webauthn.create"}},
    {"of a payment", WEBAUTHN_TYPE, {.type = "payment.get"}},
    {"type of other case", WEBAUTHN_TYPE, {.type = "WebAuthn.get"}},
    {"another challenge",
     WEBAUTHN_CHALLENGE,
     {.challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}},
    {"no challenge", WEBAUTHN_CHALLENGE, {.challenge = ""}},
    {"a challenge cut off",
     WEBAUTHN_CHALLENGE,
     {.challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh"}},
    {"a challenge with padding",
     WEBAUTHN_CHALLENGE,
     {.challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}},
    {"a challenge spelt otherwise",
     WEBAUTHN_CHALLENGE,
     {.challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"}},
    {"another site", WEBAUTHN_ORIGIN, {.origin = "https://example.net"}},
    {"a subdomain", WEBAUTHN_ORIGIN, {.origin = "https://login.example.org"}},
    {"our name inside another", WEBAUTHN_ORIGIN, {.origin = "https://example.org.evil.test"}},
    {"another port", WEBAUTHN_ORIGIN, {.origin = "https://example.org:444"}},
    {"without TLS", WEBAUTHN_ORIGIN, {.origin = "http://example.org"}},
    {"a slash behind", WEBAUTHN_ORIGIN, {.origin = "https://example.org/"}},
    {"the opaque origin", WEBAUTHN_ORIGIN, {.origin = "null"}},
    {"in a frame", WEBAUTHN_CROSS_ORIGIN, {.members = ",\"crossOrigin\":true"}},
    {"in a frame of a site",
     WEBAUTHN_CROSS_ORIGIN,
     {.members = ",\"topOrigin\":\"https://a.test\""}},
    {"crossOrigin no boolean", WEBAUTHN_CLIENT_DATA, {.members = ",\"crossOrigin\":0"}},
    {"type twice", WEBAUTHN_CLIENT_DATA, {.members = ",\"type\":\"webauthn.get\""}},
    {"challenge twice", WEBAUTHN_CLIENT_DATA, {.members = ",\"challenge\":\"\""}},
    {"origin twice", WEBAUTHN_CLIENT_DATA, {.members = ",\"origin\":\"https://example.org\""}},
    {"nested too deeply",
     WEBAUTHN_CLIENT_DATA,
     {.members = ",\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"}},
    {"not JSON", WEBAUTHN_CLIENT_DATA, {.members = "}"}},
    {"a list", WEBAUTHN_CLIENT_DATA, {.client_data = "[\"webauthn.get\"]"}},
    {"empty", WEBAUTHN_CLIENT_DATA, {.client_data = ""}},
    {"null", WEBAUTHN_CLIENT_DATA, {.client_data = "null"}},
    {"no type", WEBAUTHN_CLIENT_DATA, {.client_data = "{\"challenge\":\"\",\"origin\":\"\"}"}},
    {"no challenge at all",
     WEBAUTHN_CLIENT_DATA,
     {.client_data = "{\"type\":\"webauthn.get\",\"origin\":\"\"}"}},
    {"no origin",
     WEBAUTHN_CLIENT_DATA,
     {.client_data = "{\"type\":\"webauthn.get\",\"challenge\":\"\"}"}},
    {"type a number",
     WEBAUTHN_CLIENT_DATA,
     {.client_data = "{\"type\":1,\"challenge\":\"\",\"origin\":\"\"}"}},
    {"another relying party", WEBAUTHN_RP, {.rp_id = "example.net"}},
    {"the parent as relying party", WEBAUTHN_RP, {.rp_id = "org"}},
    {"nobody there", WEBAUTHN_USER_ABSENT, {.flags = 0x04}},
    {"unverified where it must be",
     WEBAUTHN_USER_UNVERIFIED,
     {.must_verify_user = true, .flags = 0x01}},
    {"backed up, not eligible", WEBAUTHN_BACKUP, {.flags = 0x15}},
    {"eligible of a sudden", WEBAUTHN_BACKUP, {.flags = 0x0d}},
    {"eligible no more", WEBAUTHN_BACKUP, {.flags = 0x05, .was_eligible = true}},
    {"something follows", WEBAUTHN_AUTHENTICATOR_DATA, {.tail = "00"}},
    {"extensions missing", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x85}},
    {"extensions that are no map", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x85, .tail = "80"}},
    {"extensions cut off", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x85, .tail = "a163666f6f"}},
    {"extensions twice", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x85, .tail = "a0a0"}},
    {"a credential announced", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x45}},
    {"a signature of something else", WEBAUTHN_SIGNATURE, {.is_badly_signed = true}},
    {"no signature", WEBAUTHN_SIGNATURE, {.signature_len = -ED25519_SIGNATURE_SIZE}},
    {"a signature cut off", WEBAUTHN_SIGNATURE, {.signature_len = -1}},
    {"a longer signature", WEBAUTHN_SIGNATURE, {.signature_len = 1}},
    {"a stored key that is none", WEBAUTHN_KEY, {.key = "a0"}},
};

static void assertions_are_judged_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(assertions); i++) {
        print_message("%s\n", assertions[i].name);
        struct made made = assertion_make(&assertions[i].ceremony);
        struct webauthn_use use;
        assert_verdict(webauthn_assert(&made.expected, &made.credential, &made.assertion, &use),
                       assertions[i].verdict);
    }
}

static void a_use_tells_what_to_keep(void **state) {
    (void)state;
    static const struct {
        uint32_t stored, told;
        bool has_regressed;
    } counts[] = {{0, 0, false}, {0, 1, false}, {1, 2, false}, {0xfffffffe, 0xffffffff, false},
                  {1, 1, true},  {2, 1, true},  {1, 0, true},  {0xffffffff, 0, true}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        const struct ceremony ceremony = {
            .flags = 0x1d, .was_eligible = true, .count = counts[i].told};
        struct made made = assertion_make(&ceremony);
        made.credential.sign_count = counts[i].stored;
        struct webauthn_use use;
        assert_verdict(webauthn_assert(&made.expected, &made.credential, &made.assertion, &use),
                       WEBAUTHN_PROVEN);
        assert_int_equal(use.sign_count, counts[i].told);
        assert_int_equal(use.has_count_regressed, counts[i].has_regressed);
        assert_true(use.is_backed_up && use.is_user_verified);
    }
}

/* --- registrations of our own making --- */

#define KEY_X "21582095e1a3b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f"

static const struct {
    const char *name;
    enum webauthn_verdict verdict;
    struct ceremony ceremony;
} registrations[] = {
    {"as it should be", WEBAUTHN_PROVEN, {0}},
    {"with extensions", WEBAUTHN_PROVEN, {.flags = 0xc5, .tail = "a16b6372656450726f7465637402"}},
    {"signed by its own key", WEBAUTHN_PROVEN, {.format = "packed"}},
    {"of an assertion", WEBAUTHN_TYPE, {.type = "webauthn.get"}},
    {"another challenge", WEBAUTHN_CHALLENGE, {.challenge = "AAAA"}},
    {"another site", WEBAUTHN_ORIGIN, {.origin = "https://example.net"}},
    {"in a frame", WEBAUTHN_CROSS_ORIGIN, {.members = ",\"crossOrigin\":true"}},
    {"not JSON", WEBAUTHN_CLIENT_DATA, {.client_data = "{"}},
    {"another relying party", WEBAUTHN_RP, {.rp_id = "example.net"}},
    {"nobody there", WEBAUTHN_USER_ABSENT, {.flags = 0x44}},
    {"unverified", WEBAUTHN_USER_UNVERIFIED, {.flags = 0x41, .must_verify_user = true}},
    {"backed up, not eligible", WEBAUTHN_BACKUP, {.flags = 0x51}},
    {"no key", WEBAUTHN_NO_CREDENTIAL, {.flags = 0x05, .credential = ""}},
    {"a key unannounced", WEBAUTHN_AUTHENTICATOR_DATA, {.flags = 0x05}},
    {"something follows the key", WEBAUTHN_AUTHENTICATOR_DATA, {.tail = "00"}},
    {"a credential cut off", WEBAUTHN_AUTHENTICATOR_DATA, {.credential = "00"}},
    {"an id of no bytes",
     WEBAUTHN_AUTHENTICATOR_DATA,
     {.credential = "000000000000000000000000000000000000a401010327200621"}},
    {"an id longer than the data",
     WEBAUTHN_AUTHENTICATOR_DATA,
     {.credential = "0000000000000000000000000000000003ff01"}},
    {"an id longer than the limit",
     WEBAUTHN_AUTHENTICATOR_DATA,
     {.credential = "00000000000000000000000000000000ffff01"}},
    {"a key that is no CBOR", WEBAUTHN_AUTHENTICATOR_DATA, {.key = "ff"}},
    {"a key that is cut off", WEBAUTHN_AUTHENTICATOR_DATA, {.key = "a401010327200621"}},
    {"an empty key", WEBAUTHN_KEY, {.key = "a0"}},
    {"no map", WEBAUTHN_KEY, {.key = "80"}},
    {"ES256 without coordinates", WEBAUTHN_KEY, {.key = "a3010203262001"}},
    {"type of another algorithm", WEBAUTHN_KEY, {.key = "a4010203272006" KEY_X}},
    {"algorithm that was not offered",
     WEBAUTHN_KEY,
     {.key = "a401010328"
             "2006" KEY_X}},
    {"curve that was not offered", WEBAUTHN_KEY, {.key = "a4010103272004" KEY_X}},
    {"no algorithm", WEBAUTHN_KEY, {.key = "a301012006" KEY_X}},
    {"a key too short", WEBAUTHN_KEY, {.key = "a401010327200621420102"}},
    {"a private part", WEBAUTHN_KEY, {.key = "a5010103272006" KEY_X "2341aa"}},
    {"another member", WEBAUTHN_KEY, {.key = "a50101032704802006" KEY_X}},
    {"small point",
     WEBAUTHN_KEY,
     {.key = "a401010327200621582001"
             "00000000000000000000000000000000000000000000000000000000000000"}},
    {"point not on P-256",
     WEBAUTHN_KEY,
     {.key = "a5010203262001215820"
             "0101010101010101010101010101010101010101010101010101010101010101"
             "225820"
             "0101010101010101010101010101010101010101010101010101010101010101"}},
    {"compressed point",
     WEBAUTHN_KEY,
     {.key = "a5010203262001215820"
             "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61"
             "22f5"}},
    {"RSA of few bits",
     WEBAUTHN_KEY,
     {.key = "a401030339010020420101"
             "2143010001"}},
    {"format unknown", WEBAUTHN_FORMAT, {.format = "tpm"}},
    {"format of other case", WEBAUTHN_FORMAT, {.format = "None"}},
    {"none that says something",
     WEBAUTHN_STATEMENT,
     {.statement = "a16361"
                   "6c6726"}},
    {"none that is no map", WEBAUTHN_STATEMENT, {.statement = "80"}},
    {"packed without a signature", WEBAUTHN_STATEMENT, {.format = "packed", .statement = "a0"}},
    {"packed with another algorithm",
     WEBAUTHN_STATEMENT,
     {.format = "packed",
      .statement = "a263616c672663736967"
                   "4100"}},
    {"packed with a signature of none",
     WEBAUTHN_STATEMENT,
     {.format = "packed",
      .statement = "a263616c672763736967"
                   "4100"}},
    {"packed with more",
     WEBAUTHN_STATEMENT,
     {.format = "packed", .statement = "a363616c67276373696741006378356401"}},
    {"packed, signed by another",
     WEBAUTHN_STATEMENT,
     {.format = "packed", .is_badly_signed = true}},
    {"no attestation object", WEBAUTHN_ATTESTATION, {.attestation = ""}},
    {"no map", WEBAUTHN_ATTESTATION, {.attestation = "80"}},
    {"an empty map", WEBAUTHN_ATTESTATION, {.attestation = "a0"}},
    {"no data", WEBAUTHN_ATTESTATION, {.attestation = "a263666d74646e6f6e656761747453746d74a0"}},
    {"format no text",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a363666d74"
                     "00"
                     "6761747453746d74a0"
                     "68617574684461746140"}},
    {"data no bytes",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a363666d74646e6f6e656761747453746d74a0"
                     "68617574684461746160"}},
    {"data empty",
     WEBAUTHN_AUTHENTICATOR_DATA,
     {.attestation = "a363666d74646e6f6e656761747453746d74a0"
                     "68617574684461746140"}},
    {"a fourth member",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a463666d74646e6f6e656761747453746d74a0"
                     "68617574684461746140"
                     "6966"
                     "6f6f626172626100"
                     "00"}},
    {"something follows",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a363666d74646e6f6e656761747453746d74a0"
                     "68617574684461746140"
                     "00"}},
    {"data longer than memory",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a363666d74646e6f6e656761747453746d74a0"
                     "686175746844617461"
                     "5bffffffffffffffff"}},
    {"a member twice",
     WEBAUTHN_ATTESTATION,
     {.attestation = "a363666d74646e6f6e6563666d74646e6f6e65"
                     "68617574684461746140"}},
};

static void registrations_are_judged_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(registrations); i++) {
        print_message("%s\n", registrations[i].name);
        struct made made = registration_make(&registrations[i].ceremony);
        struct webauthn_credential credential;
        assert_verdict(webauthn_register(&made.expected, &made.registration, &credential),
                       registrations[i].verdict);
    }
}

static void a_registration_tells_what_to_keep(void **state) {
    (void)state;
    struct made made = registration_make(&(struct ceremony){.flags = 0x5d, .count = 7});
    struct webauthn_credential credential;
    assert_verdict(webauthn_register(&made.expected, &made.registration, &credential),
                   WEBAUTHN_PROVEN);
    assert_text(credential.id, "the credential's id");
    assert_true(str_equal(credential.public_key, made.credential.public_key));
    assert_int_equal(credential.sign_count, 7);
    assert_int_equal(credential.algorithm, -8);
    assert_true(credential.is_backup_eligible && credential.is_backed_up &&
                credential.was_user_verified);
    assert_memory_equal(credential.aaguid, "model of the key", sizeof credential.aaguid);
}

static void what_is_larger_than_any_is_not_read(void **state) {
    (void)state;
    static char zeros[WEBAUTHN_ATTESTATION_MAX + 1];
    struct made made = registration_make(&(struct ceremony){0});
    struct webauthn_credential credential;
    struct webauthn_registration larger = made.registration;
    larger.client_data = str_of(zeros, WEBAUTHN_CLIENT_DATA_MAX + 1);
    assert_verdict(webauthn_register(&made.expected, &larger, &credential), WEBAUTHN_TOO_LARGE);
    larger = made.registration;
    larger.attestation = str_of(zeros, sizeof zeros);
    assert_verdict(webauthn_register(&made.expected, &larger, &credential), WEBAUTHN_TOO_LARGE);

    made = assertion_make(&(struct ceremony){0});
    struct webauthn_use use;
    made.assertion.authenticator_data = str_of(zeros, WEBAUTHN_AUTHENTICATOR_DATA_MAX + 1);
    assert_verdict(webauthn_assert(&made.expected, &made.credential, &made.assertion, &use),
                   WEBAUTHN_TOO_LARGE);
    made.assertion.authenticator_data = str_of(zeros, 36);
    assert_verdict(webauthn_assert(&made.expected, &made.credential, &made.assertion, &use),
                   WEBAUTHN_AUTHENTICATOR_DATA);
}

/* A server that drew none must not accept the empty one. */
static void a_challenge_that_was_not_drawn_proves_nothing(void **state) {
    (void)state;
    struct made made = assertion_make(&(struct ceremony){.challenge = ""});
    made.expected.challenge = STR("");
    struct webauthn_use use;
    assert_verdict(webauthn_assert(&made.expected, &made.credential, &made.assertion, &use),
                   WEBAUTHN_CHALLENGE);
}

static void the_challenge_is_found_before_anything_is_proven(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    arena_init(&arena, env_sim_env(sim), 64 * 1024);
    struct made made = assertion_make(&(struct ceremony){0});
    struct str challenge;
    assert_true(webauthn_challenge(&arena, made.assertion.client_data, &challenge));
    assert_true(str_equal(challenge, made.expected.challenge));
    const struct str others[] = {STR(""),
                                 STR("{}"),
                                 STR("{\"challenge\":1}"),
                                 STR("{\"challenge\":\"\"}"),
                                 STR("{\"challenge\":\"AAAA\"}"),
                                 STR("{\"challenge\":\"A+\"}")};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_false(webauthn_challenge(&arena, others[i], &challenge));
    }
    arena_finish(&arena);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_w3c_are_judged_rightly),
        cmocka_unit_test(assertions_are_judged_by_name),
        cmocka_unit_test(a_use_tells_what_to_keep),
        cmocka_unit_test(registrations_are_judged_by_name),
        cmocka_unit_test(a_registration_tells_what_to_keep),
        cmocka_unit_test(what_is_larger_than_any_is_not_read),
        cmocka_unit_test(a_challenge_that_was_not_drawn_proves_nothing),
        cmocka_unit_test(the_challenge_is_found_before_anything_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
