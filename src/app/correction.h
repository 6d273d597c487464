/* Corrections of issued invoices (core/correction.h): shown first, with every amount, then done as
 * shown, or not at all.
 *
 *   correction_preview.c  what it would come to: the provider is asked, and a row written
 *   correction.c          whether it may be, where it stands, and how it ends
 *   correction_steps.c    the calls of its operation, and what is compared before money moves
 *
 * The new invoice is made as a draft at first. Only when the provider's sums of it are those that
 * were shown is the old one credited, and only then is the new one issued; so whatever fails before
 * leaves nothing behind but a draft, which is deleted. */
#ifndef APP_CORRECTION_H
#define APP_CORRECTION_H

#include "app/approval.h"
#include "app/invoice_lines.h"
#include "app/operation_plan.h"
#include "core/locale.h"
#include "store/correction.h"
#include "store/invoice.h"

enum { CORRECTION_MINUTES = 30, CORRECTION_LINES_MAX = 50 };

/* --- whether --- */

/* What stands in the way whatever the new details are; DONE: nothing. The invoice is filled when it
 * was found. */
struct invoice_name {
    struct str user_id, invoice_id; /* ours */
};
MUST_USE struct err correction_check(const struct app *app, struct tx *tx,
                                     const struct invoice_name *name,
                                     struct invoice_row *ret_invoice, enum outcome *ret_outcome);
/* Whether the customer may do it by themselves: the total stays, nothing is paid back or charged,
 * and no reminder of an open invoice begins anew. */
MUST_USE struct err correction_is_quiet(struct tx *tx, const struct correction_row *row,
                                        const struct invoice_row *invoice, bool *ret_is);
/* Whom the customer's next invoice is billed to; *ret_tax_ids is the list that it has. */
MUST_USE struct err correction_buyer(struct tx *tx, struct str user_id, struct str purchase_order,
                                     struct str *ret_text, struct str *ret_tax_ids);

/* --- preview --- */

/* Asks the provider, and writes the row; `finished` is called once, on the loop's thread.
 * command.outcome is DONE; INVOICE_NOT_FOUND, what correction_check() gives,
 * CORRECTION_NOT_NEEDED, CORRECTION_NOT_POSSIBLE, TAX_LOCATION_INVALID,
 * PAYMENT_PROVIDER_UNAVAILABLE, PAYMENT_PROVIDER_REFUSED. */
struct correction_preview {
    struct command command;
    struct arena *arena; /* the caller's: for the result; untouched by the caller meanwhile */
    struct str user_id, invoice_id;
    bool has_purchase_order;
    struct str purchase_order;              /* to be printed; empty: none */
    struct correction_row row;              /* when DONE */
    struct str billed_before, billed_after; /* as app/billed_to.h writes them */
    bool is_quiet;                          /* the customer may do it */
    void (*finished)(struct correction_preview *preview);
    /* Its own, on the way. */
    struct invoice_row invoice;
    struct payments_call call;
};
void correction_preview_start(struct app *app, struct correction_preview *preview);

/* --- doing it: OPERATION_CORRECTION --- */

/* As money_back_decide(); request->quote_id is the correction's id. */
MUST_USE struct err correction_decide(const struct app *app, struct tx *tx,
                                      const struct operation_request *request,
                                      struct operation_plan *plan, enum outcome *ret_outcome);
/* Whether a second person is needed: by what the customer gets back, under the rule of credit
 * notes. */
MUST_USE struct err correction_needs_approval(struct app *app, struct tx *tx,
                                              const struct operation_request *request,
                                              bool *ret_needs);
MUST_USE struct err correction_describe(const struct app *app, struct tx *tx,
                                        const struct operation_request *request,
                                        struct approval_facts *ret_facts);
/* The operation has begun; *ret_is_free is false when the invoice is being corrected already. */
MUST_USE struct err correction_begun(struct tx *tx, struct str user_id,
                                     const struct operation_plan *plan, struct str operation_id);
/* What its calls have made at the provider; not of a correction: nothing happens. */
MUST_USE struct err correction_learn_invoice(struct tx *tx, const struct payments_call *call,
                                             const struct payments_answer *answer);
MUST_USE struct err correction_learn_note(struct tx *tx, const struct payments_call *call,
                                          const struct payments_answer *answer);
/* An operation has ended: the row, and the history's line. */
MUST_USE struct err correction_concluded(struct tx *tx, const struct operation_row *operation,
                                         enum outcome outcome);

/* --- its calls --- */

struct correction_facts {
    bool is_it; /* false: the operation is another, and the rest is empty */
    struct correction_row row;
    struct invoice_row invoice; /* that is corrected */
    struct invoice_lines lines;
    struct str draft_id, number, note_id; /* the provider's, as far as they are made */
    enum language language;               /* of what is printed */
};
MUST_USE struct err correction_facts_read(struct tx *tx, struct str user_id,
                                          const struct operation_plan *plan,
                                          struct correction_facts *ret_facts);
/* How often a call of this kind is made. */
size_t correction_times(const struct correction_facts *facts, enum payments_kind kind);
/* What the outbox has kept of an answer (outbox_result_of). */
void correction_remember(struct correction_facts *facts, enum payments_kind kind,
                         struct str result);
/* Fills what the call needs beside what every call has. */
void correction_describe_call(struct cx *cx, const struct correction_facts *facts, size_t nth,
                              struct payments_call *call);
/* Is that what was shown? *outcome becomes CORRECTION_EXPIRED if not, PAYMENT_PROVIDER_REFUSED when
 * the provider did not issue it. */
MUST_USE struct err correction_judge(struct tx *tx, const struct operation_plan *plan,
                                     const struct payments_call *call,
                                     const struct payments_answer *answer, enum outcome *outcome);
/* It has stopped: a draft that nothing was credited for is deleted. */
MUST_USE struct err correction_tidy(struct app *app, struct tx *tx, struct str user_id,
                                    const struct correction_facts *facts);

/* --- reading --- */

/* The invoices, ours, that this one corrects and that it is corrected by; empty: none. */
struct correction_links {
    struct record_id corrects, corrected_by;
};
MUST_USE struct err correction_links_read(struct tx *tx, struct str user_id, struct str invoice_id,
                                          struct correction_links *ret_links);
MUST_USE struct err correction_read(struct tx *tx, struct str user_id, struct str id,
                                    struct correction_row *ret_row, bool *ret_found);
/* Items are struct correction_row, the newest first; an empty customer: of all. */
MUST_USE struct err corrections_read(struct tx *tx, struct str user_id, struct str before,
                                     size_t max, struct row_list *ret_list);

#endif
