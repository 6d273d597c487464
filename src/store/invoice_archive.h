/* Files of a year's invoices that somebody asked for, and their pieces. */
#ifndef STORE_INVOICE_ARCHIVE_H
#define STORE_INVOICE_ARCHIVE_H

#include "store/row.h"

struct invoice_archive_row {
    struct str user_id;
    struct record_id id;
    int64_t year;         /* of UTC */
    struct str status;    /* "running", "ready", "failed", "expired", "cancelled" */
    struct str person_id; /* who asked; empty: a machine */
    int64_t requested_at;
    int64_t finished_at, expires_at; /* or ROW_NONE */
    int64_t size;                    /* of the file in bytes */
    struct str sha256;               /* of the file, hexadecimal; may be empty */
    int64_t papers, missing;         /* in the file; and what the provider did not give */
};
MUST_USE struct err invoice_archive_insert(struct tx *tx, const struct invoice_archive_row *row);
MUST_USE struct err invoice_archive_set(struct tx *tx, const struct invoice_archive_row *row);
MUST_USE struct err invoice_archive_get(struct tx *tx, struct str user_id, struct str id,
                                        struct invoice_archive_row *ret_row, bool *ret_found);
/* Those before the id `before`, the newest first. */
MUST_USE struct err invoice_archive_of(struct tx *tx, struct str user_id, struct str before,
                                       size_t max, struct row_list *ret_list);
/* The one that is to be made next, whosever it is. */
MUST_USE struct err invoice_archive_next(struct tx *tx, struct invoice_archive_row *ret_row,
                                         bool *ret_found);
/* One that is being made of the same year for the same person. */
MUST_USE struct err invoice_archive_like(struct tx *tx, const struct invoice_archive_row *like,
                                         struct invoice_archive_row *ret_row, bool *ret_found);
/* A customer's that are being made or kept. */
MUST_USE struct err invoice_archive_count(struct tx *tx, struct str user_id, int64_t *ret_count);
/* Those that were to be kept until `now`. */
MUST_USE struct err invoice_archive_old(struct tx *tx, int64_t now, size_t max,
                                        struct row_list *ret_list);
/* Invoices of [from, to) that have a number, and so a paper. */
struct invoice_archive_span {
    struct str user_id;
    int64_t from, to;
};
MUST_USE struct err invoice_archive_papers(struct tx *tx, const struct invoice_archive_span *span,
                                           int64_t *ret_count);

struct invoice_archive_piece_row {
    struct str archive_id;
    int64_t number; /* from 0 */
    struct str user_id, body;
};
MUST_USE struct err invoice_archive_piece_put(struct tx *tx,
                                              const struct invoice_archive_piece_row *row);
/* *ret_found is false behind the last one. */
MUST_USE struct err invoice_archive_piece_get(struct tx *tx, struct str archive_id, int64_t number,
                                              struct invoice_archive_piece_row *ret_row,
                                              bool *ret_found);
/* Of files that are not kept any more, or were never finished: at most `max` pieces. */
MUST_USE struct err invoice_archive_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows);

#endif
