#include "main/backup_keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/erasure.h"
#include "store/data_key.h"
#include "store/schema.h"
#include "store/setting.h"

enum { PAGE = 1000 };

static const char id_setting[] = "installation_id";

const char *backup_keys_path(struct cx *cx, const char *folder, struct str installation) {
    return arena_printf(cx->arena, "%s/../" STR_FMT ".keys", folder, STR_ARG(installation)).bytes;
}

/* Calls `each` for every key of a database, in order, each page in an arena of its own. */
typedef struct err visit(void *context, struct cx *cx, const struct data_key_row *row);

static struct err visit_page(struct cx *cx, const struct row_list *list, visit *each,
                             void *context) {
    const struct data_key_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        TRY(each(context, cx, &rows[i]));
    }
    return OK;
}

static struct err each_key(struct cx *cx, struct db *db, visit *each, void *context) {
    struct arena arenas[2]; /* the last key of a page begins the next */
    struct data_key_row after = {.user_id = STR(""), .purpose = STR("")};
    struct row_list list = {NULL, PAGE};
    struct err err = OK;
    arena_init(&arenas[0], cx->env, LIMIT_REQUEST_ARENA);
    arena_init(&arenas[1], cx->env, LIMIT_REQUEST_ARENA);
    for (unsigned i = 0; !err_failed(err) && list.count == PAGE; i++) {
        struct cx inner;
        struct arena *arena = &arenas[i % 2];
        arena_reset(arena);
        cx_init(&inner, cx->env, arena);
        struct tx tx = {.cx = &inner, .db = db, .keyring = NULL};
        err = data_key_page(&tx, &after, PAGE, &list);
        err = err_failed(err) ? err : visit_page(&inner, &list, each, context);
        if (!err_failed(err) && list.count > 0) {
            after = ((const struct data_key_row *)list.items)[list.count - 1];
        }
        memcpy(cx->detail, inner.detail, sizeof cx->detail);
    }
    arena_finish(&arenas[0]);
    arena_finish(&arenas[1]);
    return err;
}

/* --- out --- */

static struct err copy_key(void *context, struct cx *cx, const struct data_key_row *row) {
    struct tx tx = {.cx = cx, .db = context, .keyring = NULL};
    return data_key_insert(&tx, row);
}

static struct err copy_all(struct cx *cx, struct db *from, struct db *to, struct str installation) {
    struct tx tx = {.cx = cx, .db = to, .keyring = NULL};
    struct tx source = {.cx = cx, .db = from, .keyring = NULL};
    TRY(db_begin(to));
    struct err err = setting_put(&tx, id_setting, installation);
    err = err_failed(err) ? err : each_key(cx, from, copy_key, to);
    err = err_failed(err) ? err : erasure_carry_out(&source, &tx);
    err = err_failed(err) ? err : db_commit(to);
    if (err_failed(err)) {
        db_rollback(to);
    }
    return err;
}

static struct err forget_keys(struct cx *cx, struct db *db) {
    struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
    TRY(data_key_forget_all(&tx));
    return db_compact(db);
}

/* A database that is closed is its file alone. */
static void remove_log(struct cx *cx, const char *path) {
    static const char *const ends[] = {"-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        const char *name = arena_printf(cx->arena, "%s%s", path, ends[i]).bytes;
        (void)cx->env->files.remove(cx->env, name).code;
    }
}

/* Of the installation whose keys a file holds; false when there is no such file. */
static struct err read_installation(struct cx *cx, const char *path, struct db **ret_db,
                                    struct str *ret_id) {
    TRY(store_open(cx, path, true, ret_db));
    struct tx tx = {.cx = cx, .db = *ret_db};
    return setting_get(&tx, id_setting, ret_id);
}

static struct err may_replace(struct cx *cx, const char *path, struct str installation) {
    struct db *db = NULL;
    struct str id = STR("");
    bool exists = false;
    TRY(cx->env->files.exists(cx->env, path, &exists));
    if (!exists) {
        return OK;
    }
    struct err err = read_installation(cx, path, &db, &id);
    db_close(db);
    remove_log(cx, path);
    TRY(err);
    return str_equal(id, installation)
               ? OK
               : cx_fail(cx, ERR(ERR_CONFLICT), "%.300s holds the keys of another installation.",
                         path);
}

