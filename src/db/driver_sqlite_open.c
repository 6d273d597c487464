/* Opening, refusing and closing an SQLite database, and the way of its write-ahead log.
 *
 * A file is ours when its application id says so; a file without a schema may become ours, and is
 * stamped in the transaction that makes its tables. A foreign one is refused before anything is
 * written, so that a mistyped path changes nothing.
 *
 * Two connections that checkpoint at the same instant can lose commits in SQLite before 3.51.3
 * (docs/decisions/sqlite.md), so nothing here checkpoints but db_checkpoint and db_close of the
 * writer: automatic checkpoints are off, and readers do not checkpoint when they close. */
#include "db/driver_sqlite.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "db/vfs.h"

enum {
    BUSY_WAIT_MS = 5000,     /* a reader meets the writer's recovery or its last checkpoint */
    CHECKPOINT_PAGES = 1000, /* 4 MB of log: recovery stays well under a second */
    EARLY_SHARE = 8,
};

/* synchronous=FULL makes every commit durable before it is acknowledged; NORMAL was seen to lose
 * acknowledged commits at power loss. mmap would turn an I/O error into a signal. Caches are small
 * on purpose: a page that is split out of order makes the next commit look at every bucket of the
 * cache (pcache1TruncateUnsafe), and what is not in it is in the system's. */
static const char writer_settings[] = "PRAGMA synchronous=FULL;"
                                      "PRAGMA secure_delete=ON;"
                                      "PRAGMA cache_size=-16384;";
static const char lax_settings[] = "PRAGMA synchronous=NORMAL;"
                                   "PRAGMA cache_size=-16384;";
static const char reader_settings[] = "PRAGMA cache_size=-16384;"
                                      "PRAGMA query_only=ON;";
static const char common_settings[] = "PRAGMA mmap_size=0;"
                                      "PRAGMA temp_store=MEMORY;"
                                      "PRAGMA foreign_keys=OFF;"
                                      "PRAGMA trusted_schema=OFF;"
                                      "PRAGMA cell_size_check=ON;";

static const struct {
    int option;
    int value;
} common_switches[] = {
    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* db_close does it for the writer */
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_DQS_DML, 0}, /* a mistyped "column" is an error, not a text */
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
};

static int note_log_size(void *context, sqlite3 *handle, const char *schema, int pages) {
    (void)handle;
    (void)schema;
    ((struct db *)context)->wal_pages = pages;
    return SQLITE_OK;
}

/* The first column of the first row. */
static struct err ask_i64(struct db *db, const char *sql, int64_t *ret_value) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    if (result != SQLITE_ROW) {
        struct err err = SQLITE_ERR(db, result);
        (void)sqlite3_finalize(statement);
        return err;
    }
    *ret_value = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return OK;
}

/* SQLite answers a refused change of the journal mode with the old one, not with an error. */
static struct err require_log(struct db *db) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode=WAL", -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    const unsigned char *mode = result == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    bool is_wal = mode != NULL && strcmp((const char *)mode, "wal") == 0;
    struct err err = result == SQLITE_ROW ? OK : SQLITE_ERR(db, result);
    (void)sqlite3_finalize(statement);
    if (!err_failed(err) && !is_wal) {
        (void)snprintf(db->error, sizeof db->error, "its folder does not allow a write-ahead log");
        return ERR(ERR_IO);
    }
    return err;
}

static int32_t stamp_of(const char *application) {
    uint32_t stamp = 0;
    check(strlen(application) <= 4);
    for (const char *letter = application; *letter != '\0'; letter++) {
        stamp = stamp << 8 | (uint8_t)*letter;
    }
    return (int32_t)stamp;
}

