/* Making, recognising and locking the data folder.
 *
 * The lock file carries a mark, so that a folder whose first start was cut short before there was a
 * database is still known as ours. A part of the mark, or none, is the same case, cut shorter. */
#include "db/folder.h"

#include <stdio.h>

enum { PATH_SIZE = 1024 };

static const struct str mark = STR_INIT("Held by the program that owns this folder.\n");

struct folder {
    struct env *env;
    struct env_file *lock;
};

static struct err join(struct cx *cx, const char *folder, const char *name, char *ret_path) {
    int len = snprintf(ret_path, PATH_SIZE, "%s/%s", folder, name);
    if (len >= PATH_SIZE) {
        return cx_fail(cx, ERR(ERR_TOO_LARGE), "The path of the data folder is too long.");
    }
    return OK;
}

static struct err make(struct cx *cx, const char *path) {
    struct err err = cx->env->files.make_dir(cx->env, path);
    if (err.code == ERR_PERMISSION) {
        return cx_fail(cx, err, "%s cannot be created: its parent folder is not writable.", path);
    }
    if (err.code == ERR_NOT_FOUND) {
        return cx_fail(cx, err, "%s cannot be created: its parent folder does not exist.", path);
    }
    if (err.code == ERR_CONFLICT) {
        return cx_fail(cx, err, "%s is not a folder.", path);
    }
    return err_failed(err) ? cx_fail(cx, err, "%s cannot be created.", path) : OK;
}

/* True when `path` is a lock file of ours; false also when it is not there. */
static struct err is_our_lock(struct env *env, const char *path, bool *ret_is_ours) {
    struct env_file *file = NULL;
    struct err err = env->files.open(env, path, ENV_READ, &file);
    if (err.code == ERR_NOT_FOUND) {
        *ret_is_ours = false;
        return OK;
    }
    TRY(err);
    char content[64];
    size_t len = 0;
    err = env->files.read(file, 0, content, sizeof content, &len);
    env->files.close(file);
    TRY(err);
    *ret_is_ours = str_starts_with(mark, str_of(content, len));
    return OK;
}

static struct err recognise(struct cx *cx, const char *path, const char *database) {
    char file[PATH_SIZE];
    bool is_ours = false;
    TRY(cx->env->files.is_empty_dir(cx->env, path, &is_ours));
    if (!is_ours) {
        TRY(join(cx, path, database, file));
        TRY(cx->env->files.exists(cx->env, file, &is_ours));
    }
    if (!is_ours) {
        TRY(join(cx, path, "lock", file));
        TRY(is_our_lock(cx->env, file, &is_ours));
    }
    if (!is_ours) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "%s holds files, but no %s: choose an empty folder or the right one.", path,
                       database);
    }
    return OK;
}

static struct err take_lock(struct cx *cx, const char *path, struct env_file *lock) {
    struct env *env = cx->env;
    struct err err = env->files.lock(lock);
    if (err.code == ERR_BUSY) {
        return cx_fail(cx, err, "%s is in use by another process.", path);
    }
    uint64_t size = 0;
    if (!err_failed(err)) {
        err = env->files.size(lock, &size);
    }
    if (!err_failed(err) && size < mark.len) {
        err = env->files.write(lock, 0, mark.bytes, mark.len);
    }
    if (!err_failed(err) && size < mark.len) {
        err = env->files.sync(lock);
    }
    if (err.code == ERR_DISK_FULL) {
        return cx_fail(cx, err, "The disk that holds %s is full.", path);
    }
    return err_failed(err) ? cx_fail(cx, err, "%s cannot be locked.", path) : OK;
}

static struct err open_lock(struct cx *cx, const char *path, struct env_file **ret_lock) {
    char file[PATH_SIZE];
    TRY(join(cx, path, "lock", file));
    struct err err = cx->env->files.open(cx->env, file, ENV_READ_WRITE, ret_lock);
    if (err.code == ERR_PERMISSION) {
        return cx_fail(cx, err, "%s is read-only: check its owner and rights.", path);
    }
    if (err_failed(err)) {
        return cx_fail(cx, err, "%s cannot be opened.", file);
    }
    err = take_lock(cx, path, *ret_lock);
    if (err_failed(err)) {
        cx->env->files.close(*ret_lock);
    }
    return err;
}

struct err folder_open(struct cx *cx, const char *path, const char *database,
                       struct folder **ret_folder) {
    cx->detail[0] = '\0';
    TRY(make(cx, path));
    struct err err = recognise(cx, path, database);
    if (err_failed(err)) {
        return cx->detail[0] != '\0' ? err : cx_fail(cx, err, "%s cannot be read.", path);
    }
    struct folder *folder = env_alloc(cx->env, sizeof *folder);
    if (folder == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory to open %s.", path);
    }
    *folder = (struct folder){.env = cx->env};
    err = open_lock(cx, path, &folder->lock);
    if (err_failed(err)) {
        env_free(cx->env, folder);
        return err;
    }
    *ret_folder = folder;
    return OK;
}

void folder_close(struct folder *folder) {
    if (folder != NULL) {
        folder->env->files.close(folder->lock);
        env_free(folder->env, folder);
    }
}
