/* `turnpike restore --drill`: a backup is restored into a folder of its own, looked at from the
 * first page to the last, and thrown away: what cannot be restored is no backup. */
#include <unistd.h>

#include "db/db.h"
#include "main/serve.h"
#include "store/schema.h"

static const char *path_in(struct cx *cx, const char *folder, const char *name) {
    return arena_printf(cx->arena, "%s/%s", folder, name).bytes;
}

/* All that a restore leaves there; also of a drill that was cut short. */
static void clear(struct cx *cx, const char *folder) {
    static const char *const names[] = {"turnpike.db", "turnpike.db.restoring", "sandbox.db",
                                        "lock"};
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(names) * ARRAY_LEN(ends); i++) {
        const char *name = names[i / ARRAY_LEN(ends)];
        const char *path =
            arena_printf(cx->arena, "%s/%s%s", folder, name, ends[i % ARRAY_LEN(ends)]).bytes;
        (void)cx->env->files.remove(cx->env, path).code;
    }
    (void)rmdir(folder);
}

static struct err look(struct cx *cx, const char *folder) {
    struct db *db = NULL;
    TRY(store_open(cx, path_in(cx, folder, "turnpike.db"), true, &db));
    struct err err = db_verify(cx, db);
    db_close(db);
    return err;
}

struct err restore_drill_run(struct cx *cx, const struct cli_backup *options,
                             struct cli_backup_report *ret_report) {
    struct cli_backup aside = *options;
    aside.data_dir = path_in(cx, options->data_dir, "drill.partial");
    clear(cx, aside.data_dir);
    struct err err = restore_run(cx, &aside, ret_report);
    err = err_failed(err) ? err : look(cx, aside.data_dir);
    clear(cx, aside.data_dir);
    return err;
}