/* Says in a sentence what a person can do about it. */
static struct err explain(struct cx *cx, const struct db *db, const char *path, struct err err) {
    switch (err.code) {
    case ERR_FORMAT:
        return cx_fail(cx, err, "%s is not a database of this program.", path);
    case ERR_CORRUPT:
        return cx_fail(cx, err, "%s is damaged (%s). Restore it from a backup.", path, db->error);
    case ERR_PERMISSION:
        return cx_fail(cx, err, "%s cannot be opened for %s: check the rights of its folder.", path,
                       db->is_reader ? "reading" : "writing");
    case ERR_DISK_FULL:
        return cx_fail(cx, err, "The disk that holds %s is full.", path);
    case ERR_BUSY:
        return cx_fail(cx, err, "%s is in use by another process.", path);
    case ERR_NONE:
    case ERR_NO_MEMORY:
    case ERR_IO:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_TOO_LARGE:
    case ERR_VERSION:
        break;
    }
    return cx_fail(cx, err, "%s cannot be opened: %s.", path, db->error);
}

static struct err open_handle(struct db *db, const struct db_options *options, int flags) {
    const char *vfs = options->sim == NULL ? vfs_env_name(db->vfs) : vfs_sim_name(options->sim);
    int result = sqlite3_open_v2(options->path, &db->handle,
                                 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
    if (result != SQLITE_OK) {
        return SQLITE_ERR(db, result);
    }
    (void)sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    for (size_t i = 0; i < ARRAY_LEN(common_switches); i++) {
        result = sqlite3_db_config(db->handle, common_switches[i].option, common_switches[i].value,
                                   NULL);
        check(result == SQLITE_OK);
    }
    return OK;
}

/* Refuses what is not ours. A file without a schema may become ours. */
static struct err look_at_stamp(struct db *db, bool *ret_is_new) {
    int64_t found = 0;
    int64_t objects = 0;
    TRY(ask_i64(db, "PRAGMA application_id", &found));
    TRY(ask_i64(db, "SELECT count(*) FROM sqlite_schema", &objects));
    *ret_is_new = found == 0 && objects == 0;
    return found == db->stamp || *ret_is_new ? OK : ERR(ERR_FORMAT);
}

struct err sqlite_stamp(struct db *db) {
    int64_t found = 0;
    char sql[64];
    TRY(ask_i64(db, "PRAGMA application_id", &found));
    if (found == db->stamp) {
        return OK;
    }
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d", (int)db->stamp);
    return driver_script(db, sql);
}

/* Moves the whole log into the file and syncs both.
 *
 * At the start this is more than tidiness. When a sync failed before the restart, the log's newest
 * frames may exist in the kernel's memory only, and no later sync of the log would write them
 * (https://wiki.postgresql.org/wiki/Fsync_Errors). A commit appended behind them would be lost with
 * them at a power cut. Written again into the file, they are on their way to the disk again. */
static struct err empty_log(struct db *db) {
    int result =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return result == SQLITE_OK ? OK : SQLITE_ERR(db, result);
}

static struct err set_up_writer(struct db *db, const struct db_options *options) {
    if (sqlite3_db_readonly(db->handle, "main") == 1) {
        return ERR(ERR_PERMISSION);
    }
    bool is_new = false;
    TRY(look_at_stamp(db, &is_new));
    TRY(driver_script(db, writer_settings));
    TRY(require_log(db));
    (void)sqlite3_wal_hook(db->handle, note_log_size, db); /* in place of automatic checkpoints */
    TRY(driver_script(db, common_settings));
    if (options->is_lax) {
        TRY(driver_script(db, lax_settings));
    }
    TRY(empty_log(db));
    /* For the same reason: a rollback journal whose removal was not synced would come back at a
     * power cut and undo the creation of the file. */
    return db->env->files.sync_name(db->env, options->path);
}

static struct err set_up_reader(struct db *db) {
    bool is_new = false;
    TRY(look_at_stamp(db, &is_new));
    if (is_new) {
        return ERR(ERR_FORMAT);
    }
    (void)sqlite3_wal_autocheckpoint(db->handle, 0);
    TRY(driver_script(db, reader_settings));
    return driver_script(db, common_settings);
}

static bool make_statement_table(struct db *db) {
    size_t slots = db->statement_count + DRIVER_STATEMENT_COUNT;
    db->prepared = env_alloc(db->env, slots * sizeof *db->prepared);
    if (db->prepared != NULL) {
        memset(db->prepared, 0, slots * sizeof *db->prepared);
    }
    return db->prepared != NULL;
}

static struct err open_all(struct db *db, const struct db_options *options) {
    if (options->sim == NULL) {
        TRY(vfs_env_create(db->env, !options->is_reader && !options->is_lax, &db->vfs));
    }
    if (options->is_reader) {
        TRY(open_handle(db, options, SQLITE_OPEN_READONLY));
        return set_up_reader(db);
    }
    TRY(open_handle(db, options, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    return set_up_writer(db, options);
}

static void release(struct db *db) {
    if (db->prepared != NULL) {
        sqlite_forget_statements(db);
    }
    int result = sqlite3_close(db->handle);
    check(result == SQLITE_OK); /* else a cursor was left open, or a statement forgotten */
    vfs_env_destroy(db->vfs);
    env_free(db->env, db);
}

/* A reader never makes the file, and SQLite says only that it cannot be opened. */
static struct err look_for_file(struct cx *cx, const char *path) {
    bool exists = false;
    struct err err = cx->env->files.exists(cx->env, path, &exists);
    if (!err_failed(err) && !exists) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND), "%s does not exist.", path);
    }
    return err_failed(err) ? cx_fail(cx, err, "%s cannot be looked for.", path) : OK;
}

