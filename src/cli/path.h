/* Paths as the user wrote them, made independent of the folder in which the command was given. */
#ifndef CLI_PATH_H
#define CLI_PATH_H

#include "base/cx.h"

/* In the arena of `cx`; `path` itself when it is absolute. A data folder needs it: the address of
 * its unix socket is absolute. ERR_FORMAT with a sentence when it is empty, ERR_IO when the present
 * folder has no name any more (it was removed, or its path is too long). */
MUST_USE struct err path_absolute(struct cx *cx, const char *path, const char **ret_path);

#endif
