/* Rows of the audit log as lines of a file. */
#ifndef APP_AUDIT_EXPORT_H
#define APP_AUDIT_EXPORT_H

#include "app/audit.h"
#include "base/buf.h"

enum audit_format { AUDIT_JSONL, AUDIT_CSV };

/* What stands before the first line: nothing, or the names of the columns. */
void audit_export_begin(enum audit_format format, struct buf *out);
/* JSON Lines: `{"hash":…,"leaf":…,"reason":…,"row":{…}}`, where the row is as it was hashed, byte
 * for byte. `reason` in words; bytes NULL when there is none to be read.
 *
 * CSV for spreadsheets, in cells that none takes for a formula (base/csv.h). */
void audit_export_row(enum audit_format format, const struct audit_row *row, struct str reason,
                      struct buf *out);

#endif
