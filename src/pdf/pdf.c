/* Where things stand on the paper. It is set twice: dry, to learn how many pages there are, and
 * then for good. */
#include "pdf/pdf.h"

#include "base/arena.h"
#include "base/rfc3339.h"
#include "pdf/paper.h"

#define LEFT 56.0
#define RIGHT (PAPER_WIDTH - 56.0)
#define TOP 56.0
#define BOTTOM (PAPER_HEIGHT - 72.0)
#define GAP 18.0
#define ROW_SPACE 6.0

static const struct column whole = {LEFT, RIGHT - LEFT, false};
static const struct column left_half = {LEFT, 230.0, false};
static const struct column right_half = {LEFT + 260.0, RIGHT - LEFT - 260.0, false};
static const struct column description_column = {LEFT, 300.0, false};
static const struct column quantity_column = {LEFT + 308.0, 64.0, true};
static const struct column amount_column = {RIGHT - 105.0, 105.0, true};
static const struct column sum_label_column = {LEFT + 240.0, 130.0, false};
static const struct column sum_rule = {LEFT + 240.0, RIGHT - LEFT - 240.0, false};

struct setting {
    struct paper *paper;
    const struct pdf_document *document;
    int page, page_count; /* page_count 0: not known yet */
    double y;
};

static double higher(double a, double b) {
    return a > b ? a : b;
}

static double put(struct setting *setting, enum paper_style style, struct column column,
                  struct str text) {
    return paper_text(setting->paper, style, column, setting->y, text);
}

/* --- pages --- */

static void foot(struct setting *setting) {
    struct arena *arena = setting->paper->cx->arena;
    setting->y = BOTTOM + GAP;
    paper_rule(setting->paper, whole, setting->y, false);
    setting->y += ROW_SPACE;
    (void)put(setting, PAPER_SOFT, (struct column){LEFT, 360.0, false}, setting->document->footer);
    (void)put(setting, PAPER_SOFT, amount_column,
              arena_printf(arena, "%d / %d", setting->page, setting->page_count));
    paper_end_page(setting->paper);
}

static void next_page(struct setting *setting) {
    foot(setting);
    setting->page++;
    setting->y = TOP;
}

static bool fits(const struct setting *setting, double height) {
    return setting->y + height <= BOTTOM || setting->y <= TOP;
}

/* --- the head --- */

static double lines(struct setting *setting, struct column column, struct str label,
                    const struct str *text, size_t count) {
    double top = setting->y;
    setting->y += put(setting, PAPER_LABEL, column, label);
    setting->y += label.len > 0 ? 2.0 : 0;
    for (size_t i = 0; i < count; i++) {
        setting->y += put(setting, PAPER_TEXT, column, text[i]);
    }
    double height = setting->y - top;
    setting->y = top;
    return height;
}

/* Facts in pairs across the paper, three a line. */
static void facts(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    enum { A_LINE = 3 };
    double step = (RIGHT - LEFT) / A_LINE;
    double height = 0;
    for (size_t i = 0; i < document->fact_count; i++) {
        struct column column = {LEFT + step * (double)(i % A_LINE), step - 12.0, false};
        const struct pdf_pair *fact = &document->facts[i];
        height = higher(height, lines(setting, column, fact->label, &fact->value, 1));
        if (i % A_LINE == A_LINE - 1 || i + 1 == document->fact_count) {
            setting->y += height + 10.0;
            height = 0;
        }
    }
}

static void head(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    struct str title = arena_printf(setting->paper->cx->arena, STR_FMT " " STR_FMT,
                                    STR_ARG(document->title), STR_ARG(document->number));
    double height = put(setting, PAPER_TITLE, (struct column){LEFT, 408.0, false}, title);
    (void)put(setting, PAPER_STRONG, amount_column, document->badge);
    setting->y += height + GAP;
    height =
        lines(setting, left_half, document->buyer_label, document->buyer, document->buyer_count);
    height = higher(height,
                    lines(setting, right_half, STR(""), document->seller, document->seller_count));
    setting->y += height + GAP;
    facts(setting);
    setting->y += GAP - 10.0;
}

/* --- the table --- */

static void table_head(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    double height = put(setting, PAPER_LABEL, description_column, document->description_label);
    (void)put(setting, PAPER_LABEL, quantity_column, document->quantity_label);
    (void)put(setting, PAPER_LABEL, amount_column, document->amount_label);
    setting->y += height + 4.0;
    paper_rule(setting->paper, whole, setting->y, true);
    setting->y += ROW_SPACE;
}

