#include "app/failure.h"

#include <string.h>

#include "app/alert.h"
#include "base/check.h"

struct telling {
    struct command command; /* first */
    struct err err;
};

/* "app/mail.c:61", from wherever it was compiled. */
static struct str place_of(struct arena *arena, struct err err) {
    const char *root = strstr(err.file, "src/");
    return arena_printf(arena, "%s:%d", root == NULL ? err.file : root + strlen("src/"), err.line);
}

static struct err run(struct command *command, struct tx *tx) {
    const struct telling *telling = (const struct telling *)command;
    const struct alert_failure failure = {
        .place = place_of(tx->cx->arena, telling->err),
        .error = str_from_cstr(err_name(telling->err.code)),
    };
    return alert_command_failed(command->app, tx, &failure);
}

static void done(struct command *command) {
    env_free(command->app->env, command);
}

/* Whether the place is news today; notes it. */
static bool is_news(struct failures_told *told, struct err err, int64_t day) {
    for (size_t i = 0; i < FAILURES_KEPT; i++) {
        bool is_place = told->places[i].file == err.file && told->places[i].line == err.line;
        if (is_place && told->places[i].day == day) {
            return false;
        }
    }
    check(told->next < FAILURES_KEPT);
    told->places[told->next].file = err.file;
    told->places[told->next].line = err.line;
    told->places[told->next].day = day;
    told->next = (told->next + 1) % FAILURES_KEPT;
    return true;
}

void failure_tell(struct app *app, struct err err) {
    check(err_failed(err) && err.file != NULL);
    if (!is_news(&app->failures, err, app_now(app).ms / duration_days(1).ms)) {
        return;
    }
    struct telling *telling = env_alloc_zeroed(app->env, sizeof *telling);
    if (telling == NULL) {
        return; /* the log has it */
    }
    telling->err = err;
    telling->command.run = run;
    telling->command.done = done;
    command_submit_with(app, &telling->command, COMMAND_TOTALS_OLDEST, STR(""));
}
