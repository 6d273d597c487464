#include "app/keyring.h"

#include "base/log.h"
#include "gate/gate.h"
#include "store/customer.h"

/* Rows or keys in a transaction: two milliseconds or so, which others wait for. */
enum { BUDGET = 128 };

static struct err begin_walk(struct tx *tx, enum key_walk_kind kind) {
    struct key_walk_row row = {
        .id = id_new(tx->cx, "kwlk"),
        .kind = (int)kind,
        .status = STR("running"),
        .user_cursor = STR(""),
        .row_cursor = STR(""),
        .started_at = cx_now_ms(tx->cx),
        .finished_at = ROW_NONE,
    };
    return key_walk_insert(tx, &row);
}

static struct err is_running(struct tx *tx, bool *ret_is) {
    struct key_walk_row row;
    return key_walk_running(tx, &row, ret_is);
}

struct err keyring_is_walking(struct tx *tx, bool *ret_is) {
    TRY(is_running(tx, ret_is));
    return *ret_is ? OK : keyring_wants_scrub(tx, ret_is);
}

struct err keyring_seal_older(struct tx *tx) {
    struct str first = STR("");
    TRY(customer_after(tx, STR(""), &first));
    return first.len == 0 ? OK : begin_walk(tx, KEY_WALK_SEAL);
}

/* --- rotation --- */

static struct err run_rotate(struct command *command, struct tx *tx) {
    struct keyring_rotate *rotate = (struct keyring_rotate *)command;
    bool is_walking = false;
    TRY(is_running(tx, &is_walking));
    if (is_walking) {
        command->outcome = OUTCOME_KEY_WALK_RUNNING;
        return OK;
    }
    if (rotate->kind == KEY_WALK_SEAL) {
        TRY(keyring_next_generation(tx));
    }
    command->outcome = OUTCOME_CREATED;
    return begin_walk(tx, rotate->kind);
}

static void refuse(struct keyring_rotate *rotate, enum outcome outcome) {
    rotate->command.outcome = outcome;
    rotate->command.done(&rotate->command);
}

static void renewed(void *context, const struct key_renewal *renewal) {
    struct keyring_rotate *rotate = context;
    struct app *app = rotate->command.app;
    app->is_renewing_keys = false;
    if (err_failed(renewal->err)) {
        refuse(rotate, OUTCOME_KEY_SOURCE_FAILED);
        return;
    }
    switch (key_safe_adopt(app->safe, renewal->keks)) {
    case KEKS_UNCHANGED:
        refuse(rotate, OUTCOME_KEY_UNCHANGED);
        return;
    case KEKS_LACK_PRESENT:
        refuse(rotate, OUTCOME_EARLIER_KEY_MISSING);
        return;
    case KEKS_ADOPTED:
        break;
    }
    command_submit(app, &rotate->command);
}

/* The keys from outside are not asked for in vain. */
static bool may_renew(struct app *app) {
    struct arena arena;
    struct cx cx;
    bool is_walking = true;
    arena_init(&arena, app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, app->env, &arena);
    struct tx tx = app_read(app, &cx);
    struct err err = keyring_is_walking(&tx, &is_walking);
    arena_finish(&arena);
    return !err_failed(err) && !is_walking && !app->is_renewing_keys;
}

void keyring_rotate(struct app *app, struct keyring_rotate *rotate) {
    rotate->command.app = app;
    rotate->command.run = run_rotate;
    rotate->command.after = NULL;
    if (rotate->kind == KEY_WALK_SEAL) {
        command_submit(app, &rotate->command);
    } else if (!may_renew(app)) {
        refuse(rotate, OUTCOME_KEY_WALK_RUNNING);
    } else if (app->key_source == NULL) {
        refuse(rotate, OUTCOME_KEY_SOURCE_FAILED);
    } else {
        app->is_renewing_keys = true;
        app->key_source->renew(app->key_source, renewed, rotate);
    }
}

/* --- a walk --- */

/* The one that runs, or the one that is to begin. */
static struct err find_walk(struct tx *tx, struct key_walk_row *walk, bool *ret_found) {
    bool wants_scrub = false;
    TRY(key_walk_running(tx, walk, ret_found));
    if (!*ret_found) {
        TRY(keyring_wants_scrub(tx, &wants_scrub));
    }
    if (wants_scrub) {
        TRY(begin_walk(tx, KEY_WALK_SCRUB));
        TRY(keyring_scrubbed(tx));
        TRY(key_walk_running(tx, walk, ret_found));
    }
    return OK;
}

/* The source is told before the walk counts as done, and after a crash once more. */
static bool needs_settling(const struct app *app, enum key_walk_kind kind) {
    return kind == KEY_WALK_REWRAP && app->key_source != NULL && !app->has_settled_keys;
}

static struct err run_step(struct command *command, struct tx *tx) {
    struct keyring_step *step = (struct keyring_step *)command;
    struct key_walk_row walk;
    bool is_found = false;
    TRY(find_walk(tx, &walk, &is_found));
    step->is_over = !is_found;
    if (!is_found) {
        return OK;
    }
    TRY(key_walk_step(tx, &walk, BUDGET, &step->is_over));
    step->kind = (enum key_walk_kind)walk.kind;
    step->wants_settling = step->is_over && needs_settling(command->app, step->kind);
    if (step->wants_settling) {
        step->is_over = false; /* the walk ends with the step after that */
    }
    if (step->is_over) {
        walk.status = STR("done");
        walk.finished_at = cx_now_ms(tx->cx);
        db_forget(tx->db); /* what was plain, or wrapped under the key of before */
    }
    return key_walk_replace(tx, &walk);
}

void keyring_step(struct app *app, struct keyring_step *step) {
    step->command.run = run_step;
    step->command.after = NULL;
    command_submit_with(app, &step->command, COMMAND_TOTALS_OLDEST, STR(""));
}

void keyring_step_done(struct keyring_step *step) {
    struct app *app = step->command.app;
    if (step->wants_settling) {
        app->key_source->settle(app->key_source);
        app->has_settled_keys = true;
    } else if (step->is_over && step->command.outcome == OUTCOME_DONE) {
        app->has_settled_keys = false;
        log_event(app->env, LOG_INFO, "keyring.walked", "kind=%s", key_walk_kind_name(step->kind));
    }
}

struct err keyring_status(struct app *app, struct tx *tx, struct keyring_status *ret_status) {
    struct keyring_status status = {
        .source = app->key_source == NULL ? "" : app->key_source->name,
        .customers = (int64_t)gate_count(app->gate).customers,
    };
    status.key_count = key_safe_names(app->safe, status.keys);
    TRY(keyring_generation_stored(tx, &status.generation));
    TRY(key_walk_newest(tx, &status.walk, &status.has_walk));
    *ret_status = status;
    return OK;
}
