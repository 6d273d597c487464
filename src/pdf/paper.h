/* A sheet of paper: text in a column at a height, rules, pages. Lengths are points (1/72 inch) from
 * the upper left corner of A4. Only pdf includes this. */
#ifndef PDF_PAPER_H
#define PDF_PAPER_H

#include "base/buf.h"
#include "pdf/engine.h"

#define PAPER_WIDTH 595.28
#define PAPER_HEIGHT 841.89

enum paper_style {
    PAPER_TITLE,
    PAPER_LABEL, /* what a value is */
    PAPER_TEXT,
    PAPER_SOFT,
    PAPER_STRONG,
    PAPER_STYLE_COUNT
};

struct column {
    double x, width;
    bool is_right; /* set against the right edge, as numbers are */
};

struct paper {
    struct cx *cx;
    struct engine engine;
    struct buf *out;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLanguage *language;
    bool is_dry; /* measures only */
};

MUST_USE struct err paper_open(struct cx *cx, struct str language, struct buf *out,
                               struct paper *ret_paper);
/* Writes the rest of the file; tells whether all of it could be written. */
MUST_USE struct err paper_close(struct paper *paper);

/* Sets text into the column, wrapped, its top at y; gives its height. Nothing is 0 high. */
double paper_text(struct paper *paper, enum paper_style style, struct column column, double y,
                  struct str text);
/* A line across the column. */
void paper_rule(struct paper *paper, struct column column, double y, bool is_strong);
void paper_end_page(struct paper *paper);

#endif
