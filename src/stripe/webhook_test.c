/* Promise: a webhook is accepted exactly when Stripe's own library would accept it, and a body that
 * is no event is refused. */
#include "stripe/webhook.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/env_sim.h"
#include "base/json.h"
#include "base/testing.h"

enum { SECRETS_MAX = 4, BODY_MAX = 4096 };

/* Which of our verdicts stands for the library's message. */
static enum stripe_signature verdict_of(struct str refusal) {
    static const struct {
        const char *refusal;
        enum stripe_signature verdict;
    } table[] = {
        {"", STRIPE_SIGNATURE_VALID},
        {"No webhook payload was provided", STRIPE_SIGNATURE_NO_BODY},
        {"No stripe-signature header value was provided", STRIPE_SIGNATURE_NO_HEADER},
        {"Unable to extract timestamp and signatures from header", STRIPE_SIGNATURE_MALFORMED},
        {"No signatures found with expected scheme", STRIPE_SIGNATURE_NO_SCHEME},
        {"No signatures found matching the expected signature for payload", STRIPE_SIGNATURE_WRONG},
        {"Timestamp outside the tolerance zone", STRIPE_SIGNATURE_TOO_OLD},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (str_equal(refusal, str_from_cstr(table[i].refusal))) {
            return table[i].verdict;
        }
    }
    fail_msg("an unknown refusal: " STR_FMT, STR_ARG(refusal));
    return STRIPE_SIGNATURE_VALID;
}

static enum stripe_signature judge(const json_t *vector) {
    char body[BODY_MAX];
    size_t body_len = 0;
    struct str encoded = json_text(vector, "body");
    assert_int_equal(sodium_base642bin((unsigned char *)body, sizeof body, encoded.bytes,
                                       encoded.len, NULL, &body_len, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    const json_t *listed = json_at(vector, "secrets");
    struct str secrets[SECRETS_MAX];
    size_t count = json_array_size(listed);
    assert_in_range(count, 1, SECRETS_MAX);
    for (size_t i = 0; i < count; i++) {
        const json_t *secret = json_array_get(listed, i);
        secrets[i] = str_of(json_string_value(secret), json_string_length(secret));
    }
    const struct stripe_webhook_proof proof = {
        .header = json_text(vector, "header"),
        .body = str_of(body, body_len),
        .secrets = secrets,
        .secret_count = count,
        .now_s = json_i64(vector, "received_at", 0),
        .tolerance_s = json_i64(vector, "tolerance", 0),
    };
    return stripe_webhook_verify(&proof);
}

static void verdicts_are_those_of_stripes_library(void **state) {
    (void)state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tests/vectors/stripe_webhooks.json",
                   getenv("TURNPIKE_SOURCE"));
    CLEANUP(json_release) json_t *file = json_load_file(path, 0, NULL);
    if (file == NULL) {
        fail_msg("The cases cannot be read from %s.", path);
    }
    const json_t *cases = json_at(file, "cases");
    assert_int_equal(json_array_size(cases), 27);
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(cases, i, vector) {
        print_message("%s\n", json_text(vector, "name").bytes);
        enum stripe_signature verdict = judge(vector);
        assert_string_equal(stripe_signature_reason(verdict),
                            stripe_signature_reason(verdict_of(json_text(vector, "refusal"))));
        assert_int_equal(verdict == STRIPE_SIGNATURE_VALID, json_flag(vector, "accepted", false));
    }
}

static void without_a_secret_nothing_is_accepted(void **state) {
    (void)state;
    const struct stripe_webhook_proof proof = {.header = STR("t=1795000000,v1="),
                                               .body = STR("{}"),
                                               .now_s = 1795000000,
                                               .tolerance_s = 300};
    assert_int_equal(stripe_webhook_verify(&proof), STRIPE_SIGNATURE_WRONG);
}

/* --- parsing --- */

static int set_up(void **state) {
    *state = env_sim_create(1);
    return 0;
}

static int tear_down(void **state) {
    env_sim_destroy(*state);
    return 0;
}

static void an_event_names_its_object(void **state) {
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 1 << 16);
    struct stripe_webhook webhook;
    assert_true(stripe_webhook_parse(
        &arena,
        STR("{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"invoice.paid\",\"data\":{\"object\":"
            "{\"id\":\"in_1\",\"object\":\"invoice\"}}}"),
        &webhook));
    assert_text(webhook.id, "evt_1");
    assert_text(webhook.type, "invoice.paid");
    assert_text(webhook.object_id, "in_1");
    assert_true(stripe_webhook_parse(
        &arena,
        STR("{\"id\":\"evt_2\",\"object\":\"event\",\"type\":\"balance.available\",\"data\":"
            "{\"object\":{\"object\":\"balance\"}}}"),
        &webhook));
    assert_text(webhook.object_id, "");
    arena_finish(&arena);
}

static void what_is_no_event_is_refused(void **state) {
    static const char *const bodies[] = {
        "",
        "[]",
        "{\"id\":\"evt_1\"",
        "{\"object\":\"event\",\"type\":\"a\",\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"type\":\"a\",\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a\",\"data\":{\"object\":\"in_1\"}}",
        "{\"id\":7,\"object\":\"event\",\"type\":\"a\",\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"id\":\"evt_2\",\"object\":\"event\",\"type\":\"a\",\"data\":"
        "{\"object\":{}}}",
        /* a thin event says what happened but not in a form that was asked for */
        "{\"id\":\"evt_1\",\"object\":\"v2.core.event\",\"type\":\"v1.invoice.paid\","
        "\"related_object\":{\"id\":\"in_1\"}}",
    };
    struct arena arena;
    arena_init(&arena, env_sim_env(*state), 1 << 16);
    struct stripe_webhook webhook = {.id = STR("untouched")};
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        assert_false(stripe_webhook_parse(&arena, str_from_cstr(bodies[i]), &webhook));
        assert_text(webhook.id, "untouched");
    }
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_those_of_stripes_library),
        cmocka_unit_test(without_a_secret_nothing_is_accepted),
        cmocka_unit_test_setup_teardown(an_event_names_its_object, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_event_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
