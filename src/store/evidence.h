/* What an auditor is given of a period: packs, in pieces; and the kinds of rows that they are made
 * of, one table, each read a page at a time by a statement that is given beside its rows. */
#ifndef STORE_EVIDENCE_H
#define STORE_EVIDENCE_H

#include "store/export.h"

struct evidence_pack_row {
    struct record_id id;
    int64_t from_at, to_at; /* from the one, and before the other */
    struct str status;      /* "running", "ready", "failed", "expired", "cancelled" */
    struct str requested_by, requester_kind; /* as the audit log names them */
    int64_t requested_at;
    int64_t finished_at, expires_at; /* or ROW_NONE */
    int64_t size;                    /* of the file in bytes */
    struct str sha256;               /* of the file, hexadecimal; may be empty */
};
MUST_USE struct err evidence_pack_insert(struct tx *tx, const struct evidence_pack_row *row);
MUST_USE struct err evidence_pack_set(struct tx *tx, const struct evidence_pack_row *row);
MUST_USE struct err evidence_pack_get(struct tx *tx, struct str id,
                                      struct evidence_pack_row *ret_row, bool *ret_found);
/* Those before the id `before`, the newest first; an empty status: any. */
MUST_USE struct err evidence_pack_page(struct tx *tx, struct str before, struct str status,
                                       size_t max, struct row_list *ret_list);
/* The one that is to be made next. */
MUST_USE struct err evidence_pack_next(struct tx *tx, struct evidence_pack_row *ret_row,
                                       bool *ret_found);
/* One that is being made of the same period for the same person. */
MUST_USE struct err evidence_pack_like(struct tx *tx, const struct evidence_pack_row *like,
                                       struct evidence_pack_row *ret_row, bool *ret_found);
/* Those that are being made or kept. */
MUST_USE struct err evidence_pack_count(struct tx *tx, int64_t *ret_count);
/* Those that were to be kept until `now`. */
MUST_USE struct err evidence_pack_old(struct tx *tx, int64_t now, size_t max,
                                      struct row_list *ret_list);

struct evidence_piece_row {
    struct str pack_id;
    int64_t number; /* from 0 */
    struct str body;
};
MUST_USE struct err evidence_piece_put(struct tx *tx, const struct evidence_piece_row *row);
/* *ret_found is false behind the last one. */
MUST_USE struct err evidence_piece_get(struct tx *tx, struct str pack_id, int64_t number,
                                       struct evidence_piece_row *ret_row, bool *ret_found);
/* Of files that are not kept any more, or were never finished: at most `max` pieces. */
MUST_USE struct err evidence_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows);

struct program_start_row {
    struct record_id id;
    int64_t at;
    struct str version, build;
    struct str configuration; /* JSON, without secrets */
};
MUST_USE struct err program_start_insert(struct tx *tx, const struct program_start_row *row);

/* --- populations --- */

enum evidence_how {
    EVIDENCE_BY_TIME,    /* rows say when: it is asked for each of them */
    EVIDENCE_BY_ID,      /* their ids do, and an index knows these */
    EVIDENCE_BY_ACTION,  /* the same, of rows of the audit log with one of some actions */
    EVIDENCE_AS_IT_IS,   /* rows of now, whatever the period */
    EVIDENCE_BY_PROGRAM, /* of no statement: whoever makes the pack knows them */
};

struct evidence_noun {
    struct export_noun rows; /* of files; is_of_asker is not used */
    const char *control;     /* of the Trust Services Criteria: "CC6.1" */
    enum evidence_how how;
    const char *id_kind;        /* BY_ID: "mail" */
    const char *const *actions; /* BY_ACTION: which; ends with NULL */
    bool is_of_refusals;        /* of these rows those that were refused */
    bool is_of_alerts;          /* of mails those to the operators */
    size_t whose; /* the column, from 1, of whose key the sealed ones are under; 0: nobody's */
};
extern const struct evidence_noun evidence_nouns[];
extern const size_t evidence_nouns_count;

/* Where a walk over a population stands. */
struct evidence_place {
    int64_t from, to;
    struct str after; /* the id of the last row; empty at the beginning */
    size_t action;    /* BY_ACTION: which */
};
/* At most EXPORT_PAGE rows; items are struct export_row. */
MUST_USE struct err evidence_page(struct tx *tx, const struct evidence_noun *noun,
                                  const struct evidence_place *place, struct row_list *ret_list);
/* The statement as it is run; empty of EVIDENCE_BY_PROGRAM. */
struct str evidence_query(const struct evidence_noun *noun);

#endif
