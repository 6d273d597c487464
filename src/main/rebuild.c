/* `turnpike rebuild-usage`: the store as a server would open it, which brings totals up to date,
 * and no server. The folder's lock keeps one from starting meanwhile. */
#include <string.h>

#include "app/usage_rebuild.h"
#include "main/program.h"
#include "main/serve.h"

static struct cli_usage_difference for_people(struct arena *arena,
                                              const struct usage_difference *difference) {
    const struct usage_stored *row = &difference->rebuilt.row;
    const struct usage_stored *stored = &difference->stored;
    return (struct cli_usage_difference){
        .user_id = arena_str(arena, row->user_id),
        .metric = metric_name(row->metric),
        .kind = usage_rebuild_kind(row),
        .has_start = !row->is_account,
        .start = row->timestamp,
        .region = arena_str(arena, row->region),
        .resource = arena_str(arena, row->resource),
        .source = arena_str(arena, row->source),
        .stored = difference->stored.value,
        .rebuilt = row->value,
        .stored_events = difference->stored.events,
        .rebuilt_events = row->events,
        .has_adjusted =
            stored->adjusted_events >= 0 &&
            (stored->adjusted != row->adjusted || stored->adjusted_events != row->adjusted_events),
        .stored_adjusted = stored->adjusted,
        .rebuilt_adjusted = row->adjusted,
        .stored_adjusted_events = stored->adjusted_events,
        .rebuilt_adjusted_events = row->adjusted_events,
    };
}

/* In memory of the command's, since the program's goes. */
static struct err describe(struct cx *cx, const struct usage_rebuild *rebuild,
                           struct cli_rebuild_report *ret_report) {
    struct cli_usage_difference *list = arena_array(cx->arena, rebuild->count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < rebuild->count; i++) {
        list[i] = for_people(cx->arena, &rebuild->differences[i]);
    }
    if (list == NULL || arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for all differences.");
    }
    *ret_report =
        (struct cli_rebuild_report){rebuild->compared, rebuild->older, list, rebuild->count};
    return OK;
}

static struct err rebuild_in_transaction(struct program *program, struct usage_rebuild *rebuild) {
    struct tx tx = {
        .cx = &program->cx, .db = program->writing, .keyring = program->app.writer_keys};
    TRY(db_begin(program->writing));
    struct err err = usage_rebuild(&program->app, &tx, rebuild);
    err = err_failed(err) ? err : db_commit(program->writing);
    if (err_failed(err)) {
        db_rollback(program->writing);
    }
    return err;
}

static struct err must_exist(struct cx *cx, const char *data_dir) {
    bool exists = false;
    const char *path = arena_printf(cx->arena, "%s/turnpike.db", data_dir).bytes;
    TRY(cx->env->files.exists(cx->env, path, &exists));
    return exists ? OK : cx_fail(cx, ERR(ERR_NOT_FOUND), "There is no database in %s.", data_dir);
}

struct err rebuild_usage_run(struct cx *cx, const struct cli_rebuild *options,
                             struct cli_rebuild_report *ret_report) {
    struct serve_options serve = {.data_dir = options->data_dir, .listen = STR("127.0.0.1:0")};
    struct usage_rebuild rebuild = {.repairs = options->repairs};
    struct program program = {0};
    TRY(must_exist(cx, options->data_dir));
    struct err err = program_open(&program, cx->env, &serve);
    err = err_failed(err) ? err : rebuild_in_transaction(&program, &rebuild);
    if (err_failed(err)) {
        memcpy(cx->detail, program.cx.detail, sizeof cx->detail);
    } else {
        err = describe(cx, &rebuild, ret_report);
    }
    program_close(&program);
    return err;
}
