/* The SQLite driver: statements by number, rows, transactions.
 *
 * A statement is prepared when it is first used and kept until the connection closes. Every
 * execution leaves its statement reset and without bindings, so that no borrowed memory is looked
 * at later. A number outside the table, a wrong count of arguments, SQL that does not compile: each
 * is a bug and aborts. */
#include "db/driver_sqlite.h"

#include "base/check.h"

/* ROLLBACK TO keeps the savepoint; RELEASE follows it. */
static const char *const own_statements[DRIVER_STATEMENT_COUNT + 1] = {
    [-DRIVER_BEGIN_READ] = "BEGIN DEFERRED",
    [-DRIVER_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [-DRIVER_COMMIT] = "COMMIT",
    [-DRIVER_ROLLBACK] = "ROLLBACK",
    [-DRIVER_SAVEPOINT] = "SAVEPOINT work",
    [-DRIVER_SAVEPOINT_RELEASE] = "RELEASE work",
    [-DRIVER_SAVEPOINT_ROLLBACK] = "ROLLBACK TO work",
    [-DRIVER_MIGRATION_LIST] = "SELECT version, name, checksum FROM schema_migrations "
                               "ORDER BY version",
    [-DRIVER_MIGRATION_ADD] = "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                              "VALUES (?1, ?2, ?3, ?4)",
};

const struct driver_words driver_words = {
    .engine = "sqlite",
    .int_type = "INTEGER",
    .text_type = "TEXT",
    .blob_type = "BLOB",
    .strict = "STRICT",
};

static struct err prepare(struct db *db, int number, sqlite3_stmt **ret_statement) {
    check(number >= -DRIVER_STATEMENT_COUNT && number < (int)db->statement_count);
    size_t slot = number >= 0 ? (size_t)number : db->statement_count + (size_t)(-number - 1);
    if (db->prepared[slot] == NULL) {
        const char *sql = number >= 0 ? db->statements[number].sql : own_statements[-number];
        int result = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &db->prepared[slot], NULL);
        if (result != SQLITE_OK) {
            struct err err = SQLITE_ERR(db, result);
            check(result != SQLITE_ERROR && "a statement does not fit the schema");
            return err;
        }
    }
    *ret_statement = db->prepared[slot];
    return OK;
}

