/* How the correction of an invoice ends: rows of OUTCOMES (app/outcome.h), where their form is
 * told. */
#ifndef APP_OUTCOME_CORRECTION_H
#define APP_OUTCOME_CORRECTION_H

#define OUTCOMES_CORRECTION(X)                                                                     \
    X(INVOICE_NOT_CORRECTABLE, "invoice_not_correctable",                                          \
      "Only an issued invoice that is open or paid is corrected: a draft follows the details by "  \
      "itself, and one that is void or written off asks for nothing.")                             \
    X(INVOICE_ALREADY_CORRECTED, "invoice_already_corrected",                                      \
      "The invoice is corrected already, or is being so. Correct the new invoice instead.")        \
    X(INVOICE_GIVEN_BACK, "invoice_given_back",                                                    \
      "A part of the invoice was refunded or credited: it cannot be taken back as a whole.")       \
    X(INVOICE_DISPUTED, "invoice_disputed",                                                        \
      "The payment of the invoice was disputed at its bank: it stays as it was charged.")          \
    X(INVOICE_WITHDRAWABLE, "invoice_withdrawable",                                                \
      "The purchase can still be withdrawn from, and its money must go back the way it came: "     \
      "correct the invoice when that time is over.")                                               \
    X(CORRECTION_NOT_NEEDED, "correction_not_needed",                                              \
      "The invoice says what the billing details say. Correct those first.")                       \
    X(CORRECTION_NOT_POSSIBLE, "correction_not_possible",                                          \
      "The lines of the invoice cannot be billed again to the same amounts.")                      \
    X(CORRECTION_NEEDS_OPERATOR, "correction_needs_operator",                                      \
      "The correction would move money, or the invoice is overdue: ask whoever sends the "         \
      "invoices to do it.")                                                                        \
    X(CORRECTION_NOT_FOUND, "correction_not_found",                                                \
      "No correction of this invoice was shown under this id. Ask for a preview.")                 \
    X(CORRECTION_EXPIRED, "correction_expired",                                                    \
      "What was shown is too old, or is not what would happen now. Nothing was done: ask for a "   \
      "new preview.")

#endif
