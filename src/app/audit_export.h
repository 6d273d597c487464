/* Rows of the audit log as lines of a file. */
#ifndef APP_AUDIT_EXPORT_H
#define APP_AUDIT_EXPORT_H

#include "app/audit.h"
#include "base/buf.h"

enum audit_format { AUDIT_JSONL, AUDIT_CSV };

/* What stands before the first line: nothing, or the names of the columns. */
void audit_export_begin(enum audit_format format, struct buf *out);
/* JSON Lines: `{"hash":…,"leaf":…,"row":{…}}`, where the row is as it was hashed, byte for byte.
 *
 * CSV (RFC 4180) for spreadsheets: a cell that one would take for a formula, since it begins with
 * one of = + - @ or a tab or carriage return, has an apostrophe before it (OWASP ASVS 5.0,
 * 1.2.10). */
void audit_export_row(enum audit_format format, const struct audit_row *row, struct buf *out);

#endif
