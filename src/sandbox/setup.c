/* What a setup intent goes through once it is confirmed: the bank's question, microdeposits, the
 * method attached to its customer, or a decline. Each try is a setup attempt. */
#include "sandbox/setup.h"

#include "sandbox/payment.h"
#include "sandbox/us_bank_account.h"

json_t *setup_make(struct world *world, const char *customer) {
    json_t *intent = world_add(world, "setup_intent", customer[0] == '\0' ? NULL : customer);
    char random[26];
    world_random(world, random, 25);
    json_object_set_new(intent, "client_secret",
                        json_sprintf("%s_secret_%s", member(intent, "id"), random));
    return intent;
}

/* --- attempts --- */

/* A new attempt with the method that the intent has; NULL error while it stands well. */
static void attempt_add(struct world *world, json_t *intent, const json_t *method) {
    const char *customer = member(intent, "customer");
    const char *type = member(method, "type");
    json_t *attempt = world_add(world, "setup_attempt", customer[0] == '\0' ? NULL : customer);
    set_text(attempt, "setup_intent", member(intent, "id"));
    set_text(attempt, "payment_method", member(method, "id"));
    set_text(attempt, "usage", member(intent, "usage"));
    json_t *details = json_pack("{s:s, s:{}}", "type", type, type);
    const json_t *card = json_object_get(method, "card");
    json_t *shown = json_object_get(details, "card");
    static const char *const members[] = {"brand",     "checks",   "country",
                                          "exp_month", "exp_year", "fingerprint",
                                          "funding",   "last4",    "wallet"};
    for (size_t i = 0; card != NULL && i < ARRAY_LEN(members); i++) {
        json_object_set(shown, members[i], json_object_get(card, members[i]));
    }
    if (card != NULL) {
        json_object_set(shown, "network", json_object_get(card, "brand"));
        set_null(shown, "three_d_secure");
    }
    json_object_set_new(attempt, "payment_method_details", details);
    set_text(intent, "latest_attempt", member(attempt, "id"));
    world_touch(world, intent);
}

static void attempt_end(struct world *world, const json_t *intent, const char *status,
                        json_t *error) {
    json_t *attempt = world_get(world, member(intent, "latest_attempt"));
    if (attempt != NULL) {
        set_text(attempt, "status", status);
        if (error != NULL) {
            json_object_set(attempt, "setup_error", error);
        }
        world_touch(world, attempt);
    }
}

/* --- ends --- */

static bool asks_at_setup(const struct test_card *card) {
    return card != NULL &&
           (card->conduct == CARD_ASKS_ALWAYS || card->conduct == CARD_ASKS_UNLESS_SET_UP ||
            card->conduct == CARD_ASKS_THEN_DECLINES);
}

static json_t *authentication_of(struct world *world, const json_t *intent) {
    json_t *url = json_sprintf("%s/3ds/%s", world->public_url, member(intent, "id"));
    const char *back = member(intent, "_return_url");
    if (back[0] == '\0') {
        return json_pack("{s:s, s:{s:s, s:o}}", "type", "use_stripe_sdk", "use_stripe_sdk", "type",
                         "three_d_secure_redirect", "stripe_js", url);
    }
    return json_pack("{s:s, s:{s:s, s:o}}", "type", "redirect_to_url", "redirect_to_url",
                     "return_url", back, "url", url);
}

/* Takes `next_action`. */
static bool wait_for_customer(struct world *world, json_t *intent, json_t *next_action) {
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action", next_action);
    attempt_end(world, intent, "requires_action", NULL);
    world_touch(world, intent);
    event_emit(world, "setup_intent.requires_action", intent);
    return true;
}

static void set_error(struct world *world, json_t *intent, json_t *error) {
    attempt_end(world, intent, "failed", error);
    set_text(intent, "status", "requires_payment_method");
    set_null(intent, "payment_method");
    set_null(intent, "next_action");
    json_object_set_new(intent, "last_setup_error", error);
    world_touch(world, intent);
    event_emit(world, "setup_intent.setup_failed", intent);
}

/* The decline is kept on the intent; the caller answers 402. */
static bool decline(struct world *world, json_t *intent) {
    struct fault *fault = &world->fault;
    json_t *error = json_pack("{s:s, s:s, s:s}", "type", fault->type, "code", fault->code,
                              "message", fault->message);
    if (fault->decline_code != NULL) {
        set_text(error, "decline_code", fault->decline_code);
    }
    set_error(world, intent, error);
    json_t *shown = event_render(intent);
    fault_detail(fault, "setup_intent", shown);
    json_decref(shown);
    fault->keeps_changes = true;
    return false;
}

void setup_refuse(struct world *world, json_t *intent, const char *code) {
    json_t *method = world_get(world, member(intent, "payment_method"));
    set_error(world, intent,
              json_pack("{s:s, s:s, s:s, s:o}", "type", "card_error", "code", code, "message",
                        card_message(code), "payment_method", event_render(method)));
}

static void succeed(struct world *world, json_t *intent, json_t *method, bool is_new) {
    set_bool(method, "_is_set_up", true);
    world_touch(world, method);
    set_text(intent, "status", "succeeded");
    set_null(intent, "next_action");
    set_null(intent, "last_setup_error");
    set_text(intent, "mandate", member(method, "_mandate"));
    attempt_end(world, intent, "succeeded", NULL);
    world_touch(world, intent);
    if (is_new) {
        event_emit(world, "payment_method.attached", method);
    }
    event_emit(world, "setup_intent.succeeded", intent);
}

bool setup_confirm(struct world *world, json_t *intent, const char *id, bool is_answered) {
    json_t *method = method_resolve(world, id, "payment_method");
    if (method == NULL) {
        return false;
    }
    const struct test_card *card = card_of_method(method);
    const char *type = member(method, "type");
    set_text(intent, "payment_method", member(method, "id"));
    json_object_set_new(intent, "payment_method_types", json_pack("[s]", type));
    if (!is_answered) {
        attempt_add(world, intent, method);
    }
    if (asks_at_setup(card) && !is_answered) {
        return wait_for_customer(world, intent, authentication_of(world, intent));
    }
    if (card != NULL && card_is_bank(card) && !bank_is_verified(method)) {
        return wait_for_customer(world, intent, bank_verification(world, intent, method));
    }
    const char *customer = member(intent, "customer");
    bool is_new = customer[0] != '\0' && !member_is(method, "customer", customer);
    if (is_new && method_attach(world, member(method, "id"), customer, "payment_method") == NULL) {
        return world->fault.status == 402 ? decline(world, intent) : false;
    }
    if (card != NULL && card->conduct == CARD_REFUSES_SETUP) {
        fault_card(&world->fault, card->code, card->decline_code, card_sentence(card));
        return decline(world, intent);
    }
    succeed(world, intent, method, is_new);
    return true;
}
