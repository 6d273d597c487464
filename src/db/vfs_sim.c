/* SQLite over env->files: what a database does to a disk, a simulated disk can see, tear and lose.
 *
 * Every read, write, sync, truncation and removal is one call of env->files, so that a crash can be
 * placed between any two. Nothing is promised about the device (characteristics 0): SQLite then
 * assumes that a write may tear its whole sector. */
#include "db/vfs_sim.h"

#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/vfs.h"
#include "db/vfs_common.h"

enum { PATH_LEN_MAX = 512 };

struct vfs_sim {
    sqlite3_vfs vfs; /* first: SQLite hands us this pointer */
    struct env *env;
    int sector;
    struct vfs_node *nodes;
    char name[32];
};

/* SQLite must see a full disk as such; else `failure`, one of SQLITE_IOERR_…. */
static int result_of(struct err err, int failure) {
    switch (err.code) {
    case ERR_NONE:
        return SQLITE_OK;
    case ERR_DISK_FULL:
        return SQLITE_FULL;
    case ERR_NO_MEMORY:
        return SQLITE_IOERR_NOMEM;
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_BUSY:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_FORMAT:
    case ERR_TOO_LARGE:
    case ERR_PERMISSION:
    case ERR_VERSION:
        break;
    }
    return failure;
}

static int file_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset) {
    struct vfs_file *file = (struct vfs_file *)base;
    size_t wanted = (size_t)len;
    size_t done = 0;
    for (size_t got = 1; done < wanted && got > 0; done += got) {
        struct err err = file->env->files.read(file->file, (uint64_t)offset + done,
                                               (char *)bytes + done, wanted - done, &got);
        if (err_failed(err)) {
            return result_of(err, SQLITE_IOERR_READ);
        }
    }
    memset((char *)bytes + done, 0, wanted - done);
    return done == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset) {
    struct vfs_file *file = (struct vfs_file *)base;
    return result_of(file->env->files.write(file->file, (uint64_t)offset, bytes, (size_t)len),
                     SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 len) {
    struct vfs_file *file = (struct vfs_file *)base;
    return result_of(file->env->files.truncate(file->file, (uint64_t)len), SQLITE_IOERR_TRUNCATE);
}

/* A full disk that shows only now is no full disk to SQLite: what was written may be lost. */
static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    struct vfs_file *file = (struct vfs_file *)base;
    return err_failed(file->env->files.sync(file->file)) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret_len) {
    struct vfs_file *file = (struct vfs_file *)base;
    uint64_t len = 0;
    int result = result_of(file->env->files.size(file->file, &len), SQLITE_IOERR_FSTAT);
    *ret_len = (sqlite3_int64)len;
    return result;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base) {
    return ((struct vfs_file *)base)->sim->sector;
}

static int file_device(sqlite3_file *base) {
    (void)base;
    return 0;
}

/* Takes the opening off its path, and the path off the world after its last opening. */
static void leave_node(struct vfs_file *file) {
    struct vfs_node *node = file->node;
    struct vfs_file **link = &node->files;
    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    if (node->files == NULL) {
        struct vfs_node **place = &file->sim->nodes;
        while (*place != node) {
            place = &(*place)->next;
        }
        *place = node->next;
        env_free(file->env, node);
    }
}

