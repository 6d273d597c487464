/* Corrections of issued invoices, as stored. */
#ifndef STORE_CORRECTION_H
#define STORE_CORRECTION_H

#include "core/correction.h"
#include "store/row.h"

struct correction_row {
    struct record_id id;
    struct str user_id;
    struct record_id invoice_id;                     /* that is corrected */
    int status;                                      /* enum correction_status */
    struct record_id new_invoice_id, credit_note_id; /* ours; empty: none yet */
    struct str operation_id;                         /* empty: not begun */
    struct str details_hash;   /* SHA-256 of whom the new invoice is billed to */
    struct str purchase_order; /* as it will be printed; empty: none */
    bool sends_invoice;        /* the new invoice is sent, as the old one was */
    struct str currency;
    int64_t total_before, tax_before, total_after, tax_after; /* minor units, as the rest */
    int64_t refunded, credited, due;
    int64_t balance; /* of the customer before; negative: in their favour */
    int64_t created_at, valid_until;
    int64_t finished_at; /* or ROW_NONE */
};

MUST_USE struct err correction_insert(struct tx *tx, const struct correction_row *row);
/* Writes status, new_invoice_id, credit_note_id, operation_id and finished_at. ERR_CONFLICT when
 * the invoice is being corrected, or was. */
MUST_USE struct err correction_move(struct tx *tx, const struct correction_row *row);
MUST_USE struct err correction_get(struct tx *tx, struct str user_id, struct str id,
                                   struct correction_row *ret_row, bool *ret_found);
MUST_USE struct err correction_by_operation(struct tx *tx, struct str user_id,
                                            struct str operation_id, struct correction_row *ret_row,
                                            bool *ret_found);
/* The one under way, or done, that corrects this invoice; and the one that this invoice came of. */
MUST_USE struct err correction_from(struct tx *tx, struct str user_id, struct str invoice_id,
                                    struct correction_row *ret_row, bool *ret_found);
MUST_USE struct err correction_to(struct tx *tx, struct str user_id, struct str invoice_id,
                                  struct correction_row *ret_row, bool *ret_found);
/* Those that were begun, before the id `before` (empty: all), the newest first; of one customer, or
 * empty: of all. Items are struct correction_row. */
MUST_USE struct err correction_page(struct tx *tx, struct str user_id, struct str before,
                                    size_t max, struct row_list *ret_list);

#endif
