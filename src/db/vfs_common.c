/* Clock and randomness for SQLite, from the env. */
#include "db/vfs_common.h"

#include "base/env.h"

/* 1970-01-01 is Julian day 2,440,587.5. */
static const int64_t JULIAN_EPOCH_MS = 2440587 * INT64_C(86400000) + 43200000;

int vfs_randomness(sqlite3_vfs *vfs, int len, char *ret_bytes) {
    struct env *env = vfs->pAppData;
    env->random(env, ret_bytes, (size_t)len);
    return len;
}

int vfs_current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *ret_ms) {
    struct env *env = vfs->pAppData;
    *ret_ms = env->wall_ms(env) + JULIAN_EPOCH_MS;
    return SQLITE_OK;
}

int vfs_current_time(sqlite3_vfs *vfs, double *ret_days) {
    sqlite3_int64 ms = 0;
    int result = vfs_current_time_ms(vfs, &ms);
    *ret_days = (double)ms / 86400000.0;
    return result;
}
