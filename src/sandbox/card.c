/* The list of test cards. */
#include "sandbox/card.h"

#include <string.h>

#define DECLINED "card_declined"

static const struct test_card cards[] = {
    {"4242424242424242", "pm_card_visa", "visa", CARD_PAYS, NULL, NULL},
    {"4000056655665556", "pm_card_visa_debit", "visa", CARD_PAYS, NULL, NULL},
    {"5555555555554444", "pm_card_mastercard", "mastercard", CARD_PAYS, NULL, NULL},
    {"378282246310005", "pm_card_amex", "amex", CARD_PAYS, NULL, NULL},
    {"6011111111111117", "pm_card_discover", "discover", CARD_PAYS, NULL, NULL},
    {"4000000000000341", "pm_card_chargeCustomerFail", "visa", CARD_DECLINES, DECLINED,
     "generic_decline"},
    {"4000000000000002", "pm_card_visa_chargeDeclined", "visa", CARD_REFUSES_SETUP, DECLINED,
     "generic_decline"},
    {"4000000000000002", "pm_card_chargeDeclined", "visa", CARD_REFUSES_SETUP, DECLINED,
     "generic_decline"},
    {"4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "visa", CARD_REFUSES_SETUP,
     DECLINED, "insufficient_funds"},
    {"4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "visa", CARD_REFUSES_SETUP,
     DECLINED, "lost_card"},
    {"4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "visa", CARD_REFUSES_SETUP,
     DECLINED, "stolen_card"},
    {"4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded", "visa",
     CARD_REFUSES_SETUP, DECLINED, "card_velocity_exceeded"},
    {"4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa", CARD_REFUSES_SETUP,
     "expired_card", NULL},
    {"4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "visa", CARD_REFUSES_SETUP,
     "incorrect_cvc", NULL},
    {"4000000000000119", "pm_card_chargeDeclinedProcessingError", "visa", CARD_REFUSES_SETUP,
     "processing_error", NULL},
    {"4100000000000019", "pm_card_radarBlock", "visa", CARD_REFUSES_SETUP, DECLINED, "fraudulent"},
    {"4000002760003184", "pm_card_authenticationRequired", "visa", CARD_ASKS_ALWAYS, DECLINED,
     "authentication_required"},
    {"4000002500003155", "pm_card_authenticationRequiredOnSetup", "visa", CARD_ASKS_UNLESS_SET_UP,
     DECLINED, "authentication_required"},
    {"4000003800000446", "pm_card_authenticationRequiredSetupForOffSession", "visa",
     CARD_ASKS_ON_SESSION, DECLINED, "authentication_required"},
    {"4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "visa",
     CARD_ASKS_THEN_DECLINES, DECLINED, "insufficient_funds"},
    {"000123456789", "pm_usBankAccount_success", "bank", CARD_IS_BANK_ACCOUNT, NULL, NULL},
};

/* True when the number is these digits, blanks and hyphens aside. */
static bool is_number(struct str number, const char *digits) {
    for (size_t i = 0; i < number.len; i++) {
        char c = number.bytes[i];
        if (c == ' ' || c == '-') {
            continue;
        }
        if (c != *digits) {
            return false;
        }
        digits++;
    }
    return *digits == '\0';
}

const struct test_card *card_by_number(struct str number) {
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        if (is_number(number, cards[i].number)) {
            return &cards[i];
        }
    }
    return NULL;
}

const struct test_card *card_by_token(const char *token) {
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        if (strcmp(cards[i].token, token) == 0) {
            return &cards[i];
        }
    }
    return NULL;
}

const char *card_message(const char *code) {
    static const char *const messages[][2] = {
        {"card_declined", "Your card was declined."},
        {"expired_card", "Your card has expired."},
        {"incorrect_cvc", "Your card's security code is incorrect."},
        {"processing_error", "An error occurred while processing your card. Try again in a little "
                             "bit."},
        {"authentication_required", "Your card was declined. This transaction requires "
                                    "authentication."},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        if (strcmp(messages[i][0], code) == 0) {
            return messages[i][1];
        }
    }
    return messages[0][1];
}
