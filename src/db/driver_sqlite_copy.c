/* A whole database copied as of one commit, and read through once. */
#include <stdio.h>

#include "db/driver_sqlite.h"
#include "db/vfs.h"

static struct err copy_into(struct db *db, sqlite3 *target) {
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", db->handle, "main");
    if (backup == NULL) {
        (void)snprintf(db->error, sizeof db->error, "%s", sqlite3_errmsg(target));
        return ERR(ERR_IO);
    }
    /* All pages in one step hold one reader's view; who writes is not held up by a reader. */
    int result = sqlite3_backup_step(backup, -1);
    int finished = sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE || finished != SQLITE_OK) {
        (void)snprintf(db->error, sizeof db->error, "%s", sqlite3_errmsg(target));
        return SQLITE_ERR(db, result == SQLITE_DONE ? finished : result);
    }
    return OK;
}

struct err db_copy(struct cx *cx, struct db *db, const char *path) {
    bool exists = false;
    sqlite3 *target = NULL;
    TRY(cx->env->files.exists(cx->env, path, &exists));
    if (exists) {
        return cx_fail(cx, ERR(ERR_CONFLICT), "%s is there already.", path);
    }
    const char *vfs = db->vfs == NULL ? NULL : vfs_env_name(db->vfs);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(path, &target, flags | SQLITE_OPEN_EXRESCODE, vfs);
    struct err err = result == SQLITE_OK ? copy_into(db, target) : ERR(ERR_IO);
    (void)sqlite3_close(target);
    return err_failed(err) ? cx_fail(cx, err, "%s cannot be written: %s.", path, db->error) : OK;
}

/* VACUUM writes to a database beside, which is attached for as long, and must not be in memory. */
struct err db_compact(struct db *db) {
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 1);
    struct err err = driver_script(db, "PRAGMA temp_store=FILE;"
                                       "VACUUM;"
                                       "PRAGMA temp_store=MEMORY;");
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    return err;
}

struct err db_verify(struct cx *cx, struct db *db) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->handle, "PRAGMA integrity_check(1)", -1, &statement, NULL);
    result = result == SQLITE_OK ? sqlite3_step(statement) : result;
    const char *says =
        result == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool is_well = says != NULL && str_equal(str_from_cstr(says), STR("ok"));
    struct err err = is_well ? OK
                             : cx_fail(cx, ERR(ERR_CORRUPT), "The database contradicts itself: %s.",
                                       says == NULL ? sqlite3_errmsg(db->handle) : says);
    (void)sqlite3_finalize(statement);
    return err;
}
