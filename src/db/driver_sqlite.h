/* What the files of the SQLite driver share. Nobody else includes this, or sqlite3.h.
 *
 * driver_sqlite.c       statements, rows, transactions
 * driver_sqlite_open.c  opening, refusing, checkpoints
 * driver_sqlite_err.c   SQLite's codes as ours
 * vfs.c                 SQLite's clock and randomness through the env
 * vfs_sim.c             all of its files through the env */
#ifndef DB_DRIVER_SQLITE_H
#define DB_DRIVER_SQLITE_H

#include <sqlite3.h>

#include "db/db.h"
#include "db/driver.h"

struct vfs_env;

struct db {
    struct env *env;
    sqlite3 *handle;
    struct vfs_env *vfs; /* NULL when the files are simulated */
    bool is_reader;
    int32_t stamp;        /* what the file carries as its application id, or will */
    bool wants_savepoint; /* before the next statement that writes */
    bool has_savepoint;
    bool is_broken; /* the disk failed or contradicted itself: leave it to the next start */
    int checkpoint_pages;
    int wal_pages;     /* waiting in the log, as of the last commit */
    bool is_to_forget; /* the log is to be emptied */
    const struct db_statement *statements;
    size_t statement_count;
    sqlite3_stmt **prepared; /* statement_count, then the driver's own; NULL until first used */
    char error[256];
};

/* Notes what SQLite says about its last failure in db->error, and gives our code for `result`. */
MUST_USE struct err sqlite_failed(struct db *db, int result, int line);
#define SQLITE_ERR(db, result) sqlite_failed((db), (result), __LINE__)

/* Stamps the file, if it is new, in the transaction that is open. */
MUST_USE struct err sqlite_stamp(struct db *db);

/* Finalises every prepared statement and frees the table. */
void sqlite_forget_statements(struct db *db);

#endif
