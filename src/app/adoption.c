#include "app/adoption.h"

#include <string.h>

#include "base/check.h"
#include "base/crypto.h"

enum {
    HEARD_MAX = 256,  /* signals of one write; more are heard when they are given again */
    SEEN_MAX = 16384, /* marks of today's; two that share a place are written again */
    KEY_SIZE = 16,
};

struct heard {
    enum adoption_kind kind;
    uint8_t user_len, name_len;
    char user_id[LIMIT_USER_ID], name[CATALOGUE_NAME_SIZE];
};
struct adoption_ear {
    uint8_t key[KEY_SIZE];
    int64_t day; /* of the marks */
    bool is_writing;
    size_t count;
    struct heard heard[HEARD_MAX];
    uint64_t seen[SEEN_MAX];
};
struct writing {
    struct command command;
    size_t count;
    struct heard heard[];
};

/* --- what is written --- */

struct revenue_day adoption_today(const struct tx *tx) {
    return revenue_day_of((struct instant){cx_now_ms(tx->cx)});
}

/* In the sums of a kind and name, for how many it counts from now on. */
static struct err reach(struct tx *tx, const struct adoption_signal *signal, int64_t span) {
    int64_t last = ADOPTION_NEVER;
    TRY(adoption_signal_last(tx, signal, signal->day - span, &last));
    struct adoption_steps steps = adoption_steps(signal->day, last, span);
    for (int i = 0; i < steps.count; i++) {
        const struct adoption_add add = {signal->kind, signal->name, steps.of[i].day,
                                         steps.of[i].delta, 0};
        TRY(adoption_day_add(tx, &add));
    }
    return OK;
}

struct err adoption_note(struct tx *tx, const struct adoption_given *given) {
    struct str kind = str_from_cstr(adoption_kind_name(given->kind));
    const struct adoption_signal signal = {given->user_id, given->day.number, kind, given->name};
    const struct adoption_signal of_kind = {given->user_id, given->day.number, kind, STR("")};
    const struct adoption_signal of_any = {given->user_id, given->day.number, ADOPTION_ANY,
                                           STR("")};
    int64_t span = adoption_span(given->kind);
    TRY(reach(tx, &signal, span));
    if (given->kind != ADOPTION_USED_FEATURE) {
        TRY(reach(tx, &of_kind, span));
        TRY(reach(tx, &of_any, span));
    }
    return adoption_signal_put(tx, &signal);
}

static struct err put_upgrade(struct tx *tx, const struct revenue_movement_row *row,
                              struct str kind, struct str name) {
    const struct adoption_signal signal = {row->user_id, row->day, kind, name};
    const struct adoption_add add = {kind, name, row->day, 0, 1};
    TRY(adoption_upgrade_put(tx, &signal, row->seq));
    return adoption_day_add(tx, &add);
}

struct err adoption_note_upgrade(struct tx *tx, const struct revenue_row *core,
                                 const struct revenue_movement_row *row) {
    struct row_list list;
    if (!adoption_is_upgrade(core) || row->reason == REVENUE_CORRECTION) {
        return OK;
    }
    TRY(adoption_signals_before(tx, row->user_id, row->day - ADOPTION_DRIVER_DAYS, row->day,
                                &list));
    const struct adoption_signal *signals = list.items;
    TRY(put_upgrade(tx, row, ADOPTION_UPGRADE, STR("")));
    TRY(list.count > 0 ? put_upgrade(tx, row, ADOPTION_ANY, STR("")) : OK);
    for (size_t i = 0; i < list.count; i++) {
        bool is_first = i == 0 || !str_equal(signals[i].kind, signals[i - 1].kind);
        TRY(is_first ? put_upgrade(tx, row, signals[i].kind, STR("")) : OK);
        TRY(put_upgrade(tx, row, signals[i].kind, signals[i].name));
    }
    return OK;
}

/* --- what is heard --- */

static void write_heard(struct app *app);

