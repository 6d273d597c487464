/* The table of currencies; see the header. */
#include "sandbox/currency.h"

#include <stdio.h>
#include <strings.h>

static const struct currency currencies[] = {
    {"usd", 2, 50, "$"},  {"aed", 2, 200, ""},  {"aud", 2, 50, "A$"},   {"bgn", 2, 100, ""},
    {"bhd", 3, 500, ""},  {"bif", 0, 2000, ""}, {"brl", 2, 50, "R$"},   {"cad", 2, 50, "CA$"},
    {"chf", 2, 50, ""},   {"clp", 0, 500, ""},  {"cny", 2, 400, "CN¥"}, {"czk", 2, 1500, ""},
    {"djf", 0, 100, ""},  {"dkk", 2, 250, ""},  {"eur", 2, 50, "€"},    {"gbp", 2, 30, "£"},
    {"gnf", 0, 5000, ""}, {"hkd", 2, 400, ""},  {"huf", 2, 17500, ""},  {"inr", 2, 50, "₹"},
    {"jod", 3, 500, ""},  {"jpy", 0, 50, "¥"},  {"kmf", 0, 300, ""},    {"krw", 0, 700, "₩"},
    {"kwd", 3, 200, ""},  {"mga", 0, 3000, ""}, {"mxn", 2, 1000, ""},   {"myr", 2, 200, ""},
    {"nok", 2, 300, ""},  {"nzd", 2, 50, ""},   {"omr", 3, 200, ""},    {"pln", 2, 200, ""},
    {"pyg", 0, 5000, ""}, {"ron", 2, 200, ""},  {"rwf", 0, 1000, ""},   {"sek", 2, 300, ""},
    {"sgd", 2, 50, ""},   {"thb", 2, 1000, ""}, {"tnd", 3, 2000, ""},   {"try", 2, 2000, ""},
    {"twd", 2, 1500, ""}, {"ugx", 0, 3000, ""}, {"vnd", 0, 15000, "₫"}, {"vuv", 0, 100, ""},
    {"xaf", 0, 500, ""},  {"xof", 0, 500, ""},  {"xpf", 0, 100, ""},    {"zar", 2, 1000, ""},
};

const struct currency *currency_find(const char *code) {
    for (size_t i = 0; i < ARRAY_LEN(currencies); i++) {
        if (strcasecmp(currencies[i].code, code) == 0) {
            return &currencies[i];
        }
    }
    return NULL;
}

bool currency_check(struct fault *fault, const char *code, const char *param) {
    return currency_find(code) != NULL ||
           fault_invalid(fault, NULL, param,
                         "Invalid currency: %.10s. This sandbox has the currencies of its table "
                         "only, among them usd, eur, gbp and jpy.",
                         code);
}

bool currency_check_amount(struct fault *fault, const char *code, int64_t amount,
                           const char *param) {
    const struct currency *currency = currency_find(code);
    bool fits = currency == NULL || currency->places < 3 || amount % 10 == 0;
    return fits || fault_invalid(fault, NULL, param,
                                 "Invalid amount: amounts in %s must end in 0, because only two "
                                 "of its three decimals can be charged.",
                                 currency->code);
}

int64_t currency_least(const char *code) {
    const struct currency *currency = currency_find(code);
    return currency == NULL ? 50 : currency->least_charge;
}

void currency_text(const char *code, int64_t amount, char *ret_text, size_t size) {
    const struct currency *currency = currency_find(code);
    int places = currency == NULL ? 2 : currency->places;
    const char *sign = currency == NULL ? "" : currency->sign;
    long long unit = places == 0 ? 1 : places == 2 ? 100 : 1000;
    bool is_negative = amount < 0;
    long long magnitude = is_negative ? -amount : amount;
    char behind[24] = "";
    if (places > 0) {
        (void)snprintf(behind, sizeof behind, places == 2 ? ".%02lld" : ".%03lld",
                       magnitude % unit);
    }
    (void)snprintf(ret_text, size, "%s%s%lld%s%s%s", is_negative ? "-" : "", sign, magnitude / unit,
                   behind, sign[0] == '\0' ? " " : "", sign[0] == '\0' ? code : "");
}
