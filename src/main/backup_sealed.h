/* Files of a backup sealed whole: usage and amounts, too, which are not sealed in the database. */
#ifndef MAIN_BACKUP_SEALED_H
#define MAIN_BACKUP_SEALED_H

#include "base/cx.h"

#define BACKUP_SEALED_END ".sealed"

/* Seals a file into a new one under the first key in the file `key_path`, piece by piece. */
MUST_USE struct err backup_seal(struct cx *cx, const char *key_path, const char *from,
                                const char *to);
/* The inverse. ERR_FORMAT, with a sentence, when no key in the file opens it, or it is not whole;
 * what was written until then is removed. */
MUST_USE struct err backup_unseal(struct cx *cx, const char *key_path, const char *from,
                                  const char *to);

#endif
