#include "sandbox/iban.h"

#include <string.h>

#define FAILED "payment_intent_payment_attempt_failed"
#define ACCOUNT(iban, name, conduct, code, after)                                                  \
    { iban, "pm_sepaDebit_" name, "sepa", conduct, code, NULL, after }

/* In the order of Stripe's tables. An amount above a limit is refused at once. The limit of
 * transactions has the code that Stripe's description knows. */
#define COUNTRY(cc, pays, later, fails, fails_later, disputed, volume, transactions, funds)        \
    ACCOUNT(pays, "success_" cc, CARD_IS_BANK_ACCOUNT, NULL, CARD_RESTS),                          \
        ACCOUNT(later, "successDelayed_" cc, CARD_IS_BANK_ACCOUNT, NULL, CARD_SETTLES_LATE),       \
        ACCOUNT(fails, "failed_" cc, CARD_IS_BANK_ACCOUNT, FAILED, CARD_RESTS),                    \
        ACCOUNT(fails_later, "failedDelayed_" cc, CARD_IS_BANK_ACCOUNT, FAILED,                    \
                CARD_SETTLES_LATE),                                                                \
        ACCOUNT(disputed, "disputed_" cc, CARD_IS_BANK_ACCOUNT, NULL, CARD_IS_DISPUTED),           \
        ACCOUNT(volume, "exceedsWeeklyVolumeLimit_" cc, CARD_DECLINES,                             \
                "charge_exceeds_source_limit", CARD_RESTS),                                        \
        ACCOUNT(transactions, "exceedsWeeklyTransactionLimit_" cc, CARD_DECLINES,                  \
                "charge_exceeds_transaction_limit", CARD_RESTS),                                   \
        ACCOUNT(funds, "insufficientFunds_" cc, CARD_IS_BANK_ACCOUNT, "insufficient_funds",        \
                CARD_RESTS)

static const struct test_card accounts[] = {
    COUNTRY("at", "AT611904300234573201", "AT321904300235473204", "AT861904300235473202",
            "AT051904300235473205", "AT591904300235473203", "AT981904300000343434",
            "AT601904300000121212", "AT981904300002222227"),
    COUNTRY("be", "BE62510007547061", "BE78510007547064", "BE68539007547034", "BE51510007547065",
            "BE08510007547063", "BE90510000343434", "BE52510000121212", "BE90510002222227"),
    COUNTRY("de", "DE89370400440532013000", "DE08370400440532013003", "DE62370400440532013001",
            "DE78370400440532013004", "DE35370400440532013002", "DE65370400440000343434",
            "DE27370400440000121212", "DE65370400440002222227"),
    COUNTRY("fi", "FI2112345600000785", "FI3712345600000788", "FI9112345600000786",
            "FI1012345600000789", "FI6412345600000787", "FI6712345600343434", "FI2912345600121212",
            "FI6712345602222227"),
    COUNTRY("fr", "FR1420041010050500013M02606", "FR3020041010050500013M02609",
            "FR8420041010050500013M02607", "FR7920041010050500013M02600",
            "FR5720041010050500013M02608", "FR9720041010050000000343434",
            "FR5920041010050000000121212", "FR9720041010050000002222227"),
    COUNTRY("ie", "IE29AIBK93115212345678", "IE24AIBK93115212345671", "IE02AIBK93115212345679",
            "IE94AIBK93115212345672", "IE51AIBK93115212345670", "IE10AIBK93115200343434",
            "IE69AIBK93115200121212", "IE10AIBK93115202222227"),
};

static const struct refused {
    const char *number, *code;
} refused[] = {
    {"AT271904300000055555", "sepa_debit_bank_not_supported"},
    {"AT511904300000066666", "sepa_debit_debits_not_supported"},
    {"BE19510000055555", "sepa_debit_bank_not_supported"},
    {"BE43510000066666", "sepa_debit_debits_not_supported"},
    {"DE91370400440000055555", "sepa_debit_bank_not_supported"},
    {"DE18370400440000066666", "sepa_debit_debits_not_supported"},
    {"FR2620041010050000000055555", "sepa_debit_bank_not_supported"},
    {"FR5020041010050000000066666", "sepa_debit_debits_not_supported"},
    {"IE36AIBK93115200055555", "sepa_debit_bank_not_supported"},
    {"IE60AIBK93115200066666", "sepa_debit_debits_not_supported"},
};

const struct test_card *iban_by_number(struct str number) {
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        if (card_is_number(number, accounts[i].number)) {
            return &accounts[i];
        }
    }
    return NULL;
}

const struct test_card *iban_by_token(const char *token) {
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        if (strcmp(accounts[i].token, token) == 0) {
            return &accounts[i];
        }
    }
    return NULL;
}

const char *iban_refusal(struct str number) {
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        if (card_is_number(number, refused[i].number)) {
            return refused[i].code;
        }
    }
    return NULL;
}
