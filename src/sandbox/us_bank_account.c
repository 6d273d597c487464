/* Verifying a bank account by two small deposits, with the amounts and codes that Stripe publishes
 * for tests (payments/ach-direct-debit/set-up-payment). */
#include "sandbox/us_bank_account.h"

#include <string.h>

#include "sandbox/payment.h"

enum { LAST_DIGITS = 4, ATTEMPTS_MAX = 10, AMOUNT_MAX_CENTS = 99 };

const struct param bank_verify_params[] = {{.name = "amounts", .kind = PARAM_TEXTS},
                                           {.name = "descriptor_code", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

json_t *bank_shape(const struct test_card *account, const char *holder, const char *kind) {
    size_t len = strlen(account->number);
    return json_pack("{s:s, s:s, s:s, s:n, s:s+, s:s, s:{s:s, s:[s]}, s:s, s:n}",
                     "account_holder_type", holder[0] == '\0' ? "individual" : holder,
                     "account_type", kind[0] == '\0' ? "checking" : kind, "bank_name",
                     "STRIPE TEST BANK", "financial_connections_account", "fingerprint", "bank",
                     account->number, "last4", account->number + len - LAST_DIGITS, "networks",
                     "preferred", "ach", "supported", "ach", "routing_number", "110000000",
                     "status_details");
}

bool bank_is_verified(const json_t *method) {
    return json_is_true(json_object_get(method, "_is_verified"));
}

json_t *bank_verification(struct world *world, const json_t *intent, const json_t *method) {
    const char *customer = member(intent, "customer");
    int64_t now = world_now(world, customer[0] == '\0' ? NULL : customer);
    (void)method;
    return json_pack("{s:s, s:{s:I, s:o, s:s}}", "type", "verify_with_microdeposits",
                     "verify_with_microdeposits", "arrival_date",
                     (json_int_t)business_days_after(now, 1), "hosted_verification_url",
                     json_sprintf("%s/verify/%s", world->public_url, member(intent, "id")),
                     "microdeposit_type", "descriptor_code");
}

/* What Stripe's test amounts and test codes stand for. */
static const struct trial {
    const char *low, *high, *descriptor;
    const char *code; /* NULL: verified */
} trials[] = {
    {"32", "45", "SM11AA", NULL},
    {"10", "11", "SM33CC", "payment_method_microdeposit_verification_attempts_exceeded"},
    {"40", "41", "SM44DD", "payment_method_microdeposit_verification_timeout"},
};

static bool are_amounts(const json_t *given, const struct trial *trial) {
    const char *a = json_string_value(json_array_get(given, 0));
    const char *b = json_string_value(json_array_get(given, 1));
    return json_array_size(given) == 2 &&
           ((strcmp(a, trial->low) == 0 && strcmp(b, trial->high) == 0) ||
            (strcmp(b, trial->low) == 0 && strcmp(a, trial->high) == 0));
}

static const struct trial *trial_of(const json_t *amounts, const char *descriptor) {
    for (size_t i = 0; i < ARRAY_LEN(trials); i++) {
        if (descriptor[0] == '\0' ? are_amounts(amounts, &trials[i])
                                  : strcmp(descriptor, trials[i].descriptor) == 0) {
            return &trials[i];
        }
    }
    return NULL;
}

static bool are_cents(const json_t *amounts) {
    for (size_t i = 0; i < json_array_size(amounts); i++) {
        int64_t cents = 0;
        struct str text = str_from_cstr(json_string_value(json_array_get(amounts, i)));
        if (!str_to_i64(text, &cents) || cents < 1 || cents > AMOUNT_MAX_CENTS) {
            return false;
        }
    }
    return json_array_size(amounts) == 2;
}

/* One of the two must be there, and be possible. */
static bool is_possible(struct fault *fault, const json_t *amounts, const char *descriptor) {
    if ((amounts == NULL) == (descriptor[0] == '\0')) {
        return fault_invalid(fault, amounts == NULL ? "parameter_missing" : "parameters_exclusive",
                             "amounts",
                             "You must provide either amounts or descriptor_code, not both.");
    }
    return descriptor[0] != '\0' || are_cents(amounts) ||
           fault_invalid(fault, "payment_method_microdeposit_verification_amounts_invalid",
                         "amounts",
                         "You must provide exactly two microdeposit amounts in cents, each from 1 "
                         "to %d.",
                         AMOUNT_MAX_CENTS);
}

enum bank_verdict bank_verify(struct call *call, json_t *intent, json_t *method,
                              const char **ret_code) {
    struct fault *fault = &call->world->fault;
    const json_t *amounts = json_object_get(call->params, "amounts");
    const char *descriptor = param_text(call, "descriptor_code");
    if (!is_possible(fault, amounts, descriptor)) {
        return BANK_WRONG;
    }
    if (card_of_method(method)->after == CARD_MICRODEPOSITS_FAIL) {
        *ret_code = "payment_method_microdeposit_failed";
        return BANK_OVER;
    }
    const struct trial *trial = trial_of(amounts, descriptor);
    int64_t attempts = member_i64(intent, "_attempts") + 1;
    if (trial == NULL && attempts < ATTEMPTS_MAX) {
        set_i64(intent, "_attempts", attempts);
        world_touch(call->world, intent);
        fault_invalid(fault,
                      descriptor[0] == '\0'
                          ? "payment_method_microdeposit_verification_amounts_mismatch"
                          : "payment_method_microdeposit_verification_descriptor_code_mismatch",
                      descriptor[0] == '\0' ? "amounts" : "descriptor_code",
                      "What you provided does not match what was sent to the bank account. You "
                      "have %d verification attempts left.",
                      (int)(ATTEMPTS_MAX - attempts));
        fault->keeps_changes = true;
        return BANK_WRONG;
    }
    const char *code = trial == NULL ? trials[1].code : trial->code;
    if (code != NULL) {
        *ret_code = code;
        return BANK_OVER;
    }
    set_bool(method, "_is_verified", true);
    world_touch(call->world, method);
    return BANK_VERIFIED;
}
