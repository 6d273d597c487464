/* SQLite's result codes as ours. Which of them ends the process is decided by the writer, so the
 * line between ERR_IO (exit) and ERR_DISK_FULL (go on reading) is drawn here. */
#include "db/driver_sqlite.h"

#include <stdio.h>

/* The index of the log is a file too: it fails to grow where there is no room. */
static enum err_code code_of_io(int result) {
    switch (result) {
    case SQLITE_IOERR_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_IOERR_SHMSIZE:
        return ERR_DISK_FULL;
    default:
        return ERR_IO;
    }
}

static enum err_code code_of(int result) {
    switch (result & 0xff) {
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_CORRUPT:
        return ERR_CORRUPT;
    case SQLITE_NOTADB:
        return ERR_FORMAT;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_TOOBIG:
        return ERR_TOO_LARGE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        return ERR_PERMISSION;
    default:
        return code_of_io(result);
    }
}

struct err sqlite_failed(struct db *db, int result, int line) {
    const char *text = db->handle == NULL ? sqlite3_errstr(result) : sqlite3_errmsg(db->handle);
    enum err_code code = code_of(result);
    (void)snprintf(db->error, sizeof db->error, "%s (sqlite %d)", text, result);
    db->is_broken = db->is_broken || code == ERR_IO || code == ERR_CORRUPT;
    return (struct err){code, line, "db/driver_sqlite"};
}

const char *db_error_text(const struct db *db) {
    return db->error;
}
