#include "pdf/paper.h"

#include "base/arena.h"

/* Inter where it is installed, else what fontconfig gives; DejaVu for the scripts that Inter lacks.
 */
#define FONTS "Inter, DejaVu Sans, sans-serif"

static const struct style {
    double size;
    PangoWeight weight;
    double grey;
} styles[PAPER_STYLE_COUNT] = {
    [PAPER_TITLE] = {16.0, PANGO_WEIGHT_SEMIBOLD, 0.07},
    [PAPER_LABEL] = {7.5, PANGO_WEIGHT_MEDIUM, 0.42},
    [PAPER_TEXT] = {9.0, PANGO_WEIGHT_NORMAL, 0.13},
    [PAPER_SOFT] = {8.0, PANGO_WEIGHT_NORMAL, 0.42},
    [PAPER_STRONG] = {10.0, PANGO_WEIGHT_SEMIBOLD, 0.07},
};

static cairo_status_t write_some(void *context, const unsigned char *data, unsigned int size) {
    struct buf *out = context;
    buf_add(out, str_of((const char *)data, size));
    return out->has_failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

struct err paper_open(struct cx *cx, struct str language, struct buf *out,
                      struct paper *ret_paper) {
    struct paper paper = {.cx = cx, .out = out};
    TRY(engine_load(cx, &paper.engine));
    const char *tag = arena_cstr(cx->arena, language);
    if (arena_failed(cx->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    const struct engine *engine = &paper.engine;
    paper.surface =
        engine->cairo_pdf_surface_create_for_stream(write_some, out, PAPER_WIDTH, PAPER_HEIGHT);
    paper.cairo = engine->cairo_create(paper.surface);
    paper.language = engine->pango_language_from_string(tag);
    *ret_paper = paper;
    return OK;
}

struct err paper_close(struct paper *paper) {
    const struct engine *engine = &paper->engine;
    engine->cairo_destroy(paper->cairo);
    engine->cairo_surface_finish(paper->surface);
    bool is_whole = engine->cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS;
    engine->cairo_surface_destroy(paper->surface);
    if (arena_failed(paper->cx->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    return is_whole && !paper->out->has_failed ? OK : ERR(ERR_TOO_LARGE);
}

/* Letters stand where the type designer wants them, not where a screen has pixels. */
static void set_for_print(const struct paper *paper, PangoContext *context) {
    const struct engine *engine = &paper->engine;
    cairo_font_options_t *options = engine->cairo_font_options_create();
    engine->cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    engine->pango_cairo_context_set_font_options(context, options);
    engine->cairo_font_options_destroy(options);
    engine->pango_context_set_round_glyph_positions(context, FALSE);
    engine->pango_context_set_language(context, paper->language);
}

static PangoLayout *layout_of(const struct paper *paper, const struct style *style,
                              struct column column, const char *text) {
    const struct engine *engine = &paper->engine;
    PangoLayout *layout = engine->pango_cairo_create_layout(paper->cairo);
    PangoFontDescription *font = engine->pango_font_description_from_string(FONTS);
    PangoAttrList *attributes = engine->pango_attr_list_new();
    engine->pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    engine->pango_font_description_set_weight(font, style->weight);
    set_for_print(paper, engine->pango_layout_get_context(layout));
    engine->pango_layout_set_font_description(layout, font);
    /* Digits of one width, so that amounts stand under one another. */
    engine->pango_attr_list_insert(attributes, engine->pango_attr_font_features_new("tnum=1"));
    engine->pango_layout_set_attributes(layout, attributes);
    engine->pango_layout_set_width(layout, (int)(column.width * PANGO_SCALE));
    engine->pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    engine->pango_layout_set_alignment(layout,
                                       column.is_right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    engine->pango_layout_set_text(layout, text, -1);
    engine->pango_attr_list_unref(attributes);
    engine->pango_font_description_free(font);
    return layout;
}

double paper_text(struct paper *paper, enum paper_style style, struct column column, double y,
                  struct str text) {
    const struct engine *engine = &paper->engine;
    const char *words = arena_cstr(paper->cx->arena, text);
    if (text.len == 0 || arena_failed(paper->cx->arena)) {
        return 0;
    }
    const struct style *look = &styles[style];
    PangoLayout *layout = layout_of(paper, look, column, words);
    int height = 0;
    engine->pango_layout_get_size(layout, NULL, &height);
    if (!paper->is_dry) {
        engine->cairo_set_source_rgb(paper->cairo, look->grey, look->grey, look->grey);
        engine->cairo_move_to(paper->cairo, column.x, y);
        engine->pango_cairo_show_layout(paper->cairo, layout);
    }
    engine->g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

void paper_rule(struct paper *paper, struct column column, double y, bool is_strong) {
    const struct engine *engine = &paper->engine;
    double grey = is_strong ? 0.2 : 0.85;
    if (paper->is_dry) {
        return;
    }
    engine->cairo_set_source_rgb(paper->cairo, grey, grey, grey);
    engine->cairo_rectangle(paper->cairo, column.x, y, column.width, is_strong ? 0.8 : 0.5);
    engine->cairo_fill(paper->cairo);
}

void paper_end_page(struct paper *paper) {
    if (!paper->is_dry) {
        paper->engine.cairo_show_page(paper->cairo);
    }
}
