/* A file whose writes are gathered: SQLite's log of one connection.
 *
 * SQLite writes each page of a commit to the log in two calls, 24 bytes and the page, one behind
 * the other, and syncs behind the last: for a group of a thousand events forty-four calls, none of
 * which ends where a page of the system does. Here they are one.
 *
 * What always holds: a write is below before anything is synced, truncated, measured or closed,
 * before what it wrote is read, and before one that does not continue it. So nothing changes for
 * whoever asks this file; others that read the log look at what the log's index names, which with
 * synchronous=FULL is published only after the sync (sqlite3WalFrames). With less it is not: then
 * nothing may be gathered. A process that dies loses no more than a machine that loses power: what
 * was not synced.
 *
 * A write that fails below fails the call that it was put off to, and each one after it that needs
 * it done, until it succeeds: with a full disk nothing becomes durable, and nothing is lost. */
#ifndef DB_VFS_LOG_H
#define DB_VFS_LOG_H

#include <sqlite3.h>

#include "base/env.h"

/* Bytes at most: SQLite's unix VFS writes no more than 128 KB at once (seekAndWriteFd). */
enum { VFS_LOG_GATHERED = 64 * 1024 };

struct vfs_log {
    sqlite3_file base; /* first: SQLite hands us this pointer */
    struct env *env;
    sqlite3_file *below;  /* open, in the caller's memory */
    char *bytes;          /* room for VFS_LOG_GATHERED; NULL until the first write */
    sqlite3_int64 offset; /* of those gathered */
    int len;
};

/* `below` is the log's from here, until it is closed through it. */
void vfs_log_open(struct vfs_log *log, struct env *env, sqlite3_file *below);

#endif
