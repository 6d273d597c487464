/* SQLite's result codes as ours. Which of them ends the process is decided here too: the line
 * between ERR_IO (exit) and ERR_DISK_FULL (go on reading), and between these and whatever a use
 * case fails for, which is no failure of the database. */
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

/* Complete, so that whoever adds a code decides. A conflict, a full disk, a lock, a lack of memory
 * and a value that is too large leave the file as it was, and so does what the system forbids. */
bool db_ends_with(enum err_code code) {
    switch (code) {
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_FORMAT: /* no database of ours any more */
        return true;
    case ERR_NONE:
    case ERR_NO_MEMORY:
    case ERR_DISK_FULL:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_BUSY:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_TOO_LARGE:
    case ERR_PERMISSION:
    case ERR_VERSION:
        return false;
    }
    return true;
}

bool db_is_lost(const struct db *db) {
    return db->is_broken;
}

struct err sqlite_failed(struct db *db, int result, int line) {
    const char *text = db->handle == NULL ? sqlite3_errstr(result) : sqlite3_errmsg(db->handle);
    enum err_code code = code_of(result);
    (void)snprintf(db->error, sizeof db->error, "%s (sqlite %d)", text, result);
    db->is_broken = db->is_broken || db_ends_with(code);
    return (struct err){code, line, "db/driver_sqlite"};
}

const char *db_error_text(const struct db *db) {
    return db->error;
}
