/* Packs of evidence: what an auditor is given of a period, made on the loop's thread as parcel.h
 * says, signed with the audit log's key, and kept for a month.
 *
 * A pack is a ZIP of populations (store/evidence.h, and those that only the program knows), each as
 * JSON and CSV with the query that gave it; a page for people, which says of each how many there
 * are or that there are none; manifest.json with the SHA-256 of every file; and manifest.json.sig,
 * the line that makes a signed note (proof/signed_note.h) of the manifest and an empty line. */
#ifndef APP_EVIDENCE_H
#define APP_EVIDENCE_H

#include "app/command_of.h"
#include "app/parcel.h"
#include "store/evidence.h"

enum {
    EVIDENCE_DAYS = 30,
    EVIDENCE_KEPT_MAX = 20,
    EVIDENCE_PERIOD_DAYS_MAX = 731,
};

/* --- what only the program knows --- */

struct evidence_reading {
    struct app *app;
    struct tx *tx;
    const struct evidence_place *place;
    struct buf *cursor; /* the reader's own words for where it stands; empty at the beginning */
    void *context;      /* evidence_program's */
    bool is_over;       /* out */
};
struct evidence_source {
    struct evidence_noun noun; /* EVIDENCE_BY_PROGRAM */
    const char *origin;        /* where the rows come from, in place of a query */
    /* The next rows, at most EXPORT_PAGE; items are struct export_row. */
    struct err (*read)(struct evidence_reading *reading, struct row_list *ret_list);
};
/* Of this layer's own: who may what, and each invoice computed once more. */
extern const struct evidence_source evidence_sources[];
extern const size_t evidence_sources_count;

/* What the start knows; lives as long as the app. */
struct evidence_program {
    struct str version, build;
    struct str sbom;                       /* CycloneDX, as the file said; empty: none was given */
    const struct evidence_source *sources; /* of other layers */
    size_t count;
    void *context;           /* theirs */
    struct progress *making; /* NULL: nobody asks how far it is */
};

/* --- asking --- */

/* CREATED, or DONE with the one that is being made; EVIDENCE_TOO_MANY. The period was checked. */
struct evidence_ask {
    struct command command;
    int64_t from, to;
    struct record_id id; /* out */
};
void evidence_ask(struct app *app, struct evidence_ask *ask);

/* One that is being made is given up; of any other nothing changes. DONE; EVIDENCE_NOT_FOUND. */
void evidence_cancel(struct app *app, struct command_of *cancel);

/* How far one is that is being made, in percent, and when it will be done by its pace so far;
 * false: nothing can be said of it, as while others are made before it. */
bool evidence_progress(const struct app *app, struct str id, int64_t *ret_percent,
                       struct instant *ret_done_at);

/* How the file is made, and a piece of it kept (parcel.h). */
extern const struct parcel_kind evidence_parcel;
void evidence_keep(struct app *app, struct parcel_keep *keep);

/* --- having it --- */

MUST_USE struct err evidence_read(struct tx *tx, struct str id, struct evidence_pack_row *ret_row,
                                  bool *ret_found);
/* Those before an id, the newest first; an empty status: any. */
MUST_USE struct err evidence_list(struct tx *tx, struct str before, struct str status, size_t max,
                                  struct row_list *ret_list);
/* Of parcel_kind. */
MUST_USE struct err evidence_piece(struct tx *tx, struct str id, int64_t number,
                                   struct str *ret_body, bool *ret_found);
/* Ends the files that were kept for their time; their pieces go in turns. */
MUST_USE struct err evidence_expire(struct tx *tx);

/* --- of each start --- */

/* The row that says which program starts, set up how. */
MUST_USE struct err evidence_note_start(struct tx *tx, const struct evidence_program *program,
                                        struct str configuration);

#endif
