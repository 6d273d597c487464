/* Papers: an invoice, a credit note, an offer, as one A4 document in PDF.
 *
 * A paper has a head (who, whom, facts), one table with sums, and notes; what each of them says is
 * the caller's, ready to print: this layer knows type and pages, not money or languages. Text is
 * UTF-8 in any script; pango shapes it and picks the fonts that the machine has. The same document
 * gives the same bytes.
 *
 * cairo and pango are loaded when the first paper is made, not when the program starts
 * (docs/decisions/pango.md). */
#ifndef PDF_PDF_H
#define PDF_PDF_H

#include "base/buf.h"
#include "base/cx.h"

enum { PDF_ROWS_MAX = 1000, PDF_PAGES_MAX = 200, PDF_BYTES_MAX = 8 * 1024 * 1024 };

struct pdf_pair {
    struct str label, value;
};

struct pdf_row {
    struct str description;
    struct str detail; /* a softer second line: the period; may be empty */
    struct str quantity, amount;
};

struct pdf_sum {
    struct str label, amount;
    bool is_strong; /* the one that counts */
};

/* Every list is borrowed and may be empty. */
struct pdf_document {
    struct str language; /* BCP 47: "en", "de" */
    struct str title;    /* "Invoice" */
    struct str number;   /* beside it */
    struct str badge;    /* "Paid"; may be empty */
    const struct str *seller;
    size_t seller_count;
    struct str buyer_label; /* "Billed to" */
    const struct str *buyer;
    size_t buyer_count;
    const struct pdf_pair *facts;
    size_t fact_count;
    struct str description_label, quantity_label, amount_label;
    const struct pdf_row *rows;
    size_t row_count; /* at most PDF_ROWS_MAX; more fail with ERR_TOO_LARGE */
    const struct pdf_sum *sums;
    size_t sum_count;
    const struct str *notes; /* a paragraph each */
    size_t note_count;
    struct str footer;    /* at the foot of each page, beside "1 / 3" */
    int64_t created_at_s; /* UTC seconds, in the file's metadata */
};

/* Appends the file to `out`. ERR_NOT_FOUND, with a sentence in cx->detail, where the libraries are
 * not installed; ERR_TOO_LARGE when the document is too long; ERR_NO_MEMORY. */
MUST_USE struct err pdf_render(struct cx *cx, const struct pdf_document *document, struct buf *out);

#endif