struct err backup_keys_take(struct cx *cx, const char *copy, const char *path,
                            struct str installation) {
    const char *fresh = arena_printf(cx->arena, "%s.new", path).bytes;
    struct db *from = NULL;
    struct db *to = NULL;
    TRY(may_replace(cx, path, installation));
    (void)cx->env->files.remove(cx->env, fresh).code; /* of a backup that was cut short */
    TRY(store_open(cx, copy, false, &from));
    struct err err = store_open(cx, fresh, false, &to);
    err = err_failed(err) ? err : copy_all(cx, from, to, installation);
    db_close(to);
    err = err_failed(err) ? err : forget_keys(cx, from);
    db_close(from);
    remove_log(cx, fresh);
    remove_log(cx, copy);
    TRY(err);
    return chmod(fresh, S_IRUSR | S_IWUSR) == 0 && rename(fresh, path) == 0
               ? cx->env->files.sync_name(cx->env, path)
               : cx_fail(cx, ERR(ERR_IO), "%.300s cannot be written.", path);
}

/* --- in --- */

static struct err adopt(void *context, struct cx *cx, const struct data_key_row *row) {
    struct tx tx = {.cx = cx, .db = context, .keyring = NULL};
    struct data_key_row known;
    bool is_known = false;
    TRY(data_key_get(&tx, row, &known, &is_known));
    if (!is_known) {
        return data_key_insert(&tx, row);
    }
    return row->destroyed_at == ROW_NONE ? OK : data_key_destroy(&tx, row->user_id, row->purpose);
}

struct source {
    const char *path;
    struct str installation;
    bool is_all; /* not only keys */
};

/* What cannot be read is passed over: it may be what the restore is for. */
static struct err adopt_from(struct cx *cx, struct db *into, const struct source *source) {
    struct db *db = NULL;
    struct str id = STR("");
    bool exists = false;
    bool has_any = false;
    TRY(cx->env->files.exists(cx->env, source->path, &exists));
    bool is_ours = exists && !err_failed(read_installation(cx, source->path, &db, &id)) &&
                   str_equal(id, source->installation);
    if (is_ours) {
        struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
        is_ours = !err_failed(data_key_any(&tx, &has_any)) && has_any;
    }
    cx->detail[0] = '\0';
    struct tx from = {.cx = cx, .db = db, .keyring = NULL};
    struct tx to = {.cx = cx, .db = into, .keyring = NULL};
    struct err err = is_ours ? each_key(cx, db, adopt, into) : OK;
    err = err_failed(err) || !is_ours ? err : erasure_carry_in(&from, source->is_all, &to);
    db_close(db);
    return err;
}

static struct err adopt_all(struct cx *cx, struct db *db, const struct backup_keys_sources *sources,
                            struct str installation) {
    struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
    bool has_any = false;
    TRY(db_begin(db));
    const struct source keys = {sources->keys, installation, false};
    const struct source replaced = {sources->replaced, installation, true};
    struct err err = adopt_from(cx, db, &keys);
    err = err_failed(err) ? err : adopt_from(cx, db, &replaced);
    err = err_failed(err) ? err : data_key_any(&tx, &has_any);
    if (!err_failed(err) && !has_any) {
        err = cx_fail(cx, ERR(ERR_NOT_FOUND),
                      "The keys of this backup are not in %.300s, where the newest backup of the "
                      "installation has left them: give their file with --keys.",
                      sources->keys);
    }
    err = err_failed(err) ? err : erasure_again(&tx);
    err = err_failed(err) ? err : db_commit(db);
    if (err_failed(err)) {
        db_rollback(db);
    }
    return err;
}

struct err backup_keys_put(struct cx *cx, const char *fresh,
                           const struct backup_keys_sources *sources, struct str installation) {
    struct db *db = NULL;
    TRY(store_open(cx, fresh, false, &db));
    struct err err = adopt_all(cx, db, sources, installation);
    db_close(db);
    return err;
}