/* `keep` says whether SQLite must copy the bytes: a cursor may outlive its arguments. */
static int bind_value(sqlite3_stmt *statement, int position, const struct db_value *value,
                      sqlite3_destructor_type keep) {
    check(value->kind <= DB_BLOB);
    /* A NULL pointer would bind NULL in place of an empty text or blob. */
    const char *bytes = value->bytes.bytes == NULL ? "" : value->bytes.bytes;
    switch (value->kind) {
    case DB_NULL:
        return sqlite3_bind_null(statement, position);
    case DB_I64:
        return sqlite3_bind_int64(statement, position, value->integer);
    case DB_TEXT:
        return sqlite3_bind_text64(statement, position, bytes, value->bytes.len, keep, SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(statement, position, bytes, value->bytes.len, keep);
    }
    return SQLITE_MISUSE;
}

static void leave(sqlite3_stmt *statement) {
    (void)sqlite3_reset(statement); /* repeats the error of the step, which was reported */
    (void)sqlite3_clear_bindings(statement);
}

/* A savepoint is made when something is written after it: most works of a group only read. */
static struct err make_savepoint(struct db *db) {
    sqlite3_stmt *statement = NULL;
    TRY(prepare(db, DRIVER_SAVEPOINT, &statement));
    int result = sqlite3_step(statement);
    leave(statement);
    if (result != SQLITE_DONE) {
        return SQLITE_ERR(db, result);
    }
    db->wants_savepoint = false;
    db->has_savepoint = true;
    return OK;
}

static struct err enter(struct db *db, int number, struct db_args args,
                        sqlite3_destructor_type keep, sqlite3_stmt **ret_statement) {
    sqlite3_stmt *statement = NULL;
    TRY(prepare(db, number, &statement));
    check(!sqlite3_stmt_busy(statement));
    if (db->wants_savepoint && !sqlite3_stmt_readonly(statement)) {
        TRY(make_savepoint(db));
    }
    check(sqlite3_bind_parameter_count(statement) == (int)args.count);
    for (size_t i = 0; i < args.count; i++) {
        int result = args.values[i].bytes.len > DB_VALUE_MAX
                         ? SQLITE_TOOBIG
                         : bind_value(statement, (int)i + 1, &args.values[i], keep);
        if (result != SQLITE_OK) {
            leave(statement);
            return SQLITE_ERR(db, result);
        }
    }
    *ret_statement = statement;
    return OK;
}

struct err db_run(struct db *db, int statement, struct db_args args, int64_t *ret_changed) {
    sqlite3_stmt *prepared = NULL;
    TRY(enter(db, statement, args, SQLITE_STATIC, &prepared));
    int result = sqlite3_step(prepared);
    check(result != SQLITE_ROW);
    if (result != SQLITE_DONE) {
        struct err err = SQLITE_ERR(db, result);
        leave(prepared);
        return err;
    }
    if (ret_changed != NULL) {
        *ret_changed = sqlite3_stmt_readonly(prepared) ? 0 : sqlite3_changes64(db->handle);
    }
    leave(prepared);
    return OK;
}

struct err db_query(struct db *db, int statement, struct db_args args, struct db_rows *ret_rows) {
    sqlite3_stmt *prepared = NULL;
    TRY(enter(db, statement, args, SQLITE_TRANSIENT, &prepared));
    *ret_rows = (struct db_rows){db, prepared};
    return OK;
}

struct err db_next(struct db_rows *rows, bool *ret_has_row) {
    check(rows->cursor != NULL);
    int result = sqlite3_step(rows->cursor);
    if (result == SQLITE_ROW || result == SQLITE_DONE) {
        *ret_has_row = result == SQLITE_ROW;
        return OK;
    }
    return SQLITE_ERR(rows->db, result);
}

void db_rows_finish(struct db_rows *rows) {
    if (rows->cursor != NULL) {
        leave(rows->cursor);
        rows->cursor = NULL;
    }
}

int64_t db_column_i64(const struct db_rows *rows, int column) {
    check(column >= 0 && column < sqlite3_data_count(rows->cursor));
    return sqlite3_column_int64(rows->cursor, column);
}

struct str db_column_str(const struct db_rows *rows, int column) {
    check(column >= 0 && column < sqlite3_data_count(rows->cursor));
    /* Asked for as a blob, text comes as it lies in the page: no copy for a terminator that could
     * fail. NULL and empty both give a NULL pointer. */
    const char *bytes = sqlite3_column_blob(rows->cursor, column);
    return bytes == NULL ? STR("")
                         : str_of(bytes, (size_t)sqlite3_column_bytes(rows->cursor, column));
}

bool db_column_is_null(const struct db_rows *rows, int column) {
    check(column >= 0 && column < sqlite3_data_count(rows->cursor));
    return sqlite3_column_type(rows->cursor, column) == SQLITE_NULL;
}

struct err db_begin(struct db *db) {
    return db_run(db, db->is_reader ? DRIVER_BEGIN_READ : DRIVER_BEGIN_WRITE, DB_NO_ARGS, NULL);
}

struct err db_commit(struct db *db) {
    return db_run(db, DRIVER_COMMIT, DB_NO_ARGS, NULL);
}

/* Best effort by design: what a rollback cannot undo was never committed, and the next start
 * recovers from the log. The text of the failure that led here stays. */
static bool run_quietly(struct db *db, int statement) {
    sqlite3_stmt *prepared = NULL;
    struct err err = prepare(db, statement, &prepared);
    if (err_failed(err)) {
        return false;
    }
    bool is_done = sqlite3_step(prepared) == SQLITE_DONE;
    leave(prepared);
    return is_done;
}

void db_rollback(struct db *db) {
    db->wants_savepoint = db->has_savepoint = false;
    if (db_in_transaction(db)) {
        (void)run_quietly(db, DRIVER_ROLLBACK);
    }
}

bool db_in_transaction(const struct db *db) {
    return sqlite3_get_autocommit(db->handle) == 0;
}

struct err db_savepoint(struct db *db) {
    check(!db->wants_savepoint && !db->has_savepoint);
    db->wants_savepoint = true;
    return OK;
}

struct err db_savepoint_release(struct db *db) {
    bool has_savepoint = db->has_savepoint;
    db->wants_savepoint = db->has_savepoint = false;
    return has_savepoint ? db_run(db, DRIVER_SAVEPOINT_RELEASE, DB_NO_ARGS, NULL) : OK;
}

bool db_has_written(const struct db *db) {
    return db->has_savepoint;
}

void db_savepoint_rollback(struct db *db) {
    if (db->has_savepoint && db_in_transaction(db)) {
        bool is_undone =
            run_quietly(db, DRIVER_SAVEPOINT_ROLLBACK) && run_quietly(db, DRIVER_SAVEPOINT_RELEASE);
        db->is_broken = db->is_broken || !is_undone; /* else half a work would be committed */
    }
    db->wants_savepoint = db->has_savepoint = false;
}

struct err driver_script(struct db *db, const char *sql) {
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? OK : SQLITE_ERR(db, result);
}

struct err driver_prepare_migrations(struct db *db) {
    TRY(sqlite_stamp(db));
    return driver_script(db, "CREATE TABLE IF NOT EXISTS schema_migrations (\n"
                             "  version INTEGER PRIMARY KEY,\n"
                             "  name TEXT NOT NULL,\n"
                             "  checksum TEXT NOT NULL,\n"
                             "  applied_at INTEGER NOT NULL\n"
                             ") STRICT");
}

struct err db_check_statements(struct cx *cx, struct db *db) {
    for (size_t i = 0; i < db->statement_count; i++) {
        sqlite3_stmt *statement = NULL;
        const char *sql = db->statements[i].sql;
        int result = sqlite3_prepare_v3(db->handle, sql, -1, 0, &statement, NULL);
        (void)sqlite3_finalize(statement);
        if (result != SQLITE_OK) {
            TRY(cx_fail(cx, ERR(ERR_FORMAT), "Statement %s: %s.", db->statements[i].name,
                        sqlite3_errmsg(db->handle)));
        }
    }
    return OK;
}

void sqlite_forget_statements(struct db *db) {
    for (size_t i = 0; i < db->statement_count + DRIVER_STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(db->prepared[i]);
    }
    env_free(db->env, db->prepared);
    db->prepared = NULL;
}
