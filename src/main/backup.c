/* `turnpike backup`: reads the files beside a server that may be running. */
#include "main/backup.h"

#include <unistd.h>

#include "app/freeze.h"
#include "db/db.h"
#include "main/backup_keys.h"
#include "main/backup_sealed.h"
#include "main/serve.h"
#include "store/schema.h"
#include "store/setting.h"

static const char *path_in(struct cx *cx, const char *folder, const char *name) {
    return arena_printf(cx->arena, "%s/%s", folder, name).bytes;
}

static struct err open_reader(struct cx *cx, const char *path, const char *application,
                              struct db **ret_db) {
    const struct db_options options = {.path = path, .is_reader = true, .application = application};
    return db_open(cx, &options, ret_db);
}

static struct err check_copy(struct cx *cx, const char *path, const char *application) {
    struct db *db = NULL;
    TRY(open_reader(cx, path, application, &db));
    struct err err = db_verify(cx, db);
    db_close(db);
    return err;
}

/* Whose it is. */
static struct err describe(struct cx *cx, const char *copy, struct backup_manifest *manifest) {
    struct db *db = NULL;
    struct freeze freeze;
    TRY(store_open(cx, copy, true, &db));
    struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
    struct err err = setting_get(&tx, "installation_id", &manifest->installation);
    err = err_failed(err) ? err : freeze_read(&tx, &freeze);
    db_close(db);
    TRY(err);
    manifest->incarnation = freeze.incarnation;
    return OK;
}

/* The copy, without the keys that open it. */
static struct err take_keys(struct cx *cx, const struct cli_backup *options, const char *copy,
                            struct backup_manifest *manifest) {
    TRY(describe(cx, copy, manifest));
    const char *path = options->keys != NULL
                           ? options->keys
                           : backup_keys_path(cx, options->folder, manifest->installation);
    manifest->has_keys_apart = true;
    return backup_keys_take(cx, copy, path, manifest->installation);
}

/* Where copies are made: in the backup's folder, or, of what is to be sealed, beside the data,
 * which nothing leaves that is not. */
static const char *shelf_of(struct cx *cx, const struct cli_backup *options) {
    return options->key == NULL ? options->folder
                                : path_in(cx, options->data_dir, "backup.partial");
}

static struct err copy_file(struct cx *cx, const struct cli_backup *options, const char *name,
                            const char *application) {
    struct db *db = NULL;
    TRY(open_reader(cx, path_in(cx, options->data_dir, name), application, &db));
    struct err err = db_copy(cx, db, path_in(cx, shelf_of(cx, options), name));
    db_close(db);
    return err;
}

/* In place of the copy, which was beside the data until now. */
static struct err seal_copy(struct cx *cx, const struct cli_backup *options, const char *copy,
                            const char *sealed) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct err err = backup_seal(cx, options->key, copy, sealed);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        const char *path = arena_printf(cx->arena, "%s%s", copy, ends[i]).bytes;
        (void)cx->env->files.remove(cx->env, path).code;
    }
    return err;
}

/* Opened and read through: what cannot be restored is no backup. */
static struct err list_copy(struct cx *cx, const struct cli_backup *options, const char *name,
                            const char *application, struct backup_manifest *manifest) {
    const char *copy = path_in(cx, shelf_of(cx, options), name);
    struct backup_file *file = &manifest->files[manifest->file_count++];
    TRY(check_copy(cx, copy, application));
    const char *last =
        options->key == NULL ? name : arena_printf(cx->arena, "%s" BACKUP_SEALED_END, name).bytes;
    file->name = str_from_cstr(last);
    if (options->key != NULL) {
        TRY(seal_copy(cx, options, copy, path_in(cx, options->folder, last)));
    }
    return backup_measure(cx, path_in(cx, options->folder, last), file);
}

static struct err prepare_folder(struct cx *cx, const char *folder) {
    bool is_empty = false;
    struct err err = cx->env->files.make_dir(cx->env, folder);
    err = err_failed(err) ? err : cx->env->files.is_empty_dir(cx->env, folder, &is_empty);
    if (err_failed(err)) {
        return cx_fail(cx, err, "The folder %s cannot be made (%s).", folder, err_name(err.code));
    }
    return is_empty ? OK
                    : cx_fail(cx, ERR(ERR_CONFLICT),
                              "The folder %s is not empty: a backup wants one of its own.", folder);
}

/* What a backup that was cut short has left there goes. */
static struct err prepare_shelf(struct cx *cx, const struct cli_backup *options) {
    static const char *const names[] = {"turnpike.db", "sandbox.db"};
    static const char *const ends[] = {"", "-wal", "-shm"};
    const char *shelf = shelf_of(cx, options);
    TRY(cx->env->files.make_dir(cx->env, shelf));
    for (size_t i = 0; i < ARRAY_LEN(names) * ARRAY_LEN(ends); i++) {
        const char *name = names[i / ARRAY_LEN(ends)];
        const char *path =
            arena_printf(cx->arena, "%s/%s%s", shelf, name, ends[i % ARRAY_LEN(ends)]).bytes;
        (void)cx->env->files.remove(cx->env, path).code;
    }
    return OK;
}

static struct err copy_all(struct cx *cx, const struct cli_backup *options, bool has_sandbox,
                           struct backup_manifest *manifest) {
    TRY(copy_file(cx, options, "turnpike.db", "TPKE"));
    if (has_sandbox) {
        TRY(copy_file(cx, options, "sandbox.db", "TPSB"));
    }
    TRY(take_keys(cx, options, path_in(cx, shelf_of(cx, options), "turnpike.db"), manifest));
    TRY(list_copy(cx, options, "turnpike.db", "TPKE", manifest));
    return has_sandbox ? list_copy(cx, options, "sandbox.db", "TPSB", manifest) : OK;
}

struct err backup_run(struct cx *cx, const struct cli_backup *options,
                      struct cli_backup_report *ret_report) {
    struct backup_manifest manifest = {.taken_at = cx_now_ms(cx)};
    bool has_sandbox = false;
    TRY(cx->env->files.exists(cx->env, path_in(cx, options->data_dir, "sandbox.db"), &has_sandbox));
    TRY(prepare_folder(cx, options->folder));
    if (options->key != NULL) {
        TRY(prepare_shelf(cx, options));
    }
    struct err err = copy_all(cx, options, has_sandbox, &manifest);
    if (options->key != NULL) {
        struct err cleared = prepare_shelf(cx, options);
        err = err_failed(err) ? err : cleared;
        (void)rmdir(shelf_of(cx, options));
    }
    TRY(err);
    TRY(backup_write_manifest(cx, path_in(cx, options->folder, BACKUP_MANIFEST), &manifest));
    struct cli_backup_report report = {.files = (int64_t)manifest.file_count,
                                       .taken_at = manifest.taken_at};
    for (size_t i = 0; i < manifest.file_count; i++) {
        report.bytes += manifest.files[i].bytes;
    }
    *ret_report = report;
    return OK;
}
