/* Where SQLite meets the env.
 *
 * vfs_env: SQLite's own files ("unix"), with clock and randomness from the env.
 * vfs_sim: every file through env->files, for worlds that can lose power (base/env_sim.h). */
#ifndef DB_VFS_H
#define DB_VFS_H

#include "base/env.h"

struct vfs_env;

/* Registers a VFS over the operating system's files. `gathers`: for a connection that syncs each
 * commit, what it writes to the log may be gathered (vfs_log.h). */
MUST_USE struct err vfs_env_create(struct env *env, bool gathers, struct vfs_env **ret_vfs);
void vfs_env_destroy(struct vfs_env *vfs); /* takes NULL; no connection may still use it */
const char *vfs_env_name(const struct vfs_env *vfs);

struct vfs_sim;
const char *vfs_sim_name(const struct vfs_sim *vfs);

#endif
