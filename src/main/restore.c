/* `turnpike restore`: a checked copy is frozen before it gets the database's name, so that there is
 * no moment at which a server could start on it and charge. */
#include <stdio.h>

#include "app/freeze.h"
#include "base/rfc3339.h"
#include "db/db.h"
#include "db/folder.h"
#include "main/backup.h"
#include "main/backup_keys.h"
#include "main/backup_sealed.h"
#include "main/serve.h"
#include "store/schema.h"

/* What is prepared, until it gets its name. */
#define FRESH "turnpike.db.restoring"

static const char *path_in(struct cx *cx, const char *folder, const char *name) {
    return arena_printf(cx->arena, "%s/%s", folder, name).bytes;
}

static struct err check_file(struct cx *cx, const char *folder, const struct backup_file *file) {
    struct backup_file found = {.name = file->name};
    const char *path = path_in(cx, folder, arena_str(cx->arena, file->name).bytes);
    TRY(backup_measure(cx, path, &found));
    bool is_same = found.bytes == file->bytes && str_equal(found.sha256, file->sha256);
    return is_same ? OK
                   : cx_fail(cx, ERR(ERR_CORRUPT),
                             "%s is not what the manifest says: the backup is damaged.", path);
}

static struct err check_backup(struct cx *cx, const char *folder,
                               struct backup_manifest *ret_manifest) {
    TRY(backup_read_manifest(cx, path_in(cx, folder, BACKUP_MANIFEST), ret_manifest));
    if (!str_starts_with(ret_manifest->files[0].name, STR("turnpike.db"))) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The backup in %s holds no turnpike.db.", folder);
    }
    for (size_t i = 0; i < ret_manifest->file_count; i++) {
        TRY(check_file(cx, folder, &ret_manifest->files[i]));
    }
    return OK;
}

/* --- what is there already --- */

/* Of the data that is replaced; 0 when it cannot be told. */
static int64_t incarnation_of(struct cx *cx, const char *path) {
    struct db *db = NULL;
    struct freeze freeze = {.incarnation = 0};
    if (!err_failed(store_open(cx, path, true, &db))) {
        struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
        if (err_failed(freeze_read(&tx, &freeze))) {
            freeze.incarnation = 0;
        }
        db_close(db);
    }
    cx->detail[0] = '\0';
    return freeze.incarnation;
}

static struct err move(struct cx *cx, const char *from, const char *to) {
    bool exists = false;
    TRY(cx->env->files.exists(cx->env, from, &exists));
    if (exists && rename(from, to) != 0) {
        return cx_fail(cx, ERR(ERR_IO), "%s cannot be renamed to %s.", from, to);
    }
    return OK;
}

/* With its log, which may hold what is not in the file yet. */
static struct err set_aside(struct cx *cx, const char *path) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        const char *from = arena_printf(cx->arena, "%s%s", path, ends[i]).bytes;
        const char *to =
            arena_printf(cx->arena, "%s.replaced-%lld%s", path, (long long)cx_now_ms(cx), ends[i])
                .bytes;
        TRY(move(cx, from, to));
    }
    return OK;
}

static struct err make_room(struct cx *cx, const struct cli_backup *options, const char *name) {
    const char *path = path_in(cx, options->data_dir, name);
    bool exists = false;
    TRY(cx->env->files.exists(cx->env, path, &exists));
    if (exists && !options->replaces) {
        return cx_fail(cx, ERR(ERR_CONFLICT),
                       "%s is there already. With --replace it is moved aside first.", path);
    }
    return exists ? set_aside(cx, path) : OK;
}

/* --- what is put there --- */

static struct err freeze_copy(struct cx *cx, const char *path, const struct backup_manifest *from,
                              int64_t incarnation_before, int64_t *ret_incarnation) {
    struct db *db = NULL;
    struct freeze freeze = {0};
    char at[RFC3339_SIZE];
    rfc3339_format(from->taken_at, at);
    struct str reason = arena_printf(cx->arena, "Restored from the backup of %s", at);
    TRY(store_open(cx, path, false, &db));
    struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
    struct err err = db_begin(db);
    err = err_failed(err) ? err : freeze_begin(&tx, reason, incarnation_before);
    err = err_failed(err) ? err : db_commit(db);
    err = err_failed(err) ? err : freeze_read(&tx, &freeze);
    db_close(db);
    TRY(err);
    *ret_incarnation = freeze.incarnation;
    return OK;
}

