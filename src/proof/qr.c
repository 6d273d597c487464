#include "proof/qr.h"

#include <qrencode.h>

#include "base/buf.h"
#include "base/check.h"

enum { QUIET = 4, SVG_MAX = 256 * 1024 };

static void release(QRcode **code) {
    QRcode_free(*code);
}

/* A row as bars: "M4 4h7v1h-7z" is seven black modules from (4, 4) on. */
static void add_row(struct buf *out, const QRcode *code, int y) {
    const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
    for (int x = 0, end = 0; x < code->width; x = end + 1) {
        for (end = x; end < code->width && (row[end] & 1) != 0; end++) {
        }
        if (end > x) {
            buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
        }
    }
}

struct str qr_svg(struct arena *arena, struct str text) {
    check(text.len > 0 && text.len <= QR_TEXT_MAX);
    CLEANUP(release)
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.bytes, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        arena->has_failed = true;
        return STR("");
    }
    int side = code->width + 2 * QUIET;
    struct buf out;
    buf_init(&out, arena->env, SVG_MAX);
    buf_printf(&out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
               "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
               "<path d=\"",
               side, side, side, side);
    for (int y = 0; y < code->width; y++) {
        add_row(&out, code, y);
    }
    buf_add(&out, STR("\"/></svg>"));
    return buf_finish_in(&out, arena);
}
