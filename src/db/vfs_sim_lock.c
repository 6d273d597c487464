/* Locks and shared memory between the connections of a simulated world.
 *
 * All of them live in one thread of one process, so a lock is a number in the opening of the file
 * and a conflict is found by looking at the other openings. Memory shared through "-shm" is heap:
 * it never was on a disk, and a power cut takes it away. The rules are SQLite's
 * (https://www.sqlite.org/lockingv3.html and sqlite3_io_methods). */
#include "db/vfs_sim.h"

#include <string.h>

/* The highest lock that another opening of the file holds. */
static int level_of_others(const struct vfs_file *file) {
    int highest = SQLITE_LOCK_NONE;
    for (const struct vfs_file *other = file->node->files; other != NULL; other = other->next) {
        if (other != file && other->level > highest) {
            highest = other->level;
        }
    }
    return highest;
}

int vfs_sim_lock(sqlite3_file *base, int level) {
    struct vfs_file *file = (struct vfs_file *)base;
    int others = level_of_others(file);
    if (file->level >= level) {
        return SQLITE_OK;
    }
    if (level == SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_PENDING) {
        return SQLITE_BUSY;
    }
    if (level > SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_RESERVED) {
        return SQLITE_BUSY;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
        file->level = SQLITE_LOCK_PENDING; /* keeps new readers out while the old ones finish */
        return SQLITE_BUSY;
    }
    file->level = level;
    return SQLITE_OK;
}

int vfs_sim_unlock(sqlite3_file *base, int level) {
    struct vfs_file *file = (struct vfs_file *)base;
    if (file->level > level) {
        file->level = level;
    }
    return SQLITE_OK;
}

int vfs_sim_check_reserved(sqlite3_file *base, int *ret_is_reserved) {
    const struct vfs_file *file = (struct vfs_file *)base;
    *ret_is_reserved =
        file->level >= SQLITE_LOCK_RESERVED || level_of_others(file) >= SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
}

int vfs_sim_shm_map(sqlite3_file *base, int region, int size, int may_extend,
                    void volatile **ret_map) {
    struct vfs_file *file = (struct vfs_file *)base;
    if (region >= SHM_REGIONS_MAX) {
        return SQLITE_IOERR_SHMSIZE;
    }
    void **place = &file->node->regions[region];
    file->is_mapping = true;
    if (*place == NULL && may_extend) {
        *place = env_alloc(file->env, (size_t)size);
        if (*place == NULL) {
            return SQLITE_IOERR_NOMEM;
        }
        memset(*place, 0, (size_t)size);
    }
    *ret_map = *place;
    return SQLITE_OK;
}

int vfs_sim_shm_lock(sqlite3_file *base, int first, int count, int flags) {
    struct vfs_file *file = (struct vfs_file *)base;
    int slots = ((1 << count) - 1) << first;
    if (flags & SQLITE_SHM_UNLOCK) {
        file->shm_shared &= ~slots;
        file->shm_exclusive &= ~slots;
        return SQLITE_OK;
    }
    bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (const struct vfs_file *other = file->node->files; other != NULL; other = other->next) {
        int held = other->shm_exclusive | (is_exclusive ? other->shm_shared : 0);
        if (other != file && (held & slots) != 0) {
            return SQLITE_BUSY;
        }
    }
    *(is_exclusive ? &file->shm_exclusive : &file->shm_shared) |= slots;
    return SQLITE_OK;
}

void vfs_sim_shm_barrier(sqlite3_file *base) {
    (void)base; /* one thread */
}

/* Whoever maps first after the last has left finds it empty and recovers from the log. */
int vfs_sim_shm_unmap(sqlite3_file *base, int should_delete) {
    (void)should_delete;
    struct vfs_file *file = (struct vfs_file *)base;
    file->is_mapping = false;
    file->shm_shared = 0;
    file->shm_exclusive = 0;
    for (const struct vfs_file *other = file->node->files; other != NULL; other = other->next) {
        if (other->is_mapping) {
            return SQLITE_OK;
        }
    }
    for (size_t i = 0; i < SHM_REGIONS_MAX; i++) {
        env_free(file->env, file->node->regions[i]);
        file->node->regions[i] = NULL;
    }
    return SQLITE_OK;
}
