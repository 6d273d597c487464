/* How questions about invoices end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_INVOICE_QUESTION_H
#define APP_OUTCOME_INVOICE_QUESTION_H

#define OUTCOMES_INVOICE_QUESTION(X)                                                               \
    X(QUESTION_DRAFT, "question_draft",                                                            \
      "This invoice is a draft: it can be asked about once it is issued.")                         \
    X(QUESTION_TOO_OFTEN, "question_too_often",                                                    \
      "Five questions about invoices came from this account within a day.")                        \
    X(QUESTION_TOO_MANY, "question_too_many",                                                      \
      "Three questions about this invoice are not settled yet.")                                   \
    X(QUESTION_NOT_FOUND, "question_not_found", "There is no such question about an invoice.")     \
    X(QUESTION_IS_ANSWERED, "question_answered", "This question was answered before.")             \
    X(QUESTION_IS_SETTLED, "question_settled", "This question is settled.")                        \
    X(QUESTION_NOT_ANSWERED, "question_not_answered",                                              \
      "Answer it first: nothing is explained that was not answered.")                              \
    X(QUESTION_NOT_CORRECTED, "question_not_corrected",                                            \
      "This invoice has neither a correction nor a credit note.")

#endif
