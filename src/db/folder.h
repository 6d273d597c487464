/* The folder that holds a database: made, recognised as ours, and locked for one process.
 *
 * The lock is what keeps a second server from writing to the same file. It dies with the process,
 * so that a crash leaves nothing to clean up. */
#ifndef DB_FOLDER_H
#define DB_FOLDER_H

#include "base/cx.h"

struct folder;

/* Makes `path` when it is not there and locks it. A folder is ours when it is empty, holds the file
 * `database`, or holds our lock file. Each refusal has its sentence in cx->detail: ERR_FORMAT (not
 * ours), ERR_BUSY (another process has it), ERR_PERMISSION (read-only), ERR_NOT_FOUND (no parent),
 * ERR_CONFLICT (not a folder). */
MUST_USE struct err folder_open(struct cx *cx, const char *path, const char *database,
                                struct folder **ret_folder);
void folder_close(struct folder *folder); /* gives the lock back; takes NULL */

#endif
