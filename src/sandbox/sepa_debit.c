#include "sandbox/sepa_debit.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/iban.h"

enum { LAST_DIGITS = 4, LATE_S = 180, COUNTRY_LEN = 2 };

/* Where a country's IBANs have the bank and the branch; a length of 0: they have none. */
static const struct layout {
    const char *country;
    int bank_at, bank_len, branch_at, branch_len;
} layouts[] = {
    {"AT", 4, 5, 0, 0}, {"BE", 4, 3, 0, 0}, {"DE", 4, 8, 0, 0},
    {"FI", 4, 6, 0, 0}, {"FR", 4, 5, 9, 5}, {"IE", 4, 4, 8, 6},
};

static const struct layout *layout_of(const char *iban) {
    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        if (strncmp(layouts[i].country, iban, COUNTRY_LEN) == 0) {
            return &layouts[i];
        }
    }
    return NULL;
}

/* A part of an IBAN; a new reference. */
static json_t *part_of(const char *iban, int at, int len) {
    return len == 0 ? json_null() : json_stringn(iban + at, (size_t)len);
}

json_t *sepa_shape(const struct test_card *account) {
    const char *iban = account->number;
    const struct layout *layout = layout_of(iban);
    return json_pack("{s:o, s:o, s:o, s:s+, s:n, s:s}", "bank_code",
                     part_of(iban, layout->bank_at, layout->bank_len), "branch_code",
                     part_of(iban, layout->branch_at, layout->branch_len), "country",
                     json_stringn(iban, COUNTRY_LEN), "fingerprint", "sepa", iban, "generated_from",
                     "last4", iban + strlen(iban) - LAST_DIGITS);
}

json_t *sepa_charge_details(const json_t *method) {
    json_t *details = json_copy(json_object_get(method, "sepa_debit"));
    json_object_del(details, "generated_from");
    set_text(details, "mandate", member(method, "_mandate"));
    return details;
}

const struct test_card *sepa_account(struct world *world, const char *iban, const char *param) {
    struct str number = str_from_cstr(iban);
    const char *refusal = iban_refusal(number);
    const struct test_card *account = iban_by_number(number);
    if (refusal != NULL) {
        fault_invalid(&world->fault, refusal, param,
                      "The bank of this account cannot be debited by SEPA Direct Debit.");
    } else if (account == NULL) {
        fault_invalid(&world->fault, "invalid_bank_account_iban", param,
                      "The IBAN you provided is invalid. This sandbox takes Stripe's test IBANs "
                      "only, such as AT611904300234573201.");
    }
    return account;
}

bool sepa_payer_is_named(struct world *world, const json_t *method) {
    static const char *const names[] = {"name", "email"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char param[32];
        const json_t *details = json_object_get(method, "billing_details");
        if (member_is(method, "type", "sepa_debit") && member_is(details, names[i], "")) {
            (void)snprintf(param, sizeof param, "billing_details[%s]", names[i]);
            return fault_invalid(&world->fault, "parameter_missing", param,
                                 "Missing required param: %s.", param);
        }
    }
    return true;
}

int64_t sepa_settles_at(const struct test_card *account, int64_t now) {
    return account->after == CARD_SETTLES_LATE ? now + LATE_S : now;
}
