/* What is kept of somebody, as a file for them: asked for, made piece by piece, kept for a week,
 * and given to who asked.
 *
 * The file is a ZIP: JSON and CSV of each kind of row (store/export.h), and a manifest. It is
 * written from pages of rows on the loop's thread, so that neither the loop nor memory sees the
 * whole; its pieces are rows, sealed under the key of whose data they are. A restart begins a file
 * that was not finished anew. */
#ifndef APP_EXPORT_H
#define APP_EXPORT_H

#include "app/app.h"
#include "app/parcel.h"
#include "base/buf.h"
#include "store/privacy.h"
#include "store/retention.h"

enum { EXPORT_DAYS = 7, EXPORTS_KEPT_MAX = 10 };

/* CREATED, or DONE with the one that is being made; EXPORTS_TOO_MANY, CUSTOMER_NOT_FOUND,
 * CUSTOMER_ERASED. */
struct export_ask {
    struct command command;
    struct str user_id;             /* the customer; empty: the person's own */
    struct str person_id;           /* who asks, and may have it; empty: a machine */
    struct privacy_request_row row; /* its texts end with the transaction */
};
void export_ask(struct app *app, struct export_ask *ask);

/* Whether this one asked for it. `subject` is as privacy_subject() has it; empty: of anybody. */
bool export_is_theirs(const struct privacy_request_row *row, struct str subject,
                      struct str person_id);

/* One that is being made is given up by who asked for it; of any other nothing changes. DONE;
 * PRIVACY_REQUEST_NOT_FOUND. */
struct export_cancel {
    struct command command;
    struct str subject, person_id, id;
};
void export_cancel(struct app *app, struct export_cancel *cancel);

/* How the file is made, and a piece of it kept (parcel.h). */
extern const struct parcel_kind export_parcel;
/* DONE; PRIVACY_REQUEST_NOT_FOUND when nobody waits for it any more. */
void export_keep(struct app *app, struct parcel_keep *keep);

/* --- having it --- */

/* Of parcel_kind. */
MUST_USE struct err export_piece(struct tx *tx, struct str id, int64_t number, struct str *ret_body,
                                 bool *ret_found);
/* Ends files that were kept for their time, a few at once; their pieces go in turns. */
MUST_USE struct err export_expire(struct tx *tx, struct retention_swept *ret_swept);

#endif
