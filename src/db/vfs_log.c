#include "db/vfs_log.h"

#include <string.h>

#include "base/check.h"

static struct vfs_log *log_of(sqlite3_file *base) {
    return (struct vfs_log *)base;
}

/* Hands down what is gathered. What cannot be written is kept: SQLite may undo no more than a
 * statement, and go on with pages that lie here. */
static int flush(struct vfs_log *log) {
    if (log->len == 0) {
        return SQLITE_OK;
    }
    int result = log->below->pMethods->xWrite(log->below, log->bytes, log->len, log->offset);
    if (result == SQLITE_OK) {
        log->len = 0;
    }
    return result;
}

/* --- gathered --- */

static bool has_room(struct vfs_log *log) {
    if (log->bytes == NULL) {
        log->bytes = env_alloc(log->env, VFS_LOG_GATHERED);
    }
    return log->bytes != NULL;
}

/* Behind what is gathered, or over it: after a failure SQLite begins again where it began. */
static bool is_gathered(const struct vfs_log *log, int len, sqlite3_int64 offset) {
    sqlite3_int64 place = offset - log->offset;
    return log->len > 0 && place >= 0 && place <= log->len && len <= VFS_LOG_GATHERED - place;
}

static int log_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset) {
    struct vfs_log *log = log_of(base);
    check(len >= 0);
    int result = is_gathered(log, len, offset) ? SQLITE_OK : flush(log);
    if (result != SQLITE_OK) {
        return result;
    }
    if (len > VFS_LOG_GATHERED || !has_room(log)) {
        return log->below->pMethods->xWrite(log->below, bytes, len, offset);
    }
    if (log->len == 0) {
        log->offset = offset;
    }
    int place = (int)(offset - log->offset);
    memcpy(log->bytes + place, bytes, (size_t)len);
    log->len = place + len > log->len ? place + len : log->len;
    return SQLITE_OK;
}

/* --- after what was gathered --- */

static int log_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset) {
    struct vfs_log *log = log_of(base);
    bool is_beside = offset + len <= log->offset || log->offset + log->len <= offset;
    int result = is_beside ? SQLITE_OK : flush(log);
    return result == SQLITE_OK ? log->below->pMethods->xRead(log->below, bytes, len, offset)
                               : result;
}

static int log_truncate(sqlite3_file *base, sqlite3_int64 len) {
    struct vfs_log *log = log_of(base);
    int result = flush(log);
    return result == SQLITE_OK ? log->below->pMethods->xTruncate(log->below, len) : result;
}

static int log_sync(sqlite3_file *base, int flags) {
    struct vfs_log *log = log_of(base);
    int result = flush(log);
    return result == SQLITE_OK ? log->below->pMethods->xSync(log->below, flags) : result;
}

static int log_size(sqlite3_file *base, sqlite3_int64 *ret_len) {
    struct vfs_log *log = log_of(base);
    int result = flush(log);
    return result == SQLITE_OK ? log->below->pMethods->xFileSize(log->below, ret_len) : result;
}

static int log_close(sqlite3_file *base) {
    struct vfs_log *log = log_of(base);
    int flushed = flush(log);
    int closed = log->below->pMethods->xClose(log->below);
    env_free(log->env, log->bytes);
    log->bytes = NULL;
    return flushed == SQLITE_OK ? closed : flushed;
}

/* --- as below --- */

static int log_lock(sqlite3_file *base, int level) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xLock(below, level);
}

static int log_unlock(sqlite3_file *base, int level) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xUnlock(below, level);
}

static int log_is_reserved(sqlite3_file *base, int *ret_reserved) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xCheckReservedLock(below, ret_reserved);
}

static int log_control(sqlite3_file *base, int operation, void *argument) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xFileControl(below, operation, argument);
}

static int log_sector(sqlite3_file *base) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xSectorSize(below);
}

static int log_device(sqlite3_file *base) {
    sqlite3_file *below = log_of(base)->below;
    return below->pMethods->xDeviceCharacteristics(below);
}

/* Without shared memory and mapped pages (versions 2 and 3), which a log has none of. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_is_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_device,
};

void vfs_log_open(struct vfs_log *log, struct env *env, sqlite3_file *below) {
    *log = (struct vfs_log){.base = {.pMethods = &methods}, .env = env, .below = below};
}
