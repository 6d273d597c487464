/* The list of test cards. */
#include "sandbox/card.h"

#include <string.h>

#include "sandbox/iban.h"

#define DECLINED "card_declined"
#define ASKS "authentication_required"

/* Cards that pay have one row a brand; the others are Visa's, as in Stripe's list. */
static const struct test_card cards[] = {
    {"4242424242424242", "pm_card_visa", "visa", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"4242424242424242", "pm_card_us", "visa", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"4000056655665556", "pm_card_visa_debit", "visa", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"5555555555554444", "pm_card_mastercard", "mastercard", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"2223003122003222", NULL, "mastercard", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"5200828282828210", "pm_card_mastercard_debit", "mastercard", CARD_PAYS, NULL, NULL,
     CARD_RESTS},
    {"5105105105105100", "pm_card_mastercard_prepaid", "mastercard", CARD_PAYS, NULL, NULL,
     CARD_RESTS},
    {"378282246310005", "pm_card_amex", "amex", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"371449635398431", NULL, "amex", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"6011111111111117", "pm_card_discover", "discover", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"3056930009020004", "pm_card_diners", "diners", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"3566002020360505", "pm_card_jcb", "jcb", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"6200000000000005", "pm_card_unionpay", "unionpay", CARD_PAYS, NULL, NULL, CARD_RESTS},
    {"4000000000000077", "pm_card_bypassPending", "visa", CARD_PAYS, NULL, NULL,
     CARD_FUNDS_AT_ONCE},
    {"4000000000000259", "pm_card_createDispute", "visa", CARD_PAYS, NULL, NULL, CARD_IS_DISPUTED},
    {"4000000000002685", "pm_card_createDisputeProductNotReceived", "visa", CARD_PAYS, NULL, NULL,
     CARD_IS_DISPUTED_NOT_RECEIVED},
    {"4000000000001976", "pm_card_createDisputeInquiry", "visa", CARD_PAYS, NULL, NULL,
     CARD_IS_INQUIRED},
    {"4000000000007726", "pm_card_pendingRefund", "visa", CARD_PAYS, NULL, NULL, CARD_REFUNDS_LATE},
    {"4000000000005126", "pm_card_refundFail", "visa", CARD_PAYS, NULL, NULL, CARD_REFUNDS_FAIL},
    {"4000000000000341", "pm_card_chargeCustomerFail", "visa", CARD_DECLINES, DECLINED,
     "generic_decline", CARD_RESTS},
    {"4000000000000002", "pm_card_visa_chargeDeclined", "visa", CARD_REFUSES_SETUP, DECLINED,
     "generic_decline", CARD_RESTS},
    {"4000000000000002", "pm_card_chargeDeclined", "visa", CARD_REFUSES_SETUP, DECLINED,
     "generic_decline", CARD_RESTS},
    {"4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "visa", CARD_REFUSES_SETUP,
     DECLINED, "insufficient_funds", CARD_RESTS},
    {"4000000000009995", "pm_card_chargeDeclinedInsufficientFunds", "visa", CARD_REFUSES_SETUP,
     DECLINED, "insufficient_funds", CARD_RESTS},
    {"4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "visa", CARD_REFUSES_SETUP,
     DECLINED, "lost_card", CARD_RESTS},
    {"4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "visa", CARD_REFUSES_SETUP,
     DECLINED, "stolen_card", CARD_RESTS},
    {"4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded", "visa",
     CARD_REFUSES_SETUP, DECLINED, "card_velocity_exceeded", CARD_RESTS},
    {"4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa", CARD_REFUSES_SETUP,
     "expired_card", NULL, CARD_RESTS},
    {"4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "visa", CARD_REFUSES_SETUP,
     "incorrect_cvc", NULL, CARD_RESTS},
    {"4000000000000119", "pm_card_chargeDeclinedProcessingError", "visa", CARD_REFUSES_SETUP,
     "processing_error", NULL, CARD_RESTS},
    {"4100000000000019", "pm_card_radarBlock", "visa", CARD_REFUSES_SETUP, DECLINED, "fraudulent",
     CARD_RESTS},
    {"4000002760003184", "pm_card_authenticationRequired", "visa", CARD_ASKS_ALWAYS, DECLINED, ASKS,
     CARD_RESTS},
    {"4000000000003220", "pm_card_threeDSecure2Required", "visa", CARD_ASKS_ALWAYS, DECLINED, ASKS,
     CARD_RESTS},
    {"4000002500003155", "pm_card_authenticationRequiredOnSetup", "visa", CARD_ASKS_UNLESS_SET_UP,
     DECLINED, ASKS, CARD_RESTS},
    {"4000003800000446", "pm_card_authenticationRequiredSetupForOffSession", "visa",
     CARD_ASKS_ON_SESSION, DECLINED, ASKS, CARD_RESTS},
    {"4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "visa",
     CARD_ASKS_THEN_DECLINES, DECLINED, "insufficient_funds", CARD_RESTS},
    {"4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined", "visa",
     CARD_ASKS_THEN_DECLINES, DECLINED, "generic_decline", CARD_RESTS},
    {"000123456789", "pm_usBankAccount_success", "bank", CARD_IS_BANK_ACCOUNT, NULL, NULL,
     CARD_RESTS},
    {"000111111113", "pm_usBankAccount_accountClosed", "bank", CARD_IS_BANK_ACCOUNT,
     "account_closed", NULL, CARD_RESTS},
    {"000111111116", "pm_usBankAccount_noAccount", "bank", CARD_IS_BANK_ACCOUNT, "no_account", NULL,
     CARD_RESTS},
    {"000222222227", "pm_usBankAccount_insufficientFunds", "bank", CARD_IS_BANK_ACCOUNT,
     "insufficient_funds", NULL, CARD_RESTS},
    {"000333333335", "pm_usBankAccount_debitNotAuthorized", "bank", CARD_IS_BANK_ACCOUNT,
     "debit_not_authorized", NULL, CARD_RESTS},
    {"000444444440", "pm_usBankAccount_invalidCurrency", "bank", CARD_IS_BANK_ACCOUNT,
     "payment_method_currency_mismatch", NULL, CARD_RESTS},
    {"000555555559", "pm_usBankAccount_dispute", "bank", CARD_IS_BANK_ACCOUNT, NULL, NULL,
     CARD_IS_DISPUTED},
    {"000666666661", "pm_usBankAccount_failMicrodeposits", "bank", CARD_IS_BANK_ACCOUNT, NULL, NULL,
     CARD_MICRODEPOSITS_FAIL},
    {"000000000009", "pm_usBankAccount_processing", "bank", CARD_IS_BANK_ACCOUNT, NULL, NULL,
     CARD_NEVER_SETTLES},
    {"000777777771", "pm_usBankAccount_weeklyLimitExceeded", "bank", CARD_DECLINES,
     "charge_exceeds_source_limit", NULL, CARD_RESTS},
    {"000000004954", "pm_usBankAccount_riskLevelHighest", "bank", CARD_DECLINES,
     "payment_method_provider_decline", NULL, CARD_RESTS},
};

