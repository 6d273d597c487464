/* A narrow driver: connections, prepared statements by number, transactions, rows. It has no word
 * of the domain and accepts no SQL text: statements come from `.sql` files, which tools/sqlgen.py
 * turns into an enum and a table. Only driver_sqlite*.c and vfs*.c see sqlite3.h; a driver for
 * PostgreSQL will stand beside them behind this header.
 *
 * A connection belongs to one thread at a time. One connection writes and checkpoints, ever
 * (docs/decisions/sqlite.md); readers are read-only and see the last commit. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/cx.h"
#include "base/str.h"

struct db;

/* A statement as generated: `sql` is valid on every engine, parameters are ?1, ?2, … */
struct db_statement {
    const char *name; /* "subscription_get" */
    const char *sql;
};

/* A world for databases whose files are env->files, so that it can lose its power: simulations and
 * crash tests. One thread only. `sector` is the size of an atomic write of the disk: 512 or 4096.
 * While one exists, SQLite's randomness comes from its env. Destroy it after its connections. */
struct vfs_sim;
MUST_USE struct err vfs_sim_create(struct env *env, int sector, struct vfs_sim **ret_sim);
void vfs_sim_destroy(struct vfs_sim *sim); /* takes NULL */

/* The largest text or blob. */
enum { DB_VALUE_MAX = 64 * 1024 * 1024 };

struct db_options {
    const char *path; /* of the database file */
    bool is_reader;
    const struct db_statement *statements;
    size_t statement_count;
    const char *application; /* at most 4 letters, stamped into the file: refuses foreign files */
    /* Commits survive the process at once, but a loss of power only after the next checkpoint: for
     * what is played, not lived through. */
    bool is_lax;
    int checkpoint_pages; /* of log, of 4 KB; 0: 1,000 */
    struct vfs_sim *sim;  /* NULL: the operating system's files */
};

/* Opens, prepares nothing yet; a writer makes the file when it is not there. ERR_NOT_FOUND,
 * ERR_FORMAT (not a database of ours), ERR_PERMISSION, ERR_DISK_FULL, ERR_CORRUPT come with a
 * sentence in cx->detail. */
MUST_USE struct err db_open(struct cx *cx, const struct db_options *options, struct db **ret_db);
/* Rolls back what is open. A writer checkpoints, unless the disk has failed it. Takes NULL. */
void db_close(struct db *db);

enum db_kind { DB_NULL, DB_I64, DB_TEXT, DB_BLOB };

struct db_value {
    enum db_kind kind;
    int64_t integer;
    struct str bytes;
};

static inline struct db_value db_i64(int64_t value) {
    return (struct db_value){DB_I64, value, {NULL, 0}};
}
static inline struct db_value db_text(struct str value) {
    return (struct db_value){DB_TEXT, 0, value};
}
static inline struct db_value db_blob(struct str value) {
    return (struct db_value){DB_BLOB, 0, value};
}
static inline struct db_value db_null(void) {
    return (struct db_value){DB_NULL, 0, {NULL, 0}};
}
/* Text, or NULL when it is empty. */
static inline struct db_value db_text_or_null(struct str value) {
    return value.len == 0 ? db_null() : db_text(value);
}

/* The arguments of one execution, in order of their parameters:
 * db_run(db, Q_X, DB_ARGS(db_text(a), db_i64(b)), NULL) */
struct db_args {
    const struct db_value *values;
    size_t count;
};
#define DB_ARGS(...)                                                                               \
    ((struct db_args){(const struct db_value[]){__VA_ARGS__},                                      \
                      sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)})
#define DB_NO_ARGS ((struct db_args){NULL, 0})

/* Executes a statement that gives no rows. *ret_changed (may be NULL) is the number of rows it
 * inserted, updated or deleted. ERR_CONFLICT when a unique key is violated. */
MUST_USE struct err db_run(struct db *db, int statement, struct db_args args, int64_t *ret_changed);

/* The rows of a statement. At most one open cursor per statement and connection; nested cursors
 * over different statements are fine. */
struct db_rows {
    struct db *db;
    void *cursor;
};
MUST_USE struct err db_query(struct db *db, int statement, struct db_args args,
                             struct db_rows *ret_rows);
/* Steps to the next row; *ret_has_row is false after the last. */
MUST_USE struct err db_next(struct db_rows *rows, bool *ret_has_row);
void db_rows_finish(struct db_rows *rows); /* for CLEANUP; may be called twice */

/* Columns of the present row, from 0. Text and blobs are valid until the next step; NULL reads as 0
 * and as the empty str. */
int64_t db_column_i64(const struct db_rows *rows, int column);
struct str db_column_str(const struct db_rows *rows, int column);
bool db_column_is_null(const struct db_rows *rows, int column);

/* Transactions. Writers begin at once for writing; readers get a snapshot. */
MUST_USE struct err db_begin(struct db *db);
MUST_USE struct err db_commit(struct db *db);
void db_rollback(struct db *db);
/* A failure inside a transaction may have rolled back all of it (disk full, no memory). */
bool db_in_transaction(const struct db *db);
/* One use case inside a group commit; not within another. Free until something is written. */
MUST_USE struct err db_savepoint(struct db *db);
MUST_USE struct err db_savepoint_release(struct db *db);
void db_savepoint_rollback(struct db *db); /* undoes and releases */
bool db_has_written(const struct db *db);  /* since db_savepoint(); asked before its end */

/* Writes a copy of the whole database to a new file, as of one commit, while others go on reading
 * and writing: sqlite.org/backup.html. ERR_CONFLICT when there is a file already. */
MUST_USE struct err db_copy(struct cx *cx, struct db *db, const char *path);
/* Reads everything once and looks for contradictions. ERR_CORRUPT, and which one in cx->detail. */
MUST_USE struct err db_verify(struct cx *cx, struct db *db);
/* Writes the file anew, with nothing in it of what was ever overwritten or deleted; nobody else has
 * it open. A writer's, outside of transactions. */
MUST_USE struct err db_compact(struct db *db);
/* Whether a failure of the database's own leaves nobody knowing what the disk holds: what was read,
 * written or synced failed, or contradicts itself. All others leave it as it was. */
bool db_ends_with(enum err_code code);
/* Whether one of those has happened on this connection, whatever became of its error since: nothing
 * may be written any more, and only a restart reads the truth again. */
bool db_is_lost(const struct db *db);
/* What the last failure was, for the log; never shown to customers. */
const char *db_error_text(const struct db *db);
/* Moves the write-ahead log into the file once it has grown; the writer calls it between groups. */
MUST_USE struct err db_checkpoint(struct db *db);
/* The same from an eighth of that on, and whether it is: for a moment in which nobody waits. */
MUST_USE struct err db_checkpoint_early(struct db *db);
bool db_has_early_checkpoint(const struct db *db);
/* What was overwritten or deleted is to be nowhere any more: the next db_checkpoint() leaves an
 * empty log, as soon as no reader needs it. */
void db_forget(struct db *db);
/* For tests: compiles every statement against the schema: ERR_FORMAT, which one in cx->detail. */
MUST_USE struct err db_check_statements(struct cx *cx, struct db *db);

#endif
