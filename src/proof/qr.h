/* A QR code of a short text, drawn as SVG, by libqrencode. */
#ifndef PROOF_QR_H
#define PROOF_QR_H

#include "base/arena.h"
#include "base/str.h"

enum { QR_TEXT_MAX = 512 }; /* bytes */

/* A square image with the quiet zone of four modules around it (ISO/IEC 18004), black on white in
 * any theme, without a size: the page gives one. A text is a consequence of our own names, so that
 * one longer than QR_TEXT_MAX is a bug. Empty when memory ended: then the arena has failed. */
struct str qr_svg(struct arena *arena, struct str text);

#endif
