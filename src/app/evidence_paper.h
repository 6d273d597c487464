/* What describes a pack of evidence: the queries, the page for people, the manifest and its
 * signature. */
#ifndef APP_EVIDENCE_PAPER_H
#define APP_EVIDENCE_PAPER_H

#include "app/evidence.h"
#include "app/export_file.h"

#define EVIDENCE_FORMAT "turnpike-evidence/1"
#define EVIDENCE_MANIFEST "manifest.json"
#define EVIDENCE_SIGNATURE "manifest.json.sig"
#define EVIDENCE_NONE "None in this period."

enum { EVIDENCE_POPULATIONS_MAX = 64, EVIDENCE_OTHERS_MAX = 2 };

/* A kind of row with its files: JSON, CSV, the query. */
struct evidence_population {
    const struct evidence_noun *noun;
    const struct evidence_source *source; /* NULL: the store's */
    struct parcel_member members[EXPORT_FORM_COUNT + 1];
};

struct evidence_paper {
    struct app *app;
    struct evidence_pack_row row;
    struct str requester;  /* an operator's name; empty of others */
    struct str checkpoint; /* of the audit log, the latest; empty: none */
    struct evidence_population populations[EVIDENCE_POPULATIONS_MAX];
    size_t count;
    struct parcel_member others[EVIDENCE_OTHERS_MAX];
    size_t other_count;
};

/* Reads who asked, and the checkpoint; texts are the tx's arena's. `row` is there. */
MUST_USE struct err evidence_paper_begin(struct evidence_paper *paper, struct app *app,
                                         struct tx *tx);
void evidence_paper_query(const struct evidence_paper *paper, size_t population, struct buf *out);
void evidence_paper_readme(const struct evidence_paper *paper, struct buf *out);
void evidence_paper_manifest(const struct evidence_paper *paper, struct buf *out);
/* The line that makes a signed note of the manifest and an empty line. */
struct str evidence_paper_sign(const struct evidence_paper *paper, struct arena *arena,
                               struct str manifest);

/* Whether this row of the audit log says that what was asked for was not done. */
bool evidence_is_refusal(struct str row);

#endif
