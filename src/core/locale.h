/* Amounts, numbers and instants as people read them, by language. One table a language; nothing is
 * asked of the machine's locale, so that a text is the same wherever it is made.
 *
 *     en   $1,234.50     1,234.5 GB    3 March 2026, 09:05 UTC
 *     de   1.234,50 $    1.234,5 GB    3. März 2026, 09:05 Uhr UTC */
#ifndef CORE_LOCALE_H
#define CORE_LOCALE_H

#include "core/calendar.h"
#include "core/metric.h"
#include "core/money.h"
#include "core/period.h"
#include "core/text.h"

enum language { LANGUAGE_EN, LANGUAGE_DE };
enum { LANGUAGE_COUNT = LANGUAGE_DE + 1, LOCALE_TEXT_SIZE = 64 };

const char *language_name(enum language language); /* "en" */
MUST_USE bool language_parse(struct str text, enum language *ret_language);

/* Each adds to `text`; LOCALE_TEXT_SIZE bytes hold any of them. */
void locale_count(struct text *text, enum language language, int64_t count);
/* Of the dollar, euro, pound and yen by its sign, else by its code. */
void locale_money(struct text *text, enum language language, struct money money);
/* Bytes as kB, MB, GB or TB with one decimal, rounded toward zero; build time in minutes, so too;
 * all else as a number. */
void locale_quantity(struct text *text, enum language language, enum metric metric,
                     struct quantity quantity);
void locale_date(struct text *text, enum language language, struct instant instant);
void locale_instant(struct text *text, enum language language, struct instant instant);

/* "Build minutes", "monthly" */
const char *locale_metric(enum language language, enum metric metric);
const char *locale_interval(enum language language, enum interval interval);

#endif