static struct err run_writing(struct command *command, struct tx *tx) {
    const struct writing *writing = (const struct writing *)command;
    for (size_t i = 0; i < writing->count; i++) {
        const struct heard *heard = &writing->heard[i];
        const struct adoption_given given = {
            .user_id = str_of(heard->user_id, heard->user_len),
            .kind = heard->kind,
            .name = str_of(heard->name, heard->name_len),
            .day = adoption_today(tx),
        };
        TRY(adoption_note(tx, &given));
    }
    command->outcome = OUTCOME_DONE;
    return OK;
}

/* What was not stored is to be heard again. */
static void done_writing(struct command *command) {
    struct app *app = command->app;
    bool is_stored = command->outcome == OUTCOME_DONE;
    env_free(app->env, command);
    if (app->adoption == NULL) {
        return;
    }
    app->adoption->is_writing = false;
    if (is_stored) {
        write_heard(app);
    } else {
        memset(app->adoption->seen, 0, sizeof app->adoption->seen);
        app->adoption->count = 0;
    }
}

static void write_heard(struct app *app) {
    struct adoption_ear *ear = app->adoption;
    if (ear->is_writing || ear->count == 0) {
        return;
    }
    size_t size = ear->count * sizeof(struct heard);
    struct writing *writing = env_alloc_zeroed(app->env, sizeof *writing + size);
    if (writing == NULL) {
        return; /* the next one tries again */
    }
    memcpy(writing->heard, ear->heard, size);
    writing->count = ear->count;
    writing->command.run = run_writing;
    writing->command.done = done_writing;
    ear->count = 0;
    ear->is_writing = true;
    /* It is nobody's: the request that was heard last is one of many. */
    const struct act *acting = app->acting;
    app->acting = NULL;
    command_submit_with(app, &writing->command, COMMAND_TOTALS_OLDEST, STR(""));
    app->acting = acting;
}

static struct adoption_ear *ear_of(struct app *app, int64_t day) {
    if (app->adoption == NULL) {
        app->adoption = env_alloc_zeroed(app->env, sizeof *app->adoption);
        if (app->adoption != NULL) {
            app->env->random(app->env, app->adoption->key, KEY_SIZE);
        }
    }
    if (app->adoption != NULL && app->adoption->day != day) {
        memset(app->adoption->seen, 0, sizeof app->adoption->seen);
        app->adoption->day = day;
    }
    return app->adoption;
}

/* Whether it is the first of its like today; then it is no more. */
static bool is_new(struct adoption_ear *ear, const struct heard *heard) {
    uint64_t mark = siphash(ear->key, str_of((const char *)heard, sizeof *heard));
    uint64_t *seen = &ear->seen[mark % SEEN_MAX];
    bool is = *seen != mark;
    *seen = mark;
    return is;
}

static void hear(struct app *app, struct str user_id, enum adoption_kind kind, struct str name) {
    struct adoption_ear *ear = ear_of(app, revenue_day_of(app_now(app)).number);
    struct heard heard;
    check(user_id.len <= LIMIT_USER_ID && name.len < CATALOGUE_NAME_SIZE);
    if (ear == NULL || ear->count == HEARD_MAX) {
        return;
    }
    memset(&heard, 0, sizeof heard);
    heard.kind = kind;
    heard.user_len = (uint8_t)user_id.len;
    heard.name_len = (uint8_t)name.len;
    memcpy(heard.user_id, user_id.bytes, user_id.len);
    memcpy(heard.name, name.bytes, name.len);
    if (is_new(ear, &heard)) {
        ear->heard[ear->count++] = heard;
        write_heard(app);
    }
}

void adoption_hear_block(struct app *app, struct str user_id, enum metric metric) {
    hear(app, user_id, ADOPTION_BLOCK, str_from_cstr(metric_name(metric)));
}

void adoption_hear_feature(struct app *app, struct str user_id, struct str feature, bool has) {
    hear(app, user_id, has ? ADOPTION_USED_FEATURE : ADOPTION_DENIED_FEATURE, feature);
}

void adoption_destroy(struct app *app) {
    env_free(app->env, app->adoption);
    app->adoption = NULL;
}