static int file_close(sqlite3_file *base) {
    struct vfs_file *file = (struct vfs_file *)base;
    (void)vfs_sim_shm_unmap(base, 0);
    leave_node(file);
    file->env->files.close(file->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = vfs_sim_lock,
    .xUnlock = vfs_sim_unlock,
    .xCheckReservedLock = vfs_sim_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = vfs_sim_shm_map,
    .xShmLock = vfs_sim_shm_lock,
    .xShmBarrier = vfs_sim_shm_barrier,
    .xShmUnmap = vfs_sim_shm_unmap,
};

/* The node of a path, made when it is new; NULL without memory. */
static struct vfs_node *enter_node(struct vfs_sim *sim, const char *path) {
    for (struct vfs_node *node = sim->nodes; node != NULL; node = node->next) {
        if (strcmp(node->path, path) == 0) {
            return node;
        }
    }
    size_t size = strlen(path) + 1;
    struct vfs_node *node = env_alloc(sim->env, sizeof *node + size);
    if (node != NULL) {
        *node = (struct vfs_node){.next = sim->nodes, .path = (char *)(node + 1)};
        memcpy(node->path, path, size);
        sim->nodes = node;
    }
    return node;
}

static int open_file(struct vfs_sim *sim, const char *path, int flags, struct env_file **ret_file) {
    enum env_open how = flags & SQLITE_OPEN_READWRITE ? ENV_READ_WRITE : ENV_READ;
    if (how == ENV_READ_WRITE && !(flags & SQLITE_OPEN_CREATE)) {
        bool exists = false;
        struct err err = sim->env->files.exists(sim->env, path, &exists);
        if (err_failed(err) || !exists) {
            return SQLITE_CANTOPEN;
        }
    }
    return result_of(sim->env->files.open(sim->env, path, how, ret_file), SQLITE_CANTOPEN);
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                    int *ret_flags) {
    struct vfs_sim *sim = (struct vfs_sim *)vfs;
    struct vfs_file *file = (struct vfs_file *)base;
    *file = (struct vfs_file){.sim = sim, .env = sim->env};
    if (path == NULL) {
        return SQLITE_CANTOPEN; /* a temporary file: the driver keeps those in memory */
    }
    int result = open_file(sim, path, flags, &file->file);
    if (result != SQLITE_OK) {
        return result;
    }
    file->node = enter_node(sim, path);
    if (file->node == NULL) {
        sim->env->files.close(file->file);
        return SQLITE_NOMEM;
    }
    file->next = file->node->files;
    file->node->files = file;
    file->base.pMethods = &file_methods;
    if (ret_flags != NULL) {
        *ret_flags = flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    (void)sync_folder; /* env->files.remove is durable when it returns */
    struct env *env = ((struct vfs_sim *)vfs)->env;
    struct err err = env->files.remove(env, path);
    return err.code == ERR_NOT_FOUND ? SQLITE_IOERR_DELETE_NOENT
                                     : result_of(err, SQLITE_IOERR_DELETE);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_result) {
    (void)flags;
    struct env *env = ((struct vfs_sim *)vfs)->env;
    bool exists = false;
    int result = result_of(env->files.exists(env, path, &exists), SQLITE_IOERR_ACCESS);
    *ret_result = exists;
    return result;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *ret_path) {
    (void)vfs;
    int len = snprintf(ret_path, (size_t)size, "%s", path);
    return len < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* Nobody else runs who could give a lock back in the meantime. */
static int vfs_wait(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *ret_text) {
    (void)vfs;
    (void)size;
    (void)ret_text;
    return 0;
}

struct err vfs_sim_create(struct env *env, int sector, struct vfs_sim **ret_sim) {
    struct vfs_sim *sim = env_alloc(env, sizeof *sim);
    if (sim == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *sim = (struct vfs_sim){
        .env = env,
        .sector = sector,
        .vfs =
            {
                .iVersion = 2,
                .szOsFile = sizeof(struct vfs_file),
                .mxPathname = PATH_LEN_MAX,
                .zName = sim->name,
                .pAppData = env,
                .xOpen = vfs_open,
                .xDelete = vfs_delete,
                .xAccess = vfs_access,
                .xFullPathname = vfs_full_path,
                .xRandomness = vfs_randomness,
                .xSleep = vfs_wait,
                .xCurrentTime = vfs_current_time,
                .xGetLastError = vfs_last_error,
                .xCurrentTimeInt64 = vfs_current_time_ms,
            },
    };
    (void)snprintf(sim->name, sizeof sim->name, "sim-%p", (void *)sim);
    /* SQLite seeds its randomness (the salts of the log) once, from the default VFS: being that,
     * and making it seed again, gives the same bytes on the disk for the same world. */
    if (sqlite3_vfs_register(&sim->vfs, 1) != SQLITE_OK) {
        env_free(env, sim);
        return ERR(ERR_NO_MEMORY);
    }
    sqlite3_randomness(0, NULL);
    *ret_sim = sim;
    return OK;
}

void vfs_sim_destroy(struct vfs_sim *sim) {
    if (sim != NULL) {
        (void)sqlite3_vfs_unregister(&sim->vfs);
        sqlite3_randomness(0, NULL);
        env_free(sim->env, sim);
    }
}

const char *vfs_sim_name(const struct vfs_sim *sim) {
    return sim->name;
}
