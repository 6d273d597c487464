/* A ZIP file that is made and given on the loop's thread without the loop or memory ever seeing the
 * whole of it: member by member, a page of rows in a step, and taken away in pieces that are rows
 * themselves. What it is made of is its kind's; jobs/parcel.c drives it. A restart begins a file
 * that was not finished anew. Pieces of files that are kept no longer go in turns, too. */
#ifndef APP_PARCEL_H
#define APP_PARCEL_H

#include "app/app.h"
#include "base/buf.h"
#include "base/sha256.h"
#include "base/zip.h"

enum { PARCEL_PIECE = 96 * 1024 }; /* of the file, in a row; only the last has less */

/* A piece of the file, or that it cannot be made: written as a command. */
struct parcel_keep {
    struct command command;
    struct str id;      /* whose file */
    struct str subject; /* under whose key it is kept; empty: the installation's */
    struct str body;    /* the parcel's until the command is done */
    int64_t number;     /* from 0 */
    bool is_last, has_failed;
    int64_t size;          /* of the whole, with the last */
    int64_t made, missing; /* the kind's own counts, as they stand */
    char sha256[SHA256_HEX];
};

enum { PARCEL_NAME_MAX = 64 };
struct parcel_member {
    char name[PARCEL_NAME_MAX];
    int64_t size, rows;
    char sha256[SHA256_HEX];
};

/* Something of the outside world that a step needs, which jobs/parcel.c fetches before the next
 * one: once, and what came of it is the step's to judge. */
struct parcel_fetch {
    struct buf url; /* empty: nothing is wanted */
    size_t max;     /* bytes of the body */
    /* what came of the last one */
    struct err err;
    int status;
    struct buf body;
};

struct parcel;
struct parcel_kind {
    const char *name; /* in events of the log */
    size_t room;      /* of the struct that begins with a parcel */
    /* Reads whose file is to be made next; *ret_found is false when nobody waits for one. */
    struct err (*open)(struct parcel *parcel, bool *ret_found);
    /* Goes on for a page of rows, with memory that ends with the step. */
    struct err (*step)(struct parcel *parcel, struct cx *cx);
    void (*close)(struct parcel *parcel); /* of what the kind added; may be NULL */
    /* Submits it: DONE, or any other outcome when nobody waits for the file any more. */
    void (*keep)(struct app *app, struct parcel_keep *keep);
    /* A piece that was kept, opened. */
    struct err (*piece)(struct tx *tx, struct str id, int64_t number, struct str *ret_body,
                        bool *ret_found);
    /* Takes at most `max` pieces of files that nobody may have any more. */
    struct err (*drop)(struct tx *tx, int64_t max, int64_t *ret_rows);
};

/* A kind's struct begins with one. */
struct parcel {
    const struct parcel_kind *kind;
    struct app *app;
    struct arena arena; /* lives as long as it does */
    struct cx cx;
    struct str id, subject; /* set by open */
    int64_t made_at;        /* the same: of the members, milliseconds UTC */
    struct buf text;        /* into it a step writes of the open member */
    struct parcel_fetch fetch;
    int64_t made, missing; /* counted by the kind, kept with its pieces */
    /* parcel.c's own */
    struct zip *zip;
    struct parcel_member *member; /* that is open, or NULL */
    struct sha256_stream member_hash, hash;
    struct buf out; /* of the file, not kept yet */
    int64_t size, piece;
    size_t in_hand; /* bytes of `out` that are being kept */
    bool is_over, has_told_last;
};

/* Of the file that waits longest; *ret_parcel is NULL when none does. */
MUST_USE struct err parcel_start(const struct parcel_kind *kind, struct app *app,
                                 struct parcel **ret_parcel);
void parcel_destroy(struct parcel *parcel); /* takes NULL */
/* Goes on; then parcel_piece() may have one. A failure is told in parcel->cx.detail. */
MUST_USE struct err parcel_step(struct parcel *parcel);
/* True when the next piece is to be kept. */
bool parcel_piece(struct parcel *parcel, struct parcel_keep *ret_keep);
/* True while a step waits for something, which is to be fetched. */
bool parcel_wants(const struct parcel *parcel);
/* What came of it; the answer is copied. */
void parcel_fetched(struct parcel *parcel, const struct env_http_answer *answer);
/* The piece is kept: its room is free again. */
void parcel_kept(struct parcel *parcel);
/* The same for a file that cannot be made. */
void parcel_fail(struct parcel *parcel, struct parcel_keep *ret_keep);

/* --- once it is made --- */

/* Bytes of a kept file. */
struct parcel_span {
    const struct parcel_kind *kind;
    struct str id;
    uint64_t at; /* from there on */
    size_t max;  /* so many at most; at least 1 */
};
/* Appended, at least one. ERR_NOT_FOUND when the piece is gone, as after an erasure. */
MUST_USE struct err parcel_read(struct app *app, const struct parcel_span *span, struct buf *out);

/* A few pieces of files that are kept no longer. */
struct parcel_drop {
    struct command command;
    const struct parcel_kind *kind;
    bool has_more; /* out */
};
void parcel_drop(struct app *app, struct parcel_drop *drop);

/* --- for kinds, within a step --- */

/* Opens a member of this name, which outlives the parcel's work on it. */
MUST_USE struct err parcel_begin(struct parcel *parcel, struct parcel_member *member,
                                 struct str name);
/* Hands `text` on into the open member, and clears it. */
MUST_USE struct err parcel_flush(struct parcel *parcel);
/* Flushes and closes it: size and hash are known. */
MUST_USE struct err parcel_end(struct parcel *parcel);
/* A whole member from `text`. */
MUST_USE struct err parcel_add(struct parcel *parcel, struct parcel_member *member,
                               struct str name);
/* The next step comes when this was fetched, or could not be; of a longer body ERR_TOO_LARGE. */
MUST_USE struct err parcel_want(struct parcel *parcel, struct str url, size_t max);
/* No more members. */
MUST_USE struct err parcel_finish(struct parcel *parcel);

#endif
