/* Where a customer sends money: virtual bank accounts, one number a customer for ever, as
 * funding instructions and waiting intents show them. */
#include <string.h>

#include "base/crypto.h"
#include "sandbox/cash_balance.h"

const char *transfer_type_of(const char *currency) {
    static const char *const types[][2] = {
        {"usd", "us_bank_transfer"}, {"eur", "eu_bank_transfer"}, {"gbp", "gb_bank_transfer"},
        {"jpy", "jp_bank_transfer"}, {"mxn", "mx_bank_transfer"},
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i][0], currency) == 0) {
            return types[i][1];
        }
    }
    return NULL;
}

enum { ACCOUNT_DIGITS = 10 };

/* The same number for a customer for ever: digits of a hash of the id, so that a page that only
 * shows needs to keep nothing. */
static void account_number(const json_t *customer, char ret_digits[ACCOUNT_DIGITS + 1]) {
    uint8_t hash[SHA256_SIZE];
    sha256(str_from_cstr(member(customer, "id")), hash);
    for (size_t i = 0; i < ACCOUNT_DIGITS; i++) {
        ret_digits[i] = (char)('0' + hash[i] % 10);
    }
    ret_digits[ACCOUNT_DIGITS] = '\0';
}

static json_t *address_of(const char *country) {
    return json_pack("{s:s, s:s, s:s, s:n, s:s, s:s}", "city", "Sandbox", "country", country,
                     "line1", "1 Test Street", "line2", "postal_code", "00000", "state", "CA");
}

/* One financial address: its kind, networks, and the members that only this kind has. */
static json_t *financial_address(const char *kind, const char *networks[2], const char *country,
                                 json_t *members) {
    json_t *supported = json_pack("[s]", networks[0]);
    if (networks[1] != NULL) {
        json_array_append_new(supported, json_string(networks[1]));
    }
    json_object_set_new(members, "account_holder_address", address_of(country));
    json_object_set_new(members, "account_holder_name", json_string("Sandbox"));
    json_object_set_new(members, "bank_address", address_of(country));
    return json_pack("{s:s, s:o, s:o}", "type", kind, "supported_networks", supported, kind,
                     members);
}

static json_t *us_addresses(const char *number) {
    json_t *aba =
        json_pack("{s:s, s:s, s:s, s:s}", "account_number", number, "account_type", "checking",
                  "bank_name", "SANDBOX TEST BANK", "routing_number", "999999999");
    json_t *swift =
        json_pack("{s:s, s:s, s:s, s:s}", "account_number", number, "account_type", "checking",
                  "bank_name", "SANDBOX TEST BANK", "swift_code", "TESTUS99XXX");
    return json_pack(
        "[o, o]", financial_address("aba", (const char *[]){"ach", "domestic_wire_us"}, "US", aba),
        financial_address("swift", (const char *[]){"swift", NULL}, "US", swift));
}

json_t *transfer_addresses(const json_t *customer, const char *type) {
    char number[ACCOUNT_DIGITS + 1];
    account_number(customer, number);
    if (strcmp(type, "us_bank_transfer") == 0) {
        return us_addresses(number);
    }
    if (strcmp(type, "eu_bank_transfer") == 0) {
        json_t *iban = json_pack("{s:s, s:s, s:s++}", "bic", "TESTDE99XXX", "country", "DE", "iban",
                                 "DE00", "00000000", number);
        return json_pack("[o]",
                         financial_address("iban", (const char *[]){"sepa", NULL}, "DE", iban));
    }
    if (strcmp(type, "gb_bank_transfer") == 0) {
        json_t *sort = json_pack("{s:s, s:s}", "account_number", number + 2, "sort_code", "000000");
        return json_pack(
            "[o]", financial_address("sort_code", (const char *[]){"fps", "bacs"}, "GB", sort));
    }
    if (strcmp(type, "jp_bank_transfer") == 0) {
        json_t *zengin =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "account_number", number + 3,
                      "account_type", "futsu", "bank_code", "0000", "bank_name",
                      "SANDBOX TEST BANK", "branch_code", "000", "branch_name", "TEST");
        return json_pack(
            "[o]", financial_address("zengin", (const char *[]){"zengin", NULL}, "JP", zengin));
    }
    json_t *spei = json_pack("{s:s, s:s, s:s+}", "bank_code", "000", "bank_name",
                             "SANDBOX TEST BANK", "clabe", "00000000", number);
    return json_pack("[o]", financial_address("spei", (const char *[]){"spei", NULL}, "MX", spei));
}

json_t *transfer_instructions(struct world *world, const json_t *intent) {
    json_t *customer = world_get(world, member(intent, "customer"));
    const char *currency = member(intent, "currency");
    const char *type = transfer_type_of(currency);
    const char *id = member(intent, "id");
    size_t len = strlen(id);
    return json_pack(
        "{s:s, s:{s:I, s:s, s:o, s:o, s:s, s:s}}", "type", "display_bank_transfer_instructions",
        "display_bank_transfer_instructions", "amount_remaining",
        (json_int_t)(member_i64(intent, "amount") - member_i64(intent, "_funded")), "currency",
        currency, "financial_addresses", transfer_addresses(customer, type),
        "hosted_instructions_url", json_sprintf("%s/transfer/%s", world->public_url, id),
        "reference", id + (len > 10 ? len - 10 : 0), "type", type);
}
