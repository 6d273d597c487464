/* A shim over SQLite's "unix" VFS: the clock and the randomness are the env's, and the log of a
 * connection that syncs each commit is written in few large pieces (vfs_log.h).
 *
 * Each connection registers one under its own name. Files, locks and shared memory stay those of
 * "unix", which keeps its locks per inode for the whole process, so connections under different
 * names see one another. Sleeping (only while waiting for a lock) stays there too. */
#include "db/vfs.h"

#include <sqlite3.h>
#include <stdio.h>

#include "db/vfs_common.h"
#include "db/vfs_log.h"

struct vfs_env {
    sqlite3_vfs vfs; /* first: SQLite hands us this pointer */
    sqlite3_vfs *below;
    bool gathers; /* what is written to the log */
    char name[32];
};

static sqlite3_vfs *below(sqlite3_vfs *vfs) {
    return ((struct vfs_env *)vfs)->below;
}

static int file_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags) {
    bool is_gathered = ((struct vfs_env *)vfs)->gathers && (flags & SQLITE_OPEN_WAL) != 0;
    if (!is_gathered) {
        return below(vfs)->xOpen(below(vfs), path, file, flags, ret_flags);
    }
    struct vfs_log *log = (struct vfs_log *)file; /* and the file itself behind it */
    sqlite3_file *itself = (sqlite3_file *)(void *)(log + 1);
    file->pMethods = NULL; /* nothing to close */
    int result = below(vfs)->xOpen(below(vfs), path, itself, flags, ret_flags);
    if (result == SQLITE_OK) {
        vfs_log_open(log, vfs->pAppData, itself);
    }
    return result;
}

static int file_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    return below(vfs)->xDelete(below(vfs), path, sync_folder);
}

static int file_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_result) {
    return below(vfs)->xAccess(below(vfs), path, flags, ret_result);
}

static int full_path(sqlite3_vfs *vfs, const char *path, int size, char *ret_path) {
    return below(vfs)->xFullPathname(below(vfs), path, size, ret_path);
}

static int last_error(sqlite3_vfs *vfs, int size, char *ret_text) {
    return below(vfs)->xGetLastError(below(vfs), size, ret_text);
}

static int wait_us(sqlite3_vfs *vfs, int microseconds) {
    return below(vfs)->xSleep(below(vfs), microseconds);
}

struct err vfs_env_create(struct env *env, bool gathers, struct vfs_env **ret_vfs) {
    sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");
    if (unix_vfs == NULL) {
        return ERR(ERR_VERSION);
    }
    struct vfs_env *vfs = env_alloc(env, sizeof *vfs);
    if (vfs == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *vfs = (struct vfs_env){
        .below = unix_vfs,
        .gathers = gathers,
        .vfs =
            {
                .iVersion = 2,
                .szOsFile = unix_vfs->szOsFile + (int)sizeof(struct vfs_log),
                .mxPathname = unix_vfs->mxPathname,
                .zName = vfs->name,
                .pAppData = env,
                .xOpen = file_open,
                .xDelete = file_delete,
                .xAccess = file_access,
                .xFullPathname = full_path,
                .xRandomness = vfs_randomness,
                .xSleep = wait_us,
                .xCurrentTime = vfs_current_time,
                .xGetLastError = last_error,
                .xCurrentTimeInt64 = vfs_current_time_ms,
            },
    };
    (void)snprintf(vfs->name, sizeof vfs->name, "env-%p", (void *)vfs);
    if (sqlite3_vfs_register(&vfs->vfs, 0) != SQLITE_OK) {
        env_free(env, vfs);
        return ERR(ERR_NO_MEMORY);
    }
    *ret_vfs = vfs;
    return OK;
}

void vfs_env_destroy(struct vfs_env *vfs) {
    if (vfs != NULL) {
        (void)sqlite3_vfs_unregister(&vfs->vfs);
        env_free(vfs->vfs.pAppData, vfs);
    }
}

const char *vfs_env_name(const struct vfs_env *vfs) {
    return vfs->name;
}
