/* A year's invoices as one file: asked for, made paper by paper, kept for a week, and told to who
 * asked by a mail that leads to the list of invoices, behind the sign-in.
 *
 * The file is a ZIP of the provider's PDFs and of invoices.csv, which names each with its amounts.
 * A paper that the provider does not give is no reason to give none of the others: the CSV has no
 * file for it, and the row counts it. When it gives none at all, or
 * none of several in a row, the file fails. */
#ifndef APP_INVOICE_ARCHIVE_H
#define APP_INVOICE_ARCHIVE_H

#include "app/parcel.h"
#include "store/invoice_archive.h"
#include "store/retention.h"

enum { INVOICE_ARCHIVE_DAYS = 7, INVOICE_ARCHIVES_KEPT_MAX = 10, INVOICE_ARCHIVES_SHOWN = 20 };

/* CREATED, or DONE with the one that is being made; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED,
 * INVOICE_ARCHIVE_EMPTY, INVOICE_ARCHIVES_TOO_MANY. */
struct invoice_archive_ask {
    struct command command;
    struct str user_id, person_id; /* the second empty: a machine */
    int64_t year;                  /* INVOICE_YEAR_FIRST to INVOICE_YEAR_LAST */
    struct record_id id;           /* out */
};
void invoice_archive_ask(struct app *app, struct invoice_archive_ask *ask);

/* One that is being made is given up; of any other nothing changes. DONE;
 * INVOICE_ARCHIVE_NOT_FOUND. */
struct invoice_archive_cancel {
    struct command command;
    struct str user_id, id;
};
void invoice_archive_cancel(struct app *app, struct invoice_archive_cancel *cancel);

/* How the file is made, and a piece of it kept (parcel.h). */
extern const struct parcel_kind invoice_archive_parcel;
/* DONE; INVOICE_ARCHIVE_NOT_FOUND when nobody waits for it any more. */
void invoice_archive_keep(struct app *app, struct parcel_keep *keep);

/* --- having it --- */

MUST_USE struct err invoice_archive_read(struct tx *tx, struct str user_id, struct str id,
                                         struct invoice_archive_row *ret_row, bool *ret_found);
/* The newest first, at most INVOICE_ARCHIVES_SHOWN; items are struct invoice_archive_row. */
MUST_USE struct err invoice_archives_read(struct tx *tx, struct str user_id,
                                          struct row_list *ret_list);
/* Of parcel_kind. */
MUST_USE struct err invoice_archive_piece(struct tx *tx, struct str id, int64_t number,
                                          struct str *ret_body, bool *ret_found);
/* Ends files that were kept for their time, a few at once; their pieces go in turns. */
MUST_USE struct err invoice_archive_expire(struct tx *tx, struct retention_swept *ret_swept);

#endif
