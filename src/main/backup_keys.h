/* The data keys of a backup: in a file beside the backups, which the next one replaces.
 *
 * A backup holds no keys: whoever is erased after it was taken is erased in it as well, since it is
 * restored with the newest keys alone (docs/decisions/at-rest.md). The file is a database of the
 * same schema, with nothing in it but keys and whose they are, and what was answered to those who
 * were erased: as a copy is restored, their rows in it are erased again. */
#ifndef MAIN_BACKUP_KEYS_H
#define MAIN_BACKUP_KEYS_H

#include "base/cx.h"

/* BACKUP/../INSTALLATION.keys, in the arena. */
const char *backup_keys_path(struct cx *cx, const char *folder, struct str installation);

/* Moves the keys out of the database at `copy`, which nobody else has open, into the file at
 * `path`, in place of one of the same installation. ERR_CONFLICT when it is of another. */
MUST_USE struct err backup_keys_take(struct cx *cx, const char *copy, const char *path,
                                     struct str installation);

/* Puts keys into the database at `fresh` from the databases of `sources`, as far as they are there
 * and of this installation; one that is destroyed in any of them is destroyed, and whose it was
 * erased. ERR_NOT_FOUND when there are none at all. */
struct backup_keys_sources {
    const char *keys;     /* of the newest backup */
    const char *replaced; /* the data that the copy is put in place of */
};
MUST_USE struct err backup_keys_put(struct cx *cx, const char *fresh,
                                    const struct backup_keys_sources *sources,
                                    struct str installation);

#endif