struct err db_open(struct cx *cx, const struct db_options *options, struct db **ret_db) {
    if (options->is_reader) {
        TRY(look_for_file(cx, options->path));
    }
    struct db *db = env_alloc(cx->env, sizeof *db);
    if (db == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory to open %s.", options->path);
    }
    *db = (struct db){
        .env = cx->env,
        .is_reader = options->is_reader,
        .stamp = stamp_of(options->application),
        .checkpoint_pages =
            options->checkpoint_pages == 0 ? CHECKPOINT_PAGES : options->checkpoint_pages,
        .statements = options->statements,
        .statement_count = options->statement_count,
    };
    struct err err = make_statement_table(db) ? open_all(db, options) : ERR(ERR_NO_MEMORY);
    if (err_failed(err)) {
        err = explain(cx, db, options->path, err);
        release(db);
        return err;
    }
    *ret_db = db;
    return OK;
}

void db_close(struct db *db) {
    if (db == NULL) {
        return;
    }
    db_rollback(db);
    if (!db->is_reader && !db->is_broken) {
        struct err err = empty_log(db);
        (void)err; /* the next start reads what is left of the log */
    }
    release(db);
}

static struct err move_log(struct db *db) {
    check(!db->is_reader && !db_in_transaction(db));
    int pages = 0;
    int moved = 0;
    int result =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
        return SQLITE_ERR(db, result);
    }
    /* Pages that a reader still needs stay; they are tried again with the next group. */
    db->wal_pages = result == SQLITE_OK ? pages - moved : db->wal_pages;
    return OK;
}

/* Does not wait for readers: it is tried again with the next group. */
static struct err try_to_forget(struct db *db) {
    (void)sqlite3_busy_timeout(db->handle, 0);
    int result =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    (void)sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
        return SQLITE_ERR(db, result);
    }
    db->is_to_forget = result != SQLITE_OK;
    db->wal_pages = result == SQLITE_OK ? 0 : db->wal_pages;
    return OK;
}

void db_forget(struct db *db) {
    check(!db->is_reader);
    db->is_to_forget = true;
}

struct err db_checkpoint(struct db *db) {
    if (db->is_to_forget) {
        check(!db_in_transaction(db));
        TRY(try_to_forget(db));
    }
    return db->wal_pages < db->checkpoint_pages ? OK : move_log(db);
}

bool db_has_early_checkpoint(const struct db *db) {
    return db->wal_pages >= db->checkpoint_pages / EARLY_SHARE;
}

struct err db_checkpoint_early(struct db *db) {
    return db_has_early_checkpoint(db) ? move_log(db) : OK;
}
