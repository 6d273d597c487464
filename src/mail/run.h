/* Runs a template: a mail as plain text and as HTML from the same operations. */
#ifndef MAIL_RUN_H
#define MAIL_RUN_H

#include "base/buf.h"
#include "mail/facts.h"

enum { MAIL_COLUMNS = 72, MAIL_BODY_MAX = 30 * 1000 };

/* One line, such as a subject, not escaped. */
void mail_run_line(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out);
/* Blocks as text of MAIL_COLUMNS columns; addresses are never broken. */
void mail_run_text(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out);
/* The same blocks as HTML. */
void mail_run_html(const struct mail_program *program, const struct mail_facts *facts,
                   struct buf *out);
/* A part of the layout; `values` as in enum mail_layout_value, escaped before. */
void mail_run_part(enum mail_part part, const struct str values[MAIL_LAYOUT_VALUE_COUNT],
                   struct buf *out);
/* With & < > " ' as entities. */
void mail_escape(struct buf *out, struct str text);

#endif
