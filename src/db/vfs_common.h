/* What both VFSs give SQLite from the env, which is their pAppData. */
#ifndef DB_VFS_COMMON_H
#define DB_VFS_COMMON_H

#include <sqlite3.h>

int vfs_randomness(sqlite3_vfs *vfs, int len, char *ret_bytes);
/* Julian days, and the same times 86,400,000: what SQLite counts time in. */
int vfs_current_time(sqlite3_vfs *vfs, double *ret_days);
int vfs_current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *ret_ms);

#endif
