/* The journal: what a node had counted, for the case that its process dies before it could tell.
 *
 * A file of lines, one for each change of a row's figures, with the figures as they then stood; the
 * last line of a row counts. Appended and synced each 100 ms, so that a crash loses what was used
 * since. A line carries a checksum: a torn tail is known and cut. Once all of earlier epochs is
 * told, or the file has grown, it is written anew beside itself and takes its place.
 *
 * The present epoch is named by a line of its own before anything is sent under it: an epoch in
 * which nothing was used holds grants as well, and the next one must be later than it. */
#ifndef EDGE_JOURNAL_H
#define EDGE_JOURNAL_H

#include "base/buf.h"
#include "edge/node.h"

enum {
    EDGE_JOURNAL_MAX = 256 * 1024 * 1024, /* to be read */
    EDGE_JOURNAL_ANEW = 8 * 1024 * 1024,  /* and four times what it began with: written anew */
};

struct edge_journal {
    struct env *env;
    char *path;
    struct env_file *file; /* NULL: there is no journal */
    uint64_t len, begun;
    struct buf lines;                  /* to be written */
    bool has_old;                      /* holds lines of earlier epochs */
    bool is_anew;                      /* `lines` are all of it */
    char last_epoch[EDGE_EPOCH_SIZE];  /* that was read */
    char named_epoch[EDGE_EPOCH_SIZE]; /* the last that a line names */
};

/* Opens or makes the file, locks it, and settles with the node all that it tells. ERR_BUSY: another
 * process has it. NULL for `path`: no journal. */
MUST_USE struct err edge_journal_open(struct edge_journal *journal, struct env *env,
                                      const char *path, struct edge_node *node);
void edge_journal_close(struct edge_journal *journal);

/* Takes down what has changed; then edge_journal_sync() writes it, and may wait for the disk. */
void edge_journal_gather(struct edge_journal *journal, struct edge_node *node);
MUST_USE struct err edge_journal_sync(struct edge_journal *journal);

#endif