static struct err put(struct cx *cx, const char *from, const char *path) {
    TRY(move(cx, from, path));
    return cx->env->files.sync_name(cx->env, path);
}

/* Those of the data that are replaced, too: somebody may have been erased since the last backup. */
static struct err put_keys(struct cx *cx, const struct cli_backup *options,
                           const struct backup_manifest *manifest, const char *fresh) {
    const struct backup_keys_sources sources = {
        .keys = options->keys != NULL
                    ? options->keys
                    : backup_keys_path(cx, options->folder, manifest->installation),
        .replaced = path_in(cx, options->data_dir, "turnpike.db"),
    };
    return manifest->has_keys_apart ? backup_keys_put(cx, fresh, &sources, manifest->installation)
                                    : OK;
}

/* A file of the backup, opened if it is sealed. */
static struct err take_file(struct cx *cx, const struct cli_backup *options, const char *name,
                            const char *to) {
    const char *plain = path_in(cx, options->folder, name);
    const char *sealed = arena_printf(cx->arena, "%s" BACKUP_SEALED_END, plain).bytes;
    bool is_sealed = false;
    TRY(cx->env->files.exists(cx->env, sealed, &is_sealed));
    if (!is_sealed) {
        return backup_copy_file(cx, plain, to);
    }
    return options->key != NULL
               ? backup_unseal(cx, options->key, sealed, to)
               : cx_fail(cx, ERR(ERR_PERMISSION),
                         "This backup is sealed as a whole: give its key with --backup-key.");
}

/* All that can be refused is, before anything has its name. */
static struct err prepare_own(struct cx *cx, const struct cli_backup *options,
                              const struct backup_manifest *manifest, int64_t *ret_incarnation) {
    const char *fresh = path_in(cx, options->data_dir, FRESH);
    int64_t before = incarnation_of(cx, path_in(cx, options->data_dir, "turnpike.db"));
    (void)cx->env->files.remove(cx->env, fresh).code; /* of a restore that was cut short */
    TRY(take_file(cx, options, "turnpike.db", fresh));
    TRY(put_keys(cx, options, manifest, fresh));
    return freeze_copy(cx, fresh, manifest, before, ret_incarnation);
}

static struct err place_own(struct cx *cx, const struct cli_backup *options) {
    TRY(make_room(cx, options, "turnpike.db"));
    return put(cx, path_in(cx, options->data_dir, FRESH),
               path_in(cx, options->data_dir, "turnpike.db"));
}

static struct err restore_sandbox(struct cx *cx, const struct cli_backup *options) {
    TRY(make_room(cx, options, "sandbox.db"));
    return take_file(cx, options, "sandbox.db", path_in(cx, options->data_dir, "sandbox.db"));
}

static struct err restore_all(struct cx *cx, const struct cli_backup *options,
                              const struct backup_manifest *manifest,
                              struct cli_backup_report *report) {
    bool exists = false;
    TRY(cx->env->files.exists(cx->env, path_in(cx, options->data_dir, "turnpike.db"), &exists));
    if (exists && !options->replaces) {
        return make_room(cx, options, "turnpike.db"); /* says what is in the way */
    }
    TRY(prepare_own(cx, options, manifest, &report->incarnation));
    if (manifest->file_count > 1 && !options->without_sandbox) {
        TRY(restore_sandbox(cx, options));
    }
    return place_own(cx, options);
}

struct err restore_run(struct cx *cx, const struct cli_backup *options,
                       struct cli_backup_report *ret_report) {
    struct backup_manifest manifest;
    struct folder *folder = NULL;
    TRY(check_backup(cx, options->folder, &manifest));
    struct cli_backup_report report = {.taken_at = manifest.taken_at,
                                       .files = (int64_t)manifest.file_count};
    TRY(folder_open(cx, options->data_dir, "turnpike.db", &folder));
    struct err err = restore_all(cx, options, &manifest, &report);
    folder_close(folder);
    TRY(err);
    *ret_report = report;
    return OK;
}
