/* What the sandbox prints: invoices, credit notes and quotes on the same sheet (pdf/pdf.h). The
 * words that a filler adds are copied or borrowed from the document, which outlives the printing.
 */
#ifndef SANDBOX_PAPER_H
#define SANDBOX_PAPER_H

#include "base/buf.h"
#include "base/cx.h"
#include "pdf/pdf.h"
#include "sandbox/world.h"

enum { PAPER_ROWS = 1000, PAPER_FACTS = 6, PAPER_SUMS = 16, PAPER_BUYER = 8 };

struct paper {
    struct arena *arena;
    const json_t *subject; /* the document that is printed */
    const char *title, *badge, *buyer_label, *footer;
    struct pdf_row rows[PAPER_ROWS];
    struct pdf_pair facts[PAPER_FACTS];
    struct pdf_sum sums[PAPER_SUMS];
    struct str buyer[PAPER_BUYER];
    size_t row_count, fact_count, sum_count, buyer_count;
};

/* Beyond the maxima nothing is added. */
void paper_fact(struct paper *paper, const char *label, struct str value);
/* A member of the subject as a day; nothing when it is null. */
void paper_day(struct paper *paper, const char *label, const char *path);
/* Lines of who it is for; empty ones are left out. */
void paper_buyer(struct paper *paper, const char *text);
void paper_row(struct paper *paper, const struct pdf_row *row);
void paper_sum(struct paper *paper, const char *label, int64_t amount, bool is_strong);
/* An amount in the subject's currency. */
struct str paper_amount(const struct paper *paper, int64_t amount);
struct str paper_date(const struct paper *paper, int64_t unix_s);

/* Prints `subject` as `fill` says. */
struct err paper_print(struct world *world, const json_t *subject,
                       void (*fill)(struct paper *paper, struct world *world), struct buf *out);

#endif
