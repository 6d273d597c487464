/* Credit notes as mirrored from Stripe, and which charge paid which invoice. */
#ifndef STORE_CREDIT_NOTE_H
#define STORE_CREDIT_NOTE_H

#include "store/row.h"

struct credit_note_row {
    struct str user_id;
    struct record_id id;
    struct str stripe_credit_note_id;
    struct record_id invoice_id;
    struct str number;
    struct str status; /* Stripe's word: "issued", "void" */
    struct str reason; /* Stripe's word: "duplicate", "fraudulent", …; may be empty */
    struct str currency;
    int64_t amount;                          /* minor units, with tax */
    int64_t refunded, credited, out_of_band; /* what came of it once the invoice was paid */
    struct str pdf_url;
    int64_t created_at;
};
MUST_USE struct err credit_note_put(struct tx *tx, const struct credit_note_row *row);
MUST_USE struct err credit_note_get(struct tx *tx, struct str user_id, struct str id,
                                    struct credit_note_row *ret_row, bool *ret_found);
/* The oldest first; items are struct credit_note_row. */
MUST_USE struct err credit_note_list(struct tx *tx, struct str user_id, struct str invoice_id,
                                     size_t max, struct row_list *ret_list);

/* A charge pays one invoice; what is known already stays. */
MUST_USE struct err invoice_charge_put(struct tx *tx, struct str user_id, struct str charge_id,
                                       struct str invoice_id);
/* What was given back of it, the oldest first; items are struct refund_row (store/charge.h). */
MUST_USE struct err invoice_refund_list(struct tx *tx, struct str user_id, struct str invoice_id,
                                        size_t max, struct row_list *ret_list);

#endif
