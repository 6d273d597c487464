/* Cells of CSV files (RFC 4180) for spreadsheets. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

/* In quotation marks, and kept from being a formula: see csv_cell. */
void csv_quoted(struct buf *out, struct str text);

/* In quotation marks, with the separator or the line's end behind it. A text that a spreadsheet
 * would take for a formula, since it begins with one of = + - @ or a tab, a carriage return or a
 * NUL, has an apostrophe before it (OWASP ASVS 5.0, 1.2.10). */
void csv_cell(struct buf *out, struct str text, bool is_last);

#endif
