/* A backup: a folder with a copy of each database and manifest.json, which says what they are.
 *
 * Turnpike's own file is copied first and the sandbox's after it: as with Stripe itself, the
 * provider may know more than we do, never less. */
#ifndef MAIN_BACKUP_H
#define MAIN_BACKUP_H

#include "base/cx.h"

enum { BACKUP_FILES_MAX = 2 };
#define BACKUP_MANIFEST "manifest.json"

struct backup_file {
    struct str name; /* "turnpike.db" */
    int64_t bytes;
    struct str sha256; /* 64 hexadecimal digits */
};

struct backup_manifest {
    int64_t format; /* 1 */
    int64_t taken_at;
    struct str installation;
    int64_t incarnation;
    bool has_keys_apart; /* else it is of before data were sealed */
    struct backup_file files[BACKUP_FILES_MAX];
    size_t file_count;
};

/* Size and hash of a file. */
MUST_USE struct err backup_measure(struct cx *cx, const char *path, struct backup_file *file);
MUST_USE struct err backup_write_manifest(struct cx *cx, const char *path,
                                          const struct backup_manifest *manifest);
/* ERR_FORMAT, with a sentence, when it is none or of another format. */
MUST_USE struct err backup_read_manifest(struct cx *cx, const char *path,
                                         struct backup_manifest *ret_manifest);
/* Copies bytes into a new file that survives a power cut once this returns OK. */
MUST_USE struct err backup_copy_file(struct cx *cx, const char *from, const char *to);

#endif
