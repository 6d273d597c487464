/* An invoice as the API shows it, in lists and alone. */
#ifndef API_INVOICE_OUT_H
#define API_INVOICE_OUT_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/invoice_list.h"

struct invoice_link {
    struct str id, number;
};

struct invoice_out {
    struct str id, user_id, number, status, state, stripe_id, hosted_url, pdf_url, lines;
    struct money amount, due, paid, tax, discount, given_back;
    int64_t due_date, period_start, period_end, created_at;
    bool has_due_date, has_discount;
    struct invoice_link corrects, corrected_by;
    bool is_correction, is_corrected;
};

/* With its place in a correction. The text is the row's or the arena's. */
MUST_USE struct err invoice_show(struct api_request *request, const struct invoice_standing *row,
                                 bool has_lines, struct invoice_out *out);

#endif