static double row_at(struct setting *setting, const struct pdf_row *row) {
    double top = setting->y;
    double side = higher(put(setting, PAPER_TEXT, quantity_column, row->quantity),
                         put(setting, PAPER_TEXT, amount_column, row->amount));
    setting->y += put(setting, PAPER_TEXT, description_column, row->description);
    setting->y += put(setting, PAPER_SOFT, description_column, row->detail);
    double height = higher(side, setting->y - top);
    setting->y = top;
    return height;
}

/* How high something is, without setting it. */
static double height_of(struct setting *setting, const struct pdf_row *row) {
    bool was_dry = setting->paper->is_dry;
    setting->paper->is_dry = true;
    double height = row_at(setting, row);
    setting->paper->is_dry = was_dry;
    return height;
}

static void table(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    table_head(setting);
    for (size_t i = 0; i < document->row_count; i++) {
        double height = height_of(setting, &document->rows[i]) + 2 * ROW_SPACE;
        if (!fits(setting, height)) {
            next_page(setting);
            table_head(setting);
        }
        (void)row_at(setting, &document->rows[i]);
        setting->y += height - ROW_SPACE;
        paper_rule(setting->paper, whole, setting->y, false);
        setting->y += ROW_SPACE;
    }
}

/* The sums stay together. */
static void sums(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    if (!fits(setting, 20.0 * (double)document->sum_count)) {
        next_page(setting);
    }
    setting->y += ROW_SPACE;
    for (size_t i = 0; i < document->sum_count; i++) {
        const struct pdf_sum *sum = &document->sums[i];
        enum paper_style style = sum->is_strong ? PAPER_STRONG : PAPER_TEXT;
        if (sum->is_strong) {
            paper_rule(setting->paper, sum_rule, setting->y, true);
            setting->y += ROW_SPACE;
        }
        double height = put(setting, style, sum_label_column, sum->label);
        height = higher(height, put(setting, style, amount_column, sum->amount));
        setting->y += height + 4.0;
    }
    setting->y += GAP;
}

static void notes(struct setting *setting) {
    const struct pdf_document *document = setting->document;
    for (size_t i = 0; i < document->note_count; i++) {
        bool was_dry = setting->paper->is_dry;
        setting->paper->is_dry = true;
        double height = put(setting, PAPER_SOFT, whole, document->notes[i]);
        setting->paper->is_dry = was_dry;
        if (!fits(setting, height)) {
            next_page(setting);
        }
        setting->y += put(setting, PAPER_SOFT, whole, document->notes[i]) + ROW_SPACE;
    }
}

/* Gives the number of pages. */
static int set(struct paper *paper, const struct pdf_document *document, int page_count) {
    struct setting setting = {
        .paper = paper, .document = document, .page = 1, .page_count = page_count, .y = TOP};
    paper->is_dry = page_count == 0;
    head(&setting);
    table(&setting);
    sums(&setting);
    notes(&setting);
    foot(&setting);
    return setting.page;
}

static void describe(struct paper *paper, const struct pdf_document *document) {
    struct arena *arena = paper->cx->arena;
    char created[RFC3339_SIZE];
    rfc3339_format(document->created_at_s * 1000, created);
    struct str title = arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(document->title),
                                    STR_ARG(document->number));
    const char *text = arena_cstr(arena, title);
    if (arena_failed(arena)) {
        return;
    }
    const struct engine *engine = &paper->engine;
    engine->cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, text);
    engine->cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

struct err pdf_render(struct cx *cx, const struct pdf_document *document, struct buf *out) {
    struct paper paper;
    if (document->row_count > PDF_ROWS_MAX) {
        return cx_fail(cx, ERR(ERR_TOO_LARGE), "a paper has at most %d lines", PDF_ROWS_MAX);
    }
    TRY(paper_open(cx, document->language, out, &paper));
    describe(&paper, document);
    int page_count = set(&paper, document, 0);
    if (page_count <= PDF_PAGES_MAX) {
        (void)set(&paper, document, page_count);
    }
    TRY(paper_close(&paper));
    return page_count <= PDF_PAGES_MAX
               ? OK
               : cx_fail(cx, ERR(ERR_TOO_LARGE), "a paper has at most %d pages", PDF_PAGES_MAX);
}
