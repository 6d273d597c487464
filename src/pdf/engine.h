/* cairo and pango, loaded when first asked for. Only pdf includes this. */
#ifndef PDF_ENGINE_H
#define PDF_ENGINE_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/cx.h"

/* Every foreign function that a paper takes. */
#define ENGINE_FUNCTIONS(X)                                                                        \
    X(cairo_create)                                                                                \
    X(cairo_destroy)                                                                               \
    X(cairo_fill)                                                                                  \
    X(cairo_font_options_create)                                                                   \
    X(cairo_font_options_destroy)                                                                  \
    X(cairo_font_options_set_hint_metrics)                                                         \
    X(cairo_move_to)                                                                               \
    X(cairo_pdf_surface_create_for_stream)                                                         \
    X(cairo_pdf_surface_set_metadata)                                                              \
    X(cairo_rectangle)                                                                             \
    X(cairo_set_source_rgb)                                                                        \
    X(cairo_show_page)                                                                             \
    X(cairo_surface_destroy)                                                                       \
    X(cairo_surface_finish)                                                                        \
    X(cairo_surface_status)                                                                        \
    X(g_object_unref)                                                                              \
    X(pango_attr_font_features_new)                                                                \
    X(pango_attr_list_insert)                                                                      \
    X(pango_attr_list_new)                                                                         \
    X(pango_attr_list_unref)                                                                       \
    X(pango_cairo_context_set_font_options)                                                        \
    X(pango_cairo_create_layout)                                                                   \
    X(pango_cairo_show_layout)                                                                     \
    X(pango_context_set_language)                                                                  \
    X(pango_context_set_round_glyph_positions)                                                     \
    X(pango_font_description_free)                                                                 \
    X(pango_font_description_from_string)                                                          \
    X(pango_font_description_set_absolute_size)                                                    \
    X(pango_font_description_set_weight)                                                           \
    X(pango_language_from_string)                                                                  \
    X(pango_layout_get_context)                                                                    \
    X(pango_layout_get_size)                                                                       \
    X(pango_layout_set_alignment)                                                                  \
    X(pango_layout_set_attributes)                                                                 \
    X(pango_layout_set_font_description)                                                           \
    X(pango_layout_set_text)                                                                       \
    X(pango_layout_set_width)                                                                      \
    X(pango_layout_set_wrap)

struct engine {
#define X(name) __typeof__(&name) name;
    ENGINE_FUNCTIONS(X)
#undef X
};

/* Finds the functions. The libraries stay loaded from then on: GLib cannot be unloaded. */
MUST_USE struct err engine_load(struct cx *cx, struct engine *ret_engine);

#endif