bool card_is_number(struct str number, const char *digits) {
    for (size_t i = 0; i < number.len; i++) {
        char c = number.bytes[i];
        c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
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
        if (card_is_number(number, cards[i].number)) {
            return &cards[i];
        }
    }
    return iban_by_number(number);
}

const struct test_card *card_by_token(const char *token) {
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        if (cards[i].token != NULL && strcmp(cards[i].token, token) == 0) {
            return &cards[i];
        }
    }
    return iban_by_token(token);
}

const struct test_card *card_at(size_t index) {
    return index < ARRAY_LEN(cards) ? &cards[index] : NULL;
}

bool card_is_bank(const struct test_card *card) {
    return strcmp(card->brand, "bank") == 0;
}

bool card_is_debit(const struct test_card *card) {
    return strcmp(card_type(card), "card") != 0;
}

const char *card_type(const struct test_card *card) {
    return card_is_bank(card)                 ? "us_bank_account"
           : strcmp(card->brand, "sepa") == 0 ? "sepa_debit"
                                              : "card";
}

static const char *const messages[][2] = {
    {"card_declined", "Your card was declined."},
    {"expired_card", "Your card has expired."},
    {"incorrect_cvc", "Your card's security code is incorrect."},
    {"processing_error", "An error occurred while processing your card. Try again in a little "
                         "bit."},
    {"authentication_required", "Your card was declined. This transaction requires "
                                "authentication."},
    {"payment_intent_authentication_failure", "We are unable to authenticate your payment method. "
                                              "Please choose a different payment method and try "
                                              "again."},
    {"setup_intent_authentication_failure", "We are unable to authenticate your payment method. "
                                            "Please choose a different payment method and try "
                                            "again."},
    {"insufficient_funds", "Your card has insufficient funds."},
    {"card_velocity_exceeded", "Your card was declined for making repeated attempts too "
                               "frequently or exceeding its amount limit."},
    {"generic_decline", "Your card was declined."},
    {"lost_card", "Your card was declined."},
    {"stolen_card", "Your card was declined."},
    {"fraudulent", "Your card was declined."},
    {"account_closed", "The customer's bank account has been closed."},
    {"no_account", "The customer's bank account could not be located."},
    {"debit_not_authorized", "The customer has notified their bank that this payment was "
                             "unauthorized."},
    {"payment_method_currency_mismatch", "The currency of this payment is not that of the "
                                         "customer's bank account."},
    {"charge_exceeds_source_limit", "This payment exceeds the limit of what may be debited from "
                                    "the bank account in a week."},
    {"charge_exceeds_transaction_limit",
     "This payment exceeds the limit of a transaction of the bank "
     "account."},
    {"payment_intent_payment_attempt_failed", "The payment failed: the bank account could not be "
                                              "debited."},
    {"payment_method_provider_decline", "The payment was blocked: its risk is of the highest "
                                        "level."},
    {"bank_account_unverified",
     "The bank account has not been verified. Verify it with the customer "
     "present before it is debited."},
    {"payment_method_microdeposit_failed", "The microdeposits could not be sent to the bank "
                                           "account."},
    {"payment_method_microdeposit_verification_attempts_exceeded",
     "You have exceeded the number of allowed verification attempts."},
    {"payment_method_microdeposit_verification_timeout",
     "The microdeposits were not verified in time."},
};

static size_t message_of(const char *code) {
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        if (strcmp(messages[i][0], code) == 0) {
            return i;
        }
    }
    return ARRAY_LEN(messages);
}

const char *card_message(const char *code) {
    size_t i = message_of(code);
    return messages[i == ARRAY_LEN(messages) ? 0 : i][1];
}

const char *card_sentence(const struct test_card *card) {
    if (card_is_debit(card) && strcmp(card->code, "insufficient_funds") == 0) {
        return "The customer's account has insufficient funds to cover this payment.";
    }
    return card_message(card->decline_code == NULL ? card->code : card->decline_code);
}

const char *card_word(const char *code) {
    size_t i = message_of(code);
    return i == ARRAY_LEN(messages) ? NULL : messages[i][0];
}
