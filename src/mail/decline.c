#include "mail/decline.h"

#include "base/check.h"

static const struct {
    const char *codes; /* with blanks between; the last row is for all others */
    const char *words[LANGUAGE_COUNT];
} table[] = {
    {"insufficient_funds withdrawal_count_limit_exceeded card_velocity_exceeded",
     {"There is not enough money, or the card's limit is reached.",
      "Das Guthaben reicht nicht, oder das Kartenlimit ist erreicht."}},
    {"expired_card", {"The card has expired.", "Die Karte ist abgelaufen."}},
    {"incorrect_cvc invalid_cvc incorrect_number invalid_number invalid_expiry_month "
     "invalid_expiry_year incorrect_zip",
     {"The card's details are not right.", "Die Kartendaten stimmen nicht."}},
    {"authentication_required",
     {"Your bank wants you to confirm the payment.",
      "Ihre Bank verlangt, dass Sie die Zahlung bestätigen."}},
    {"processing_error reenter_transaction try_again_later issuer_not_available",
     {"The bank could not process it; that often passes.",
      "Die Bank konnte sie nicht verarbeiten; das legt sich oft von selbst."}},
    {"debit_not_authorized no_account account_closed bank_account_restricted "
     "bank_account_unusable",
     {"The bank account cannot be debited.", "Das Bankkonto kann nicht belastet werden."}},
    {"", {"The bank declined it.", "Die Bank hat sie abgelehnt."}},
};

static bool is_among(const char *codes, struct str code) {
    struct str rest = str_from_cstr(codes);
    while (rest.bytes != NULL) {
        if (str_equal(str_cut(&rest, ' '), code)) {
            return true;
        }
    }
    return false;
}

const char *decline_words(enum language language, struct str code) {
    size_t at = 0;
    while (at + 1 < ARRAY_LEN(table) && !is_among(table[at].codes, code)) {
        at++;
    }
    return table[at].words[language];
}
