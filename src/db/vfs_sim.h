/* What vfs_sim.c and vfs_sim_lock.c share: the files of a simulated world as SQLite has them open.
 */
#ifndef DB_VFS_SIM_H
#define DB_VFS_SIM_H

#include <sqlite3.h>

#include "base/env.h"

enum { SHM_REGIONS_MAX = 64 }; /* of 4,096 pages of log each: 1 GB */

struct vfs_sim;

/* A path that is open at least once. */
struct vfs_node {
    struct vfs_node *next;
    struct vfs_file *files; /* its openings */
    void *regions[SHM_REGIONS_MAX];
    char *path; /* behind this struct */
};

/* One opening; SQLite allocates it. */
struct vfs_file {
    sqlite3_file base; /* first: SQLite hands us this pointer */
    struct vfs_sim *sim;
    struct env *env;
    struct env_file *file;
    struct vfs_node *node;
    struct vfs_file *next; /* of the same node */
    int level;             /* SQLITE_LOCK_… */
    int shm_shared;        /* bits of the slots it holds */
    int shm_exclusive;
    bool is_mapping;
};

int vfs_sim_lock(sqlite3_file *base, int level);
int vfs_sim_unlock(sqlite3_file *base, int level);
int vfs_sim_check_reserved(sqlite3_file *base, int *ret_is_reserved);
int vfs_sim_shm_map(sqlite3_file *base, int region, int size, int may_extend,
                    void volatile **ret_map);
int vfs_sim_shm_lock(sqlite3_file *base, int first, int count, int flags);
void vfs_sim_shm_barrier(sqlite3_file *base);
int vfs_sim_shm_unmap(sqlite3_file *base, int should_delete);

#endif
