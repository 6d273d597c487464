/* Words of papers, in the reader's language. */
#ifndef API_PDF_TEXT_H
#define API_PDF_TEXT_H

#include "api/request.h"
#include "core/locale.h"

/* That which whoever is signed in has chosen; else the first of the reader's languages, where we
 * have it. */
enum language pdf_language(struct api_request *request);
/* In the arena. */
struct str pdf_money(struct arena *arena, enum language language, struct money money);
struct str pdf_day(struct arena *arena, enum language language, struct instant day);

#endif
